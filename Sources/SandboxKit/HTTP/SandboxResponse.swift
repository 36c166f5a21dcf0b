internal import NIOHTTP1
internal import AWSKit

/// An answer.
struct SandboxResponse: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: [UInt8]
  /// For HEAD: the length that the body would have.
  var lengthOfHead: Int?

  init(_ status: Int = 200, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An XML document with one root element.
  static func xml(
    _ root: String, status: Int = 200, attributes: String = "", _ content: (inout XMLWriter) -> Void
  ) -> SandboxResponse {
    var writer = XMLWriter()
    writer.element(root, attributes: attributes, content)
    return xml(status, document: writer.bytes)
  }

  static func xml(_ status: Int = 200, document: [UInt8]) -> SandboxResponse {
    SandboxResponse(status, headers: ["Content-Type": "application/xml"], body: xmlDeclaration + document)
  }

  static let xmlDeclaration = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)

  static func json(_ text: String) -> SandboxResponse {
    SandboxResponse(headers: ["Content-Type": "application/json"], body: Array((text + "\n").utf8))
  }
}

/// An error as AWS answers it.
struct ServiceError: Error, Sendable {
  var status: Int
  var code: String
  var message: String
  /// More elements of the answer, such as `Region`.
  var details: [(name: String, value: String)]
  /// More headers, such as `x-amz-bucket-region`.
  var headers: HTTPHeaders

  init(
    _ status: Int, _ code: String, _ message: String, details: [(name: String, value: String)] = [],
    headers: HTTPHeaders = [:]
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.details = details
    self.headers = headers
  }

  static let accessDenied = ServiceError(403, "AccessDenied", "Access Denied")

  static let malformedXML = ServiceError(
    400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")

  static let preconditionFailed = ServiceError(
    412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")

  static func invalidArgument(_ message: String) -> ServiceError { ServiceError(400, "InvalidArgument", message) }

  static func invalidRequest(_ message: String) -> ServiceError { ServiceError(400, "InvalidRequest", message) }

  static func notImplemented(_ what: String) -> ServiceError {
    ServiceError(501, "NotImplemented", "The sandbox does not do this: \(what).")
  }
}
