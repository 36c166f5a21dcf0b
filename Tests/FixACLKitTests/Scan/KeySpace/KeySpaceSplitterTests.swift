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
    #expect(alphabet.between(key, nil, start: 0).map { $0.count <= 1024 } ?? true)
    let keys = Set((1...400).map { ObjectKey(String(repeating: "a", count: $0)) })
    var listing = SimulatedListing(keys: keys, pageSize: 10, maximum: 64, seed: 1)
    try listing.run()
    #expect(listing.seen.count == keys.count)
  }

  /// A page that a stopped or a finished range still gets is nobody's.
  @Test func passesOverAPageThatNobodyAskedFor() throws {
    var splitter = KeySpaceSplitter(prefix: nil)
    let request = try splitter.nextPage()
    #expect(splitter.listed(ObjectPage(), of: request) == .init(count: 0, through: nil))
    #expect(splitter.isFinished)
    #expect(splitter.listed(ObjectPage(), of: request) == .init(count: 0, through: nil))
    #expect(splitter.isFinished)
    #expect(splitter.next() == nil)
  }

  /// A server that knows no delimiters, or says what is not so, makes a listing slower, not wrong.
  @Test(arguments: BucketShape.allCases, SimulatedListing.Delimiters.allCases)
  func delimitersAreHintsOnly(shape: BucketShape, delimiters: SimulatedListing.Delimiters) throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let keys = shape.keys(600, pageSize: Self.pageSize, prefix: "", using: &generator)
      var listing = SimulatedListing(keys: keys, pageSize: Self.pageSize, maximum: 32, seed: seed)
      listing.delimiters = delimiters
      try listing.run()
      #expect(listing.seen.count == keys.count)
      #expect(Set(listing.seen.map(\.key)) == keys)
      #expect(listing.requestCount <= 3 * listing.fewestRequests + 150)
    }
  }

  /// A request for children that is still under way when everything is listed belongs to nobody.
  @Test func anAnswerAfterTheEndIsIgnored() throws {
    var generator = SeededGenerator(seed: 2)
    let keys = FieldShape.all[0].keys(3000, seed: 2).map { ObjectKey("folder/\($0.text.prefix(1))/\($0.text)") }
    var listing = SimulatedListing(keys: Set(keys), pageSize: 10, maximum: 64, seed: generator.next())
    try listing.run()
    #expect(listing.splitter.isFinished)
    #expect(listing.childrenRequests.count > 0)
    for request in listing.childrenRequests {
      listing.splitter.found(CommonPrefixes(places: keys, isTruncated: true), of: request)
    }
    #expect(listing.splitter.next() == nil)
  }

  /// A thousand pages with 512 requests at once take at most a 33rd of the time that one after the other take, but for
  /// one shape, and little more than half as many requests more: whatever the keys look like, and without a hint. In the
  /// middle of all shapes it is a 45th, and 1.3 requests a page.
  ///
  /// Pages are short here, as making keys takes longest. With pages of two hundred it is 1.24 requests, and at most 1.5.
  @Test(arguments: [7, 8] as [UInt64])
  func aThousandPagesTakeFewRounds(seed: UInt64) async throws {
    let results = try await withThrowingTaskGroup(of: (shape: FieldShape, speedUp: Double, cost: Double).self) {
      group in
      for shape in FieldShape.all {
        group.addTask {
          let (isWhole, speedUp, cost) = try await besidesTasks {
            let keys = shape.keys(20_000, seed: seed)
            var listing = SimulatedListing(keys: keys, pageSize: 20, maximum: 512, seed: seed)
            try listing.run()
            let fewest = Double(listing.fewestRequests)
            return (
              listing.seen.count == keys.count, fewest / listing.time, Double(listing.requestCount) / fewest
            )
          }
          #expect(isWhole)
          return (shape, speedUp, cost)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for result in results {
      #expect(result.speedUp >= result.shape.leastSpeedUp, "\(result.shape.name), seed \(seed)")
      #expect(result.cost <= 1.55, "\(result.shape.name), seed \(seed)")
    }
    #expect(results.map(\.speedUp).sorted()[results.count / 2] >= 45, "seed \(seed)")
    #expect(results.map(\.cost).sorted()[results.count / 2] <= 1.3, "seed \(seed)")
  }
}

extension KeySpaceSplitter {
  /// The next request for a page; requests for children get that answer.
  mutating func nextPage(children: CommonPrefixes? = nil) throws -> PageRequest {
    while let request = next() {
      switch request {
      case .page(let page): return page
      case .children(let request): found(children, of: request)
      }
    }
    throw SimulatedListing.Failure.stalled
  }
}
