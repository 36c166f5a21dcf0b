/// One HTTP answer, read to its end.
package struct HTTPResponse: Sendable {
  package var status: Int
  package var headers: HTTPHeaders
  package var body: [UInt8]

  package init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package var isSuccess: Bool { (200..<300).contains(status) }

  /// Amazon's ID of the request, which its support asks for.
  package var requestID: String? { headers["x-amz-request-id"] ?? headers["x-amzn-requestid"] }
}

/// The header lines of an answer, kept as the bytes that came and searched when asked for:
/// most answers are asked for two or three of them.
package struct HTTPHeaders: Sendable {
  private var bytes: [UInt8] = []

  /// Holds all lines of most answers of S3's.
  private static let usualSize = 768

  package init() {}

  package init(_ fields: [(name: String, value: String)]) {
    for (name, value) in fields {
      append(line: Array("\(name): \(value)\r\n".utf8)[...])
    }
  }

  /// Takes one line as it came, with its line end.
  mutating func append(line: some Collection<UInt8>) {
    if bytes.isEmpty { bytes.reserveCapacity(Self.usualSize) }
    bytes.append(contentsOf: line)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  /// Whether all of it is UTF-8; what is not comes with replacement characters.
  package var isValidUTF8: Bool { String(validating: bytes, as: UTF8.self) != nil }

  /// The value of the first header with that name, in any case, without surrounding blanks.
  package subscript(name: String) -> String? {
    var name = name
    var result: String?
    name.withUTF8 { name in
      forEachField { field, value in
        guard field.count == name.count, Self.hasPrefix(field, name) else { return true }
        result = String(decoding: value, as: UTF8.self)
        return false
      }
    }
    return result
  }

  /// The headers whose names begin with `prefix`, that prefix removed, in lower case and in order.
  package func fields(withPrefix prefix: String) -> [(name: String, value: String)] {
    var prefix = prefix
    var result: [(name: String, value: String)] = []
    prefix.withUTF8 { prefix in
      forEachField { field, value in
        guard Self.hasPrefix(field, prefix) else { return true }
        let name = field.dropFirst(prefix.count).lazy.map(\.asciiLowercase)
        result.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        return true
      }
    }
    return result
  }

  private typealias Field = Slice<UnsafeBufferPointer<UInt8>>

  private static func hasPrefix(_ field: Field, _ prefix: UnsafeBufferPointer<UInt8>) -> Bool {
    guard field.count >= prefix.count else { return false }
    var index = field.startIndex
    for byte in prefix {
      if field[index].asciiLowercase != byte.asciiLowercase { return false }
      index += 1
    }
    return true
  }

  /// Hands on each name and value until `body` says false. Nothing is copied: an answer is asked some twenty times.
  private func forEachField(_ body: (Field, Field) -> Bool) {
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        var end = start
        var colon: Int?
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
          if colon == nil, bytes[end] == UInt8(ascii: ":") { colon = end }
          end += 1
        }
        if let colon {
          var (first, last) = (colon + 1, end)
          while first < last, Self.isBlank(bytes[first]) { first += 1 }
          while last > first, Self.isBlank(bytes[last - 1]) { last -= 1 }
          guard body(bytes[start..<colon], bytes[first..<last]) else { return }
        }
        start = end + 1
      }
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0d
  }
}

extension UInt8 {
  /// The byte as lower case, if it is an ASCII capital.
  var asciiLowercase: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }
}
