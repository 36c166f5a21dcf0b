import FoundationEssentials

@testable import AWSKit

/// An answer of Ceph RadosGW 16.2.15 as it came over the wire; Recordings/INDEX.md tells of what it answers.
enum Recording {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Recordings")

  /// Reads Recordings/NAME.http.
  static func named(_ name: String) throws -> HTTPResponse {
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name + ".http")))
    let end = try end(of: bytes)
    var response = HTTPResponse(status: 0, body: Array(bytes[end...]))
    for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) {
      if line.starts(with: "HTTP/1.1 ".utf8) {
        response.status = Int(String(decoding: line.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0
      }
      response.headers.append(line: line + [UInt8(ascii: "\n")])
    }
    return response
  }

  /// Where the headers end and the body begins.
  private static func end(of bytes: [UInt8]) throws -> Int {
    let separator = Array("\r\n\r\n".utf8)
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }) else {
      throw Damaged()
    }
    return start + separator.count
  }

  private struct Damaged: Error {}
}

extension HTTPHeaders {
  mutating func append(line: some Collection<UInt8>) {
    Array(line).withUnsafeBytes { append(line: $0) }
  }
}
