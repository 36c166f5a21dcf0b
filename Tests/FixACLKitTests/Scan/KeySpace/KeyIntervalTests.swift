import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct KeyIntervalTests {
  /// Of intervals that share keys with others, those that count are the ones that were there first.
  @Test(
    arguments: [
      (["a-c"], [], [0]), (["a-c"], ["c-d", "-a"], [0]), (["a-c"], ["b-d"], []), (["a-c"], ["-b"], []),
      (["a-c"], ["-"], []), (["-"], ["b-c"], []), (["-b", "c-"], ["b-c"], [0, 1]),
      (["a-d", "b-c", "d-e"], [], [0, 2]),
      (["a-e"], ["b-c"], []), (["b-c"], ["a-e"], []), (["d-e", "a-b"], ["b-d", "e-"], [0, 1]), (["a-c"], ["a-b"], []),
    ] as [([String], [String], [Int])])
  func thoseThatShareNoKeys(intervals: [String], others: [String], chosen: [Int]) {
    func interval(_ text: String) -> KeyInterval {
      let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? nil : ListingMarker(ObjectKey(String($0))) }
      return KeyInterval(after: bounds[0], through: bounds[1])
    }
    #expect(KeyInterval.disjoint(intervals.map(interval), from: others.map(interval)).sorted() == chosen)
  }

  private static func interval(_ after: String?, _ through: String?) -> KeyInterval {
    KeyInterval(
      after: after.map { ListingMarker(ObjectKey($0)) }, through: through.map { ListingMarker(ObjectKey($0)) })
  }

  @Test(
    arguments: [
      ([], [(nil, nil)]),
      ([(nil, nil)], []),
      ([(nil, "b")], [("b", nil)]),
      ([("b", nil)], [(nil, "b")]),
      ([("a", "b")], [(nil, "a"), ("b", nil)]),
      ([("c", "d"), (nil, "a"), ("a", "b")], [("b", "c"), ("d", nil)]),
      ([("a", "a"), ("a", "b"), (nil, "a")], [("b", nil)]),
      // One that has no room says where it is.
      ([("a", "a")], [(nil, "a"), ("a", nil)]),
    ] as [([(String?, String?)], [(String?, String?)])])
  func findsTheGaps(known: [(String?, String?)], gaps: [(String?, String?)]) {
    let found = KeyInterval.gaps(between: known.map { Self.interval($0, $1) })
    #expect(found == gaps.map { Self.interval($0, $1) })
  }

  @Test(
    arguments: [
      [("a", "c"), ("b", "d")], [(nil, nil), (nil, "a")], [(nil, nil), ("a", "b")], [("a", nil), ("b", nil)],
      [(nil, "b"), ("a", nil)], [("a", "b"), ("a", "c")],
    ] as [[(String?, String?)]])
  func refusesWhatOverlaps(known: [(String?, String?)]) {
    #expect(KeyInterval.gaps(between: known.map { Self.interval($0, $1) }) == nil)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func gapsAndIntervalsAreAllThereIs(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let keys = Set((0..<60).map { _ in ObjectKey(RandomKeys.key(6, using: &generator)) }).sorted()
    let ends = keys.map { ListingMarker($0) }
    let all = zip([nil] + ends, ends + [nil]).map { KeyInterval(after: $0, through: $1) }
    let known = all.filter { _ in Bool.random(using: &generator) }
    let gaps = KeyInterval.gaps(between: known.shuffled(using: &generator)) ?? []
    // Each of what is missing is in one gap, and gaps do not touch.
    let missing = all.filter { !known.contains($0) }
    #expect(KeyInterval.gaps(between: gaps + known)?.isEmpty == true)
    #expect(gaps.count <= missing.count)
    #expect(!zip(gaps, gaps.dropFirst()).contains { $0.through == $1.after })
  }
}
