/// A folder that a key is in, or a part of its name that ends with another delimiter.
struct KeyLevel: Sendable {
  let key: [UInt32]
  /// Where the child's name begins, and where its delimiter stands.
  let start: Int
  let end: Int

  static let slash: UInt32 = 0x2f

  /// Whether the character is ASCII punctuation or a space, at which keys may be grouped.
  static func isDelimiter(_ character: UInt32) -> Bool {
    switch character {
    case 0x20...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e: true
    default: false
    }
  }

  /// The levels of a key, the outermost first, without those that end before `common`.
  ///
  /// - Parameters:
  ///   - prefixCount: the length of the scan's prefix, within which no child begins.
  ///   - finely: at every delimiter, not at slashes only.
  static func levels(of key: [UInt32], from common: Int, prefixCount: Int, finely: Bool) -> [KeyLevel] {
    var start = prefixCount
    var levels: [KeyLevel] = []
    for position in key.indices where finely ? isDelimiter(key[position]) : key[position] == slash {
      if position >= common { levels.append(KeyLevel(key: key, start: start, end: position)) }
      start = max(start, position + 1)
    }
    return levels
  }

  /// What all children of the level begin with.
  var prefix: ArraySlice<UInt32> { key[..<start] }
  var delimiter: UInt32 { key[end] }
  /// Behind all keys of the child.
  var next: [UInt32] { KeyAlphabet.successor(of: key[...end]) }

  /// Whether XML can represent the prefix: Ceph RadosGW repeats it in its answer as it is.
  var isXMLText: Bool { prefix.allSatisfy { $0 >= 0x20 && $0 != 0xfffe && $0 != 0xffff } }
}
