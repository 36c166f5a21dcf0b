import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit
@testable import AWSKit

@Suite struct KeySpaceSplitterTests {
  private static let pageSize = 10

  @Test(arguments: BucketShape.allCases, [1, 3, 16])
  func listsEveryKeyOnce(shape: BucketShape, maximum: Int) throws {
    for (seed, prefix) in [(1, nil), (3, "pre/fix/"), (4, "caf\u{e9}")] as [(UInt64, String?)] {
      var generator = SeededGenerator(seed: seed)
      let keys = shape.keys(300, pageSize: Self.pageSize, prefix: prefix ?? "", using: &generator)
      // Outside of the prefix, around it.
      let others = prefix == nil ? [] : ["a", "pre/fiw", "pre/fix", "pre/fiy", "\u{10ffff}"].map { ObjectKey($0) }
      var listing = SimulatedListing(
        keys: keys.union(others), prefix: prefix.map { ObjectKey($0) }, pageSize: Self.pageSize, maximum: maximum,
        seed: seed)
      try listing.run()
      #expect(listing.seen.count == keys.count)
      #expect(Set(listing.seen.map(\.key)) == keys)
      let excess = listing.requestCount - listing.fewestRequests
      if maximum == 1 { #expect(excess == 0) }
      // The first pages may be followed by more, so that there soon are many ranges.
      #expect(excess <= 2 * listing.fewestRequests + 150, "\(shape): \(excess) requests too many")
    }
  }

  /// Pages of other ranges must not be moved by keys that come and go.
  @Test(arguments: BucketShape.allCases, 1...3 as ClosedRange<UInt64>)
  func keysThatComeAndGoDisturbNoOthers(shape: BucketShape, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let stable = shape.keys(400, pageSize: Self.pageSize, prefix: "", using: &generator)
    let fickle = Set((0..<300).map { _ in ObjectKey(RandomKeys.key(6, using: &generator) + "x") })
      .subtracting(stable)
    let atFirst = Set(fickle.filter { _ in Bool.random(using: &generator) })
    var listing = SimulatedListing(keys: stable.union(atFirst), pageSize: Self.pageSize, maximum: 8, seed: seed)
    listing.changes = fickle.shuffled(using: &generator)
    try listing.run()
    let counts = listing.seen.reduce(into: [:]) { $0[$1.key, default: 0] += 1 }
    #expect(counts.values.allSatisfy { $0 == 1 })
    #expect(stable.subtracting(counts.keys).isEmpty)
    #expect(Set(counts.keys).isSubset(of: stable.union(fickle)))
  }

  /// A bucket of one page is listed by one request, and one of a few pages by not many.
  @Test(arguments: BucketShape.large)
  func smallBucketsAreNotProbedMuch(shape: BucketShape) throws {
    var generator = SeededGenerator(seed: 6)
    for (count, most) in [(9, 1), (10, 1), (11, 22), (50, 60)] {
      let keys = shape.keys(count, pageSize: Self.pageSize, prefix: "", using: &generator)
      var listing = SimulatedListing(keys: keys, pageSize: Self.pageSize, maximum: 64, seed: 1)
      try listing.run()
      #expect(listing.requestCount <= most, "\(shape), \(count) keys")
    }
  }

  /// Of keys of one character alone the middle could be any number of it.
  @Test func keysOfOneCharacter() throws {
    var alphabet = KeyAlphabet()
    let key = [UInt32](repeating: 0x61, count: 40)
    alphabet.observe(key)
    #expect(alphabet.middle(from: key, to: nil, prefixCount: 0).map { $0.count <= 1024 } ?? true)
    let keys = Set((1...400).map { ObjectKey(String(repeating: "a", count: $0)) })
    var listing = SimulatedListing(keys: keys, pageSize: 10, maximum: 64, seed: 1)
    try listing.run()
    #expect(listing.seen.count == keys.count)
  }

  /// A page that a stopped or a finished range still gets is nobody's.
  @Test func passesOverAPageThatNobodyAskedFor() throws {
    var splitter = KeySpaceSplitter(prefix: nil)
    let requestAsked = splitter.next()
    let request = try #require(requestAsked)
    #expect(splitter.listed(ObjectPage(), of: request) == .init(count: 0, through: nil))
    #expect(splitter.isFinished)
    #expect(splitter.listed(ObjectPage(), of: request) == .init(count: 0, through: nil))
    #expect(splitter.isFinished)
    #expect(splitter.next() == nil)
  }

  /// A thousand pages with 64 requests at once take at most a thirtieth of the time that one after the other take, and
  /// not many more requests: whatever the keys look like, and without a hint.
  @Test(arguments: BucketShape.large)
  func aThousandPagesTakeThirtyRounds(shape: BucketShape) throws {
    var generator = SeededGenerator(seed: 5)
    let keys = shape.keys(10_000, pageSize: 10, prefix: "", using: &generator)
    var listing = SimulatedListing(keys: keys, pageSize: 10, maximum: 64, seed: 1)
    try listing.run()
    #expect(listing.seen.count == keys.count)
    #expect(listing.requestCount <= 2 * listing.fewestRequests + 250)
    // Random strings of the strangest characters, and folders within folders within folders, are hard to guess.
    let share: Double =
      switch shape {
      case .unicode, .deepFolders: 2
      case .people, .lastCharacters: 15
      default: 30
      }
    #expect(listing.time <= Double(listing.fewestRequests) / share, "\(shape): \(listing.time) rounds")
    // What is sent twice would be parsed twice.
    if share == 30 { #expect(listing.sentCount <= keys.count * 13 / 10, "\(shape): \(listing.sentCount) objects sent") }
  }
}
