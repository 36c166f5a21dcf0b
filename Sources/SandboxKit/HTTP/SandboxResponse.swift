internal import Foundation
internal import NIOHTTP1
internal import AWSKit

/// An answer.
struct SandboxResponse: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: [UInt8]
  /// For HEAD: the length that the body would have.
  var lengthOfHead: Int?
  /// Whether something on the way has answered, which knows nothing of the service's headers.
  var isOfProxy = false

  init(_ status: Int = 200, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An XML document with one root element.
  static func xml(
    _ root: String, status: Int = 200, attributes: String = "", _ content: (inout DocumentWriter) -> Void
  ) -> SandboxResponse {
    var writer = DocumentWriter()
    writer.element(root, attributes: attributes, content)
    return xml(status, document: writer.bytes)
  }

  static func xml(_ status: Int = 200, document: [UInt8]) -> SandboxResponse {
    SandboxResponse(status, headers: ["Content-Type": "application/xml"], body: xmlDeclaration + document)
  }

  static let xmlDeclaration = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)

  /// What something on the way answers, that knows nothing of the service.
  static func ofProxy(_ status: Int, _ title: String) -> SandboxResponse {
    var response = SandboxResponse(
      status, headers: ["Content-Type": "text/html"],
      body: Array("<html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>".utf8))
    response.isOfProxy = true
    return response
  }

  static func json(_ text: String) -> SandboxResponse {
    SandboxResponse(headers: ["Content-Type": "application/json"], body: Array((text + "\n").utf8))
  }

  /// A JSON document, its members sorted by their names.
  static func json(encoding value: some Encodable) -> SandboxResponse {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return .json((try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}")
  }

  /// An error of a service that speaks JSON.
  ///
  /// - Parameter type: by which AWS's clients know it.
  static func jsonError(_ status: Int, type: String, _ members: [String: String]) -> SandboxResponse {
    var response = SandboxResponse.json(encoding: members)
    response.status = status
    response.headers.add(name: "x-amzn-ErrorType", value: type)
    return response
  }
}
