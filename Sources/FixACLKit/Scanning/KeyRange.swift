package import S3Kit

/// A part of a bucket's keys: everything after one key, up to and with another.
package struct KeyRange: Hashable, Sendable {
  /// Nil for the beginning.
  package var after: ObjectKey?
  /// Nil for the end.
  package var through: ObjectKey?

  package init(after: ObjectKey? = nil, through: ObjectKey? = nil) {
    self.after = after
    self.through = through
  }

  /// A string about half-way between two keys, where a range can be cut; nil where nothing fits in between.
  ///
  /// It need not be a key that exists, and is chosen by the order of the keys' code points, which is that of their
  /// UTF-8 bytes. Only what follows `prefix`, which both have, counts.
  package static func middle(
    from low: ObjectKey, to high: ObjectKey?, prefix: ObjectKey
  ) -> ObjectKey? {
    let low = scalars(of: low, after: prefix)
    var high = high.map { scalars(of: $0, after: prefix) }
    var common: [UInt32] = []
    // Keys have at most 1,024 bytes.
    while common.count < 1000 {
      let index = common.count
      let a = index < low.count ? Int(low[index]) : -1
      let b: Int
      if let bound = high {
        guard index < bound.count else { return nil }
        b = Int(bound[index])
      } else {
        b = 0x11_0000
      }
      if a == b {
        common.append(UInt32(a))
        continue
      }
      if b - a > 1, let scalar = scalar(between: a, and: b) {
        return key(prefix, common + [scalar])
      }
      guard a >= 0 else { return nil }
      // Neighbours: everything that begins with the lower one is below the upper bound.
      common.append(UInt32(a))
      high = nil
    }
    return nil
  }

  /// A code point between two, without the ones that are no characters of their own.
  private static func scalar(between a: Int, and b: Int) -> UInt32? {
    // Most keys are ASCII: one look decides whether there is anything beyond.
    if a < 0x7e, b > 0x7f { return 0x7f }
    var middle = (a + b) / 2
    if (0xd800...0xdfff).contains(middle) { middle = a < 0xd7ff ? 0xd7ff : 0xe000 }
    // NUL is no part of a key.
    guard middle > 0, middle > a, middle < b else { return nil }
    return UInt32(middle)
  }

  private static func scalars(of key: ObjectKey, after prefix: ObjectKey) -> [UInt32] {
    String(decoding: key.bytes.dropFirst(prefix.bytes.count), as: UTF8.self).unicodeScalars.map(\.value)
  }

  private static func key(_ prefix: ObjectKey, _ scalars: [UInt32]) -> ObjectKey {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
    return ObjectKey(prefix.bytes + Array(String(text).utf8))
  }
}
