/// An answer's header lines, kept as the bytes that arrived, with the positions of names and values. Most answers are
/// asked for two headers of twenty.
package struct HTTPHeaders: Sendable {
  /// The positions of a line's name and value in `bytes`.
  private struct Field {
    let name: Range<Int>
    let value: Range<Int>
  }

  private var bytes: [UInt8] = []
  private var fields: [Field] = []

  /// Large enough for all header lines of most S3 answers.
  private static let usualSize = 768
  private static let usualCount = 16

  package init() {}

  package init(_ fields: [(name: String, value: String)]) {
    for (name, value) in fields {
      Array("\(name): \(value)\r\n".utf8).withUnsafeBytes { append(line: $0) }
    }
  }

  /// Appends one line as it arrived, with its line end.
  mutating func append(line: UnsafeRawBufferPointer) {
    if bytes.isEmpty {
      bytes.reserveCapacity(Self.usualSize)
      fields.reserveCapacity(Self.usualCount)
    }
    let start = bytes.count
    bytes += line
    var colon = 0
    while colon < line.count, line[colon] != UInt8(ascii: ":") { colon += 1 }
    guard colon < line.count else { return }
    var (first, end) = (colon + 1, line.count)
    while first < end, Self.isBlank(line[first]) { first += 1 }
    while first < end, Self.isBlank(line[end - 1]) { end -= 1 }
    fields.append(Field(name: start..<start + colon, value: start + first..<start + end))
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
  }

  /// Whether all values are UTF-8. Invalid bytes are returned as replacement characters.
  package var isValidUTF8: Bool { String(validating: bytes, as: UTF8.self) != nil }

  /// The value of the first header with that name, without surrounding blanks. Case does not matter.
  package subscript(name: String) -> String? {
    var name = name
    return name.withUTF8 { name in
      fields.first { $0.name.count == name.count && hasPrefix($0, name) }
    }.map { text($0.value) }
  }

  /// The headers whose names begin with `prefix`, without that prefix, in lower case and in order.
  package func fields(withPrefix prefix: String) -> [(name: String, value: String)] {
    var prefix = prefix
    return prefix.withUTF8 { prefix in
      fields.filter { hasPrefix($0, prefix) }.map { field in
        let name = bytes[field.name].dropFirst(prefix.count).map(\.asciiLowercase)
        return (String(decoding: name, as: UTF8.self), text(field.value))
      }
    }
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// Whether the name begins with the prefix, in any case.
  private func hasPrefix(_ field: Field, _ prefix: UnsafeBufferPointer<UInt8>) -> Bool {
    guard field.name.count >= prefix.count else { return false }
    return bytes.withUnsafeBufferPointer { bytes in
      for index in 0..<prefix.count
      where bytes[field.name.lowerBound + index].asciiLowercase != prefix[index].asciiLowercase { return false }
      return true
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a
  }
}
