@testable import S3Kit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct KeySpaceSplitterTests {
  private static let pageSize = 10

  @Test(arguments: BucketShape.allCases, [1, 2, 3, 4, 7, 16])
  func listsEveryKeyOnce(shape: BucketShape, maximum: Int) throws {
    for (seed, prefix) in [(1, nil), (2, nil), (3, "pre/fix/"), (4, "caf\u{e9}")] as [(UInt64, String?)] {
      var generator = SeededGenerator(seed: seed)
      let keys = shape.keys(600, pageSize: Self.pageSize, prefix: prefix ?? "", using: &generator)
      // Outside of the prefix, around it.
      let others = prefix == nil ? [] : ["a", "pre/fiw", "pre/fix", "pre/fiy", "\u{10ffff}"].map { ObjectKey($0) }
      var listing = SimulatedListing(
        keys: keys.union(others), prefix: prefix.map { ObjectKey($0) }, pageSize: Self.pageSize,
        maximum: maximum, seed: seed)
      try listing.run()
      #expect(listing.seen.count == keys.count)
      #expect(Set(listing.seen) == keys)
      let excess = listing.requestCount - listing.fewestRequests
      if maximum == 1 { #expect(excess == 0) }
      #expect(excess <= listing.fewestRequests + 2 * maximum, "\(shape): \(excess) requests too many")
    }
  }

  /// Pages of other ranges must not be moved by keys that come and go.
  @Test(arguments: BucketShape.allCases, 1...5 as ClosedRange<UInt64>)
  func keysThatComeAndGoDisturbNoOthers(shape: BucketShape, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let stable = shape.keys(400, pageSize: Self.pageSize, prefix: "", using: &generator)
    let fickle = Set((0..<300).map { _ in ObjectKey(RandomKeys.key(6, using: &generator) + "x") })
      .subtracting(stable)
    let atFirst = Set(fickle.filter { _ in Bool.random(using: &generator) })
    var listing = SimulatedListing(
      keys: stable.union(atFirst), prefix: nil, pageSize: Self.pageSize, maximum: 8, seed: seed)
    listing.changes = fickle.shuffled(using: &generator)
    try listing.run()
    let counts = listing.seen.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(counts.values.allSatisfy { $0 == 1 })
    #expect(stable.subtracting(counts.keys).isEmpty)
    #expect(Set(counts.keys).isSubset(of: stable.union(fickle)))
  }

  /// A page that a stopped or a finished range still gets is nobody's.
  @Test func passesOverAPageThatNobodyAskedFor() throws {
    var splitter = KeySpaceSplitter(maximum: 4, prefix: nil)
    let request = splitter.start()
    #expect(splitter.listed(ObjectPage(), of: request) == (0, []))
    #expect(splitter.isFinished)
    #expect(splitter.listed(ObjectPage(), of: request) == (0, []))
    #expect(splitter.isFinished)
  }

  @Test func keepsItsListersBusy() throws {
    var generator = SeededGenerator(seed: 5)
    let keys = BucketShape.flatHex.keys(2000, pageSize: Self.pageSize, prefix: "", using: &generator)
    var listing = SimulatedListing(keys: keys, prefix: nil, pageSize: Self.pageSize, maximum: 16, seed: 1)
    try listing.run()
    #expect(listing.averageUnderWay > 12)
  }
}
