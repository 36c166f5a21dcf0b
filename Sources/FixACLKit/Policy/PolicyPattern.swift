/// A pattern in a bucket policy: `*` matches any bytes, `?` exactly one.
package struct PolicyPattern: Sendable, Hashable {
  package let text: String
  private let bytes: [UInt8]

  private static let asterisk = UInt8(ascii: "*")
  private static let questionMark = UInt8(ascii: "?")

  /// - Parameter ignoresCase: true for actions; resources are case-sensitive.
  package init(_ text: String, ignoresCase: Bool = false) {
    self.text = text
    bytes = Array((ignoresCase ? text.lowercased() : text).utf8)
  }

  /// Whether the pattern matches all of `text`.
  ///
  /// The part after an asterisk is matched at the first place where it fits, and once the next asterisk is reached no
  /// other place is tried: a policy can hold thousands of asterisks.
  package func matches(_ text: [UInt8]) -> Bool {
    var (place, position) = (0, 0)
    /// The place after the last asterisk, and the first byte that this asterisk has not taken.
    var restart: (place: Int, position: Int)?
    while position < text.count {
      if place < bytes.count, bytes[place] == Self.asterisk {
        place += 1
        restart = (place, position)
      } else if place < bytes.count, fits(place, text[position]) {
        place += 1
        position += 1
      } else if let (afterAsterisk, taken) = restart {
        restart = (afterAsterisk, taken + 1)
        (place, position) = (afterAsterisk, taken + 1)
      } else {
        return false
      }
    }
    return bytes[place...].allSatisfy { $0 == Self.asterisk }
  }

  /// Whether the pattern matches every text that begins with `prefix`.
  package func covers(everythingWith prefix: [UInt8]) -> Bool {
    bytes.last == Self.asterisk && matches(prefix)
  }

  /// Whether the pattern matches some text that begins with `prefix`.
  package func overlaps(with prefix: [UInt8]) -> Bool {
    for (place, byte) in prefix.enumerated() {
      guard place < bytes.count else { return false }
      // The asterisk takes the rest of the prefix; what the pattern needs next may follow.
      if bytes[place] == Self.asterisk { return true }
      guard fits(place, byte) else { return false }
    }
    return true
  }

  /// The literal text before the first wildcard.
  package var literalPrefix: String {
    String(decoding: bytes.prefix { $0 != Self.asterisk && $0 != Self.questionMark }, as: UTF8.self)
  }

  private func fits(_ place: Int, _ byte: UInt8) -> Bool {
    bytes[place] == byte || bytes[place] == Self.questionMark
  }
}
