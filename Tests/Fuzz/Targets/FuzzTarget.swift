/// A parser of bytes from outside, as a fuzzer calls it.
package struct FuzzTarget: Sendable {
  /// The name of the target, and of its folder in the corpus.
  package let name: String
  /// Reads one input; traps where a property does not hold.
  package let run: @Sendable ([UInt8]) -> Void

  init(_ name: String, _ run: @escaping @Sendable ([UInt8]) -> Void) {
    self.name = name
    self.run = run
  }

  /// All targets.
  package static let all: [FuzzTarget] = files + answers + texts + credentials + logs + batch + inventory + [scan, xml]
}

/// Traps where a property of a parser does not hold.
func require(_ condition: Bool, _ property: @autoclosure () -> String) {
  guard condition else { fatalError("property: \(property())") }
}

extension [UInt8] {
  /// The first line, and what follows it.
  var firstLine: (line: [UInt8], rest: [UInt8]) {
    guard let end = firstIndex(of: UInt8(ascii: "\n")) else { return (self, []) }
    return (Array(self[..<end]), Array(self[(end + 1)...]))
  }

  /// Some text: repaired where it is not UTF-8.
  var text: String { String(decoding: self, as: UTF8.self) }

  /// The first place from `start` where `other` stands.
  func firstRange(of other: [UInt8], from start: Int = 0) -> Range<Int>? {
    guard !other.isEmpty, count >= other.count, start <= count - other.count else { return nil }
    return (start...count - other.count).first { self[$0...].starts(with: other) }.map { $0..<$0 + other.count }
  }
}
