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
  package var requestID: String? { headers["x-amz-request-id"] }
}

/// The header lines of an answer, kept as the bytes that came and searched when asked for:
/// most answers are asked for two or three of them.
package struct HTTPHeaders: Sendable {
  private var bytes: [UInt8] = []

  package init() {}

  package init(_ fields: [(name: String, value: String)]) {
    for (name, value) in fields {
      append(line: Array("\(name): \(value)\r\n".utf8)[...])
    }
  }

  /// Takes one line as it came, with its line end.
  mutating func append(line: some Collection<UInt8>) {
    bytes.append(contentsOf: line)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  /// The value of the first header with that name, in any case, without surrounding blanks.
  package subscript(name: String) -> String? {
    let name = Array(name.utf8)
    var result: String?
    forEachField { field, value in
      guard result == nil, field.count == name.count else { return }
      if zip(field, name).allSatisfy({ $0.asciiLowercase == $1.asciiLowercase }) {
        result = String(decoding: value, as: UTF8.self)
      }
    }
    return result
  }

  /// The headers whose lower-cased names begin with `prefix` (lower case), that prefix removed, in order.
  package func fields(withPrefix prefix: String) -> [(name: String, value: String)] {
    let prefix = Array(prefix.utf8)
    var result: [(name: String, value: String)] = []
    forEachField { field, value in
      let lowercased = field.map(\.asciiLowercase)
      guard lowercased.starts(with: prefix) else { return }
      result.append(
        (
          String(decoding: lowercased.dropFirst(prefix.count), as: UTF8.self),
          String(decoding: value, as: UTF8.self)
        ))
    }
    return result
  }

  private func forEachField(_ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Void) {
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
      var value = line[line.index(after: colon)...].drop(while: blank)
      while let last = value.last, blank(last) { value.removeLast() }
      body(line[..<colon], value)
    }
  }
}

extension UInt8 {
  /// The byte as lower case, if it is an ASCII capital.
  var asciiLowercase: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }
}
