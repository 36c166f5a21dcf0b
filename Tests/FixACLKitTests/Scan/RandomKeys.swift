import AWSKit
import SandboxKit
import TestSupport

/// Keys of the shapes that are hard to cut a range between.
enum RandomKeys {
  static let alphabets: [[Unicode.Scalar]] = [
    Array("0123456789abcdef".unicodeScalars),
    (0x20...0x7e).map { Unicode.Scalar($0) },
    // Everything that a key may begin the byte order with.
    (1...0x20).map { Unicode.Scalar($0) } + ["\u{7e}", "\u{7f}", "\u{80}"],
    // Where the lengths of UTF-8 change, and around the surrogates.
    [
      "\u{7e}", "\u{7f}", "\u{80}", "\u{81}", "\u{7fe}", "\u{7ff}", "\u{800}", "\u{801}", "\u{d7fe}", "\u{d7ff}",
      "\u{e000}", "\u{e001}", "\u{fffe}", "\u{ffff}", "\u{10000}", "\u{10001}", "\u{10fffe}", "\u{10ffff}",
    ],
    ["\u{e9}", "e", "\u{301}", "\u{65e5}", "\u{672c}", "\u{1f600}", "/", "~", "a"],
    ["\u{10ffff}", "\u{10fffe}"],
    ["\u{1}", "\u{2}"],
  ]

  /// A key of one alphabet or of all.
  static func key(_ maximumLength: Int, using generator: inout SeededGenerator) -> String {
    let alphabet = alphabets.randomElement(using: &generator)!
    let mixed = Int.random(in: 0..<4, using: &generator) == 0
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...maximumLength, using: &generator) {
      scalars.append(
        (mixed ? alphabets.randomElement(using: &generator)! : alphabet).randomElement(using: &generator)!)
    }
    return String(scalars)
  }

  /// Two keys that differ, the lower one first: unrelated, with a common beginning, one the beginning of the
  /// other, or neighbours but for one scalar.
  static func pair(using generator: inout SeededGenerator) -> (ObjectKey, ObjectKey) {
    while true {
      let beginning =
        Bool.random(using: &generator)
        ? "" : key(Bool.random(using: &generator) ? 8 : 200, using: &generator)
      var first = beginning + key(6, using: &generator)
      let second: String
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: second = first + key(3, using: &generator)
      case 1:
        var scalars = Array(first.unicodeScalars)
        let last = scalars.popLast() ?? "a"
        let tail = key(3, using: &generator)
        let next = Unicode.Scalar(last.value + 1) ?? "\u{e000}"
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars + [next])
        second = String(view)
        first += tail
      default: second = beginning + key(6, using: &generator)
      }
      let keys = (ObjectKey(first), ObjectKey(second))
      if keys.0 != keys.1, keys.0.bytes.count <= 1024, keys.1.bytes.count <= 1024 {
        return keys.0 < keys.1 ? keys : (keys.1, keys.0)
      }
    }
  }
}
