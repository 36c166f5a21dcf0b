import S3Kit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct KeyRangeTests {
  @Test(
    arguments: [
      // To the end: for ASCII, behind all of it first.
      ("a", nil, "\u{7f}"),
      ("", nil, "\u{7f}"),
      // Half-way.
      ("a", "c", "b"),
      ("a", "z", "m"),
      ("img/0001", "img/0009", "img/0005"),
      ("", "a", "0"),
      ("a", "a0", "a\u{17}"),
      // Neighbours: something that begins with the lower one.
      ("a", "b", "a\u{7f}"),
      ("a/x", "b", "a\u{7f}"),
      ("a\u{7f}", "b", "a\u{8803f}"),
      ("\u{d7ff}", "\u{e000}", "\u{d7ff}\u{7f}"),
      ("\u{10ffff}", nil, "\u{10ffff}\u{7f}"),
      // Around the surrogates, which are no characters.
      ("\u{d7fe}", "\u{e000}", "\u{d7ff}"),
      ("\u{d7ff}", "\u{e001}", "\u{e000}"),
      // Nothing lies between but what holds NUL, or nothing at all.
      ("a", "a\u{1}", nil),
      ("", "\u{1}", nil),
    ] as [(String, String?, String?)])
  func cutsInTheMiddle(low: String, high: String?, middle: String?) {
    let result = KeyRange.middle(
      from: ObjectKey(low), to: high.map { ObjectKey($0) }, prefix: ObjectKey(""))
    #expect(result == middle.map { ObjectKey($0) })
    let underPrefix = KeyRange.middle(
      from: ObjectKey("\u{10ffff}/" + low), to: high.map { ObjectKey("\u{10ffff}/" + $0) },
      prefix: ObjectKey("\u{10ffff}/"))
    #expect(underPrefix == middle.map { ObjectKey("\u{10ffff}/" + $0) })
  }

  @Test(arguments: 0..<20)
  func isStrictlyBetween(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<250 {
      var (low, high) = RandomKeys.pair(using: &generator)
      let prefix = ObjectKey(Bool.random(using: &generator) ? "" : RandomKeys.key(40, using: &generator))
      low = ObjectKey(prefix.bytes + low.bytes)
      high = ObjectKey(prefix.bytes + high.bytes)
      let isOpen = Int.random(in: 0..<8, using: &generator) == 0
      let middle = KeyRange.middle(from: low, to: isOpen ? nil : high, prefix: prefix)
      if let fault = Self.fault(of: middle, low: low, high: isOpen ? nil : high, prefix: prefix) {
        Issue.record("\(fault): \(low.bytes) … \(high.bytes), prefix \(prefix.bytes): \(middle?.bytes ?? [])")
      }
    }
  }

  /// A cut that is the lower bound of the next one, as in a range that is cut again and again.
  @Test(arguments: 0..<20)
  func canBeCutAgain(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (first, last) = RandomKeys.pair(using: &generator)
    var (low, high) = (first, last)
    for _ in 0..<60 {
      guard let middle = KeyRange.middle(from: low, to: high, prefix: ObjectKey("")) else { break }
      #expect(Self.fault(of: middle, low: low, high: high, prefix: ObjectKey("")) == nil)
      if Bool.random(using: &generator) { low = middle } else { high = middle }
    }
  }

  private static func fault(
    of middle: ObjectKey?, low: ObjectKey, high: ObjectKey?, prefix: ObjectKey
  ) -> String? {
    func fits(_ key: ObjectKey) -> Bool { low < key && (high.map { key < $0 } ?? true) }
    guard let middle else {
      // Something to fit in between that anybody would find.
      let candidates = [" ", "0", "a", "\u{7f}"].map { ObjectKey(low.bytes + Array($0.utf8)) }
      return candidates.contains { fits($0) && $0.bytes.count <= 1024 } ? "nothing, though something fits" : nil
    }
    if !fits(middle) { return "not between" }
    if !middle.isValidUTF8 { return "not UTF-8" }
    if middle.bytes.contains(0) { return "a NUL" }
    if !middle.hasPrefix(prefix) { return "not under the prefix" }
    return middle.bytes.count > 1024 ? "longer than a key can be" : nil
  }
}
