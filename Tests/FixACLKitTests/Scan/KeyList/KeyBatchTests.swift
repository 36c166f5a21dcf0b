import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct KeyBatchTests {
  private static func batches(
    _ list: KeyList, gaps: [KeyInterval]? = nil, filter: KeyFilter = KeyFilter()
  ) throws -> [KeyBatch] {
    var reader = KeyBatchReader(list, gaps: gaps, filter: filter)
    var batches: [KeyBatch] = []
    while let batch = try reader.next() { batches.append(batch) }
    return batches
  }

  private static func keys(_ count: Int) -> [String] {
    (0..<count).map { "k\(String(repeating: "0", count: 5 - String($0).count))\($0)" }
  }

  @Test(arguments: [0, 1, 127, 128, 129, 256, 1000])
  func everyKeyIsInOneBatch(count: Int) throws {
    let keys = Self.keys(count)
    let batches = try Self.batches(try KeyList(keys: keys))
    #expect(batches.flatMap(\.keys) == keys.map { ObjectKey($0) })
    #expect(batches.count == (count + 127) / 128)
    #expect(batches.allSatisfy { $0.keys.allSatisfy($0.interval.mayHold) })
    guard count > 0 else { return }
    // No gap is left between them.
    #expect(KeyInterval.gaps(between: batches.map(\.interval)) == [])
  }

  /// What some batches have recorded is not asked for again, and all together leave no gap.
  @Test func onlyWhatIsMissing() throws {
    var generator = SeededGenerator(seed: 7)
    let all = Self.keys(2000)
    let list = try KeyList(keys: all)
    let whole = try Self.batches(list)
    for _ in 0..<50 {
      let known = whole.filter { _ in Bool.random(using: &generator) }
      let gaps = try #require(KeyInterval.gaps(between: known.map(\.interval)))
      let rest = try Self.batches(list, gaps: gaps)
      #expect((known + rest).flatMap(\.keys).sorted() == all.map { ObjectKey($0) })
      #expect(KeyInterval.gaps(between: (known + rest).map(\.interval)) == [])
    }
  }

  @Test func keysThatAreFilteredAreNotAskedFor() throws {
    let list = try KeyList(keys: ["a/1.html", "a/2.css", "a/old/3.html", "b/4.html", "a", "cafe\u{301}/a.html"])
    let filter = KeyFilter(prefix: "a/", include: [Glob("*.html")], exclude: [Glob("*/old/*")])
    #expect(try Self.batches(list, filter: filter).flatMap(\.keys) == [ObjectKey("a/1.html")])
    #expect(try Self.batches(list, filter: KeyFilter(prefix: "z")).isEmpty)
    #expect(try Self.batches(list, filter: KeyFilter(prefix: "caf\u{e9}")).isEmpty)
  }

  @Test func pagesArePutOffWhereTheySpareNothing() {
    var yield = PageYield()
    func isTried() -> Bool { yield.isWorthAPage() }
    let isFirstTried = isTried()
    #expect(isFirstTried)
    yield.note(spared: 0)
    var tries = 0
    for _ in 0..<320 where isTried() {
      tries += 1
      yield.note(spared: 0)
    }
    #expect(tries == 10)
    // Until one spares much.
    while !isTried() {}
    yield.note(spared: 127)
    let isTriedAgain = [isTried(), isTried()]
    #expect(isTriedAgain == [true, true])
  }
}
