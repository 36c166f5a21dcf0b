/// A pattern of IAM's in a bucket policy: `*` stands for any bytes, `?` for one.
package struct PolicyPattern: Sendable, Hashable {
  package let text: String
  private let bytes: [UInt8]

  private static let asterisk = UInt8(ascii: "*")
  private static let questionMark = UInt8(ascii: "?")

  /// - Parameter ignoresCase: as for actions; resources are compared as they are written.
  package init(_ text: String, ignoresCase: Bool = false) {
    self.text = text
    bytes = Array((ignoresCase ? text.lowercased() : text).utf8)
  }

  /// Whether the whole of `text` fits.
  ///
  /// After an asterisk, what comes up to the next one is taken at the first place where it fits, and no other is tried
  /// once the next asterisk is reached: a policy can hold thousands of them.
  package func matches(_ text: [UInt8]) -> Bool {
    var (place, position) = (0, 0)
    /// Behind the last asterisk, and the first byte that it does not take.
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

  /// Whether everything that begins with `prefix` fits.
  package func covers(everythingWith prefix: [UInt8]) -> Bool {
    bytes.last == Self.asterisk && matches(prefix)
  }

  /// Whether something that begins with `prefix` fits.
  package func overlaps(with prefix: [UInt8]) -> Bool {
    for (place, byte) in prefix.enumerated() {
      guard place < bytes.count else { return false }
      // It takes the rest of the prefix, and what must follow may follow.
      if bytes[place] == Self.asterisk { return true }
      guard fits(place, byte) else { return false }
    }
    return true
  }

  /// The text before the first sign that stands for others.
  package var literalPrefix: String {
    String(decoding: bytes.prefix { $0 != Self.asterisk && $0 != Self.questionMark }, as: UTF8.self)
  }

  private func fits(_ place: Int, _ byte: UInt8) -> Bool {
    bytes[place] == byte || bytes[place] == Self.questionMark
  }
}
