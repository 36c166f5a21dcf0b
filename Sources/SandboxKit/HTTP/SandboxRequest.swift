internal import NIOHTTP1
internal import AWSKit

/// Both NIO and AWSKit have a type of that name; the server's is NIO's.
typealias HTTPHeaders = NIOHTTP1.HTTPHeaders

/// One request, as it came, with its path and query decoded.
struct SandboxRequest: Sendable {
  let method: String
  /// As it came, without scheme and host.
  let uri: String
  /// Decoded; nil where a percent sign is not followed by two hexadecimal digits.
  let path: [UInt8]?
  /// The query's parameters, decoded, in the order in which they came; a missing value is empty.
  let query: [(name: String, value: [UInt8])]
  var headers: HTTPHeaders
  let body: [UInt8]
  /// The address that it comes from: all clients are on this machine, but for CloudFront's edge servers.
  var sourceIP = "127.0.0.1"
  /// Whether it came over TLS.
  var isSecure = false

  init(method: String, uri: String, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.method = method
    self.uri = Self.withoutAuthority(uri)
    let target = self.uri.utf8
    let end = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    // As S3 does, whose clients write a plus sign as %2B.
    path = PercentCoding.decode(target[..<end])
    query =
      end == target.endIndex
      ? []
      : target[target.index(after: end)...].split(separator: UInt8(ascii: "&")).map { part in
        let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
        let value = equals == part.endIndex ? part[equals...] : part[part.index(after: equals)...]
        return (
          String(decoding: PercentCoding.decode(part[..<equals]) ?? [], as: UTF8.self),
          PercentCoding.decode(value) ?? Array(value)
        )
      }
    self.headers = headers
    self.body = body
  }

  /// Clients with a proxy send `http://HOST/PATH`, and every server has to take it (RFC 9112, section 3.2.2).
  private static func withoutAuthority(_ uri: String) -> String {
    guard uri.utf8.first != UInt8(ascii: "/"), uri.hasPrefix("http://") || uri.hasPrefix("https://") else { return uri }
    let rest = uri.drop { $0 != ":" }.dropFirst("://".count)
    let path = rest.drop { $0 != "/" && $0 != "?" }
    return path.first == "/" ? String(path) : "/" + path
  }

  /// The first header with that name, in any case.
  subscript(header name: String) -> String? {
    headers.first(name: name)
  }

  /// A parameter's bytes; nil where it is not there.
  func parameter(_ name: String) -> [UInt8]? { query.first { $0.name == name }?.value }

  /// A parameter as text; nil where it is not there.
  func text(_ name: String) -> String? { parameter(name).map { String(decoding: $0, as: UTF8.self) } }
}
