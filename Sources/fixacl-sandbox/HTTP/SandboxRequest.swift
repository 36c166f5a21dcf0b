internal import NIOHTTP1
internal import S3Kit

/// Both NIO and S3Kit have a type of that name; the server's is NIO's.
typealias HTTPHeaders = NIOHTTP1.HTTPHeaders

/// One request, as it came, with its path and query decoded.
struct SandboxRequest: Sendable {
  let method: String
  /// Decoded; nil where a percent sign is not followed by two hexadecimal digits.
  let path: [UInt8]?
  /// The query's parameters, decoded, in the order in which they came; a missing value is empty.
  let query: [(name: String, value: [UInt8])]
  let headers: HTTPHeaders
  let body: [UInt8]

  init(method: String, uri: String, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.method = method
    let target = uri.utf8
    let end = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    path = Self.decoded(target[..<end])
    query =
      end == target.endIndex
      ? []
      : target[target.index(after: end)...].split(separator: UInt8(ascii: "&")).map { part in
        let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
        let value = equals == part.endIndex ? part[equals...] : part[part.index(after: equals)...]
        return (
          String(decoding: Self.decoded(part[..<equals], plusIsBlank: true) ?? [], as: UTF8.self),
          Self.decoded(value, plusIsBlank: true) ?? Array(value)
        )
      }
    self.headers = headers
    self.body = body
  }

  /// The first header with that name, in any case.
  subscript(header name: String) -> String? {
    headers.first(name: name)
  }

  /// A parameter's bytes; nil where it is not there.
  func parameter(_ name: String) -> [UInt8]? { query.first { $0.name == name }?.value }

  /// A parameter as text; nil where it is not there.
  func text(_ name: String) -> String? { parameter(name).map { String(decoding: $0, as: UTF8.self) } }

  private static func decoded(_ bytes: Substring.UTF8View, plusIsBlank: Bool = false) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = iterator.next().flatMap(Hex.value), let low = iterator.next().flatMap(Hex.value) else {
          return nil
        }
        result.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsBlank: result.append(0x20)
      default: result.append(byte)
      }
    }
    return result
  }
}
