/// A pattern in a bucket policy: `*` matches any bytes, `?` exactly one.
package struct PolicyPattern: Sendable, Hashable {
  /// A byte, or one of the two wildcards.
  package enum Element: Sendable, Hashable {
    case byte(UInt8)
    case anyByte
    case anyBytes

    /// What a byte of a pattern's text stands for.
    init(_ byte: UInt8) {
      switch byte {
      case UInt8(ascii: "*"): self = .anyBytes
      case UInt8(ascii: "?"): self = .anyByte
      default: self = .byte(byte)
      }
    }
  }

  private let elements: [Element]

  /// - Parameter ignoresCase: true for actions; resources are case-sensitive.
  package init(_ text: String, ignoresCase: Bool = false) {
    elements = (ignoresCase ? text.lowercased() : text).utf8.map(Element.init)
  }

  package init(_ elements: some Sequence<Element>) {
    self.elements = Array(elements)
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
      if place < elements.count, elements[place] == .anyBytes {
        place += 1
        restart = (place, position)
      } else if place < elements.count, fits(place, text[position]) {
        place += 1
        position += 1
      } else if let (afterAsterisk, taken) = restart {
        restart = (afterAsterisk, taken + 1)
        (place, position) = (afterAsterisk, taken + 1)
      } else {
        return false
      }
    }
    return elements[place...].allSatisfy { $0 == .anyBytes }
  }

  /// Whether the pattern matches every text that begins with `prefix`.
  package func covers(everythingWith prefix: [UInt8]) -> Bool {
    elements.last == .anyBytes && matches(prefix)
  }

  /// Whether the pattern matches some text that begins with `prefix`.
  package func overlaps(with prefix: [UInt8]) -> Bool {
    for (place, byte) in prefix.enumerated() {
      guard place < elements.count else { return false }
      // The asterisk takes the rest of the prefix; what the pattern needs next may follow.
      if elements[place] == .anyBytes { return true }
      guard fits(place, byte) else { return false }
    }
    return true
  }

  /// The literal text before the first wildcard.
  package var literalPrefix: String {
    var bytes: [UInt8] = []
    for case .byte(let byte) in elements.prefix(while: { $0 != .anyBytes && $0 != .anyByte }) { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func fits(_ place: Int, _ byte: UInt8) -> Bool {
    elements[place] == .byte(byte) || elements[place] == .anyByte
  }
}
