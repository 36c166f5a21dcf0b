import Testing

@testable import AWSKit

@Suite struct ObjectKeyTests {
  /// In the order of their bytes, which is not that of Swift's strings.
  private static let sorted: [[UInt8]] = [
    [], [0x00], [0x00, 0x00], [0x01], Array("A".utf8), Array("Z".utf8), Array("a".utf8),
    Array("a\u{1}".utf8), Array("a/".utf8), Array("a0".utf8), Array("aa".utf8), Array("ab".utf8),
    Array("cafe".utf8), Array("cafe\u{301}".utf8), Array("cafz".utf8), Array("caf\u{e9}".utf8), [0x7f],
    // U+FFFD comes before U+1F600 in UTF-8, and after it in UTF-16.
    Array("\u{fffd}".utf8), Array("\u{1f600}".utf8), [0xff], [0xff, 0x00],
  ]

  @Test func keysAreOrderedByTheirBytes() {
    for (i, left) in Self.sorted.enumerated() {
      for (j, right) in Self.sorted.enumerated() {
        let (left, right) = (ObjectKey(left), ObjectKey(right))
        #expect((left < right) == (i < j), "\(left) < \(right)")
        #expect((left == right) == (i == j), "\(left) == \(right)")
      }
    }
    #expect(Set(Self.sorted.map { ObjectKey($0) }).count == Self.sorted.count)
  }

  @Test func normalizationFormsAreDifferentKeys() {
    #expect("caf\u{e9}" == "cafe\u{301}", "they are equal as strings, which is why keys are not strings")
    #expect(ObjectKey("caf\u{e9}") != ObjectKey("cafe\u{301}"))
    #expect(Set([ObjectKey("caf\u{e9}"), ObjectKey("cafe\u{301}")]).count == 2)
    #expect(ObjectKey("caf\u{e9}") == ObjectKey([0x63, 0x61, 0x66, 0xc3, 0xa9]))
  }

  @Test(arguments: [
    ("", "", true), ("a", "", true), ("", "a", false), ("abc", "ab", true), ("abc", "abc", true),
    ("ab", "abc", false), ("abc", "b", false), ("a//b", "a/", true),
    // "e" is a prefix by bytes, although Swift sees one Character in "e" and its accent.
    ("cafe\u{301}", "cafe", true), ("caf\u{e9}", "cafe", false), ("cafe\u{301}", "caf\u{e9}", false),
  ])
  func prefixesAreBytes(key: String, prefix: String, isPrefix: Bool) {
    #expect(ObjectKey(key).hasPrefix(ObjectKey(prefix)) == isPrefix)
  }

  @Test(
    arguments: [
      (Array("caf\u{e9}\u{1f600}\u{0}".utf8), true), ([], true), ([0xff], false), ([0xc3], false),
      ([0xc0, 0x80], false), ([0xed, 0xa0, 0x80], false), ([0xf4, 0x90, 0x80, 0x80], false),
    ] as [([UInt8], Bool)])
  func validUTF8IsTold(bytes: [UInt8], isValid: Bool) {
    let key = ObjectKey(bytes)
    #expect(key.isValidUTF8 == isValid)
    #expect((Array(key.text.utf8) == bytes) == isValid)
  }

  @Test func aKeyIsDescribedSafely() {
    #expect(ObjectKey("a\u{1b}[2Jb\nc").description == "a\\u{1b}[2Jb\\nc")
    #expect("\(ObjectKey("plain/key \u{e9}"))" == "plain/key \u{e9}")
  }
}
