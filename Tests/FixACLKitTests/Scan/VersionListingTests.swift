import TestSupport
import Testing

@testable import FixACLKit
@testable import AWSKit

/// What a scan of all versions is made of: the splitter and the spool, with keys whose versions fill pages.
@Suite struct VersionListingTests {
  /// How many versions the keys of a bucket can have.
  enum Shape: CaseIterable {
    case oneKey, oneOfMany, firstAndLast, everyKeySome, exactlyPages, oneEach

    var counts: [(key: String, count: Int)] {
      let keys = (0..<40).map { "\($0 % 4)/key-\($0 * 7919 % 1009)" }
      return switch self {
      case .oneKey: [("k", 205)]
      case .oneOfMany: keys.map { ($0, $0 == keys[17] ? 150 : 2) }
      case .firstAndLast: keys.map { ($0, 1) } + [("!", 77), ("\u{10ffff}", 78)]
      case .everyKeySome: keys.enumerated().map { ($1, $0 * 5 % 13 + 1) }
      case .exactlyPages: keys.map { ($0, 10) }
      case .oneEach: keys.map { ($0, 1) }
      }
    }
  }

  /// In the order of a listing.
  static func versions(_ counts: [(key: String, count: Int)]) -> [ListedObject] {
    counts.map { (ObjectKey($0.key), $0.count) }.sorted { $0.0 < $1.0 }.flatMap { key, count in
      (0..<count).map { index in
        SimulatedListing.object(
          key, version: .init(id: "v\(count - index)", isLatest: index == 0, isDeleteMarker: false))
      }
    }
  }

  @Test(arguments: Shape.allCases, [1, 2, 5, 16])
  func everyVersionIsThereOnceAndInOrder(shape: Shape, maximum: Int) throws {
    let versions = Self.versions(shape.counts)
    for seed in 1...4 as ClosedRange<UInt64> {
      var listing = SimulatedListing(versions, pageSize: 10, maximum: maximum, seed: seed)
      try listing.run()
      #expect(listing.requestCount <= 3 * listing.fewestRequests + 150)
      if maximum == 1 { #expect(listing.requestCount == listing.fewestRequests) }

      // As the scanner writes them: chunks in any order.
      var spool = try PlanSpool(folder: "/tmp")
      for chunk in listing.chunks.shuffled(using: &listing.generator) {
        let lines = chunk.candidates.flatMap { entry in
          var change = Sample.change(entry.object.key.text)
          change.versionID = entry.object.version?.id
          return SamplePlan().line(change)
        }
        try spool.append(lines, firstKey: chunk.candidates.first?.object.key ?? ObjectKey([]), page: chunk.order)
      }
      var bytes: [UInt8] = []
      try spool.forEachPiece { bytes += $0 }
      let changes = try bytes.split(separator: UInt8(ascii: "\n")).map { try SamplePlan.change($0) }
      #expect(changes.map(\.key) == versions.map(\.key))
      #expect(changes.map(\.versionID) == versions.map { $0.version?.id })
    }
  }

  /// What a chunk has of a key is all of it, or the chunk has nothing else.
  @Test(arguments: Shape.allCases, [1, 16])
  func aKeyIsInOneChunkOrHasItsOwn(shape: Shape, maximum: Int) throws {
    var listing = SimulatedListing(Self.versions(shape.counts), pageSize: 10, maximum: maximum, seed: 3)
    try listing.run()
    for chunk in listing.chunks {
      let keys = Set(chunk.candidates.map(\.object.key))
      let ends = [chunk.interval.after, chunk.interval.through].compactMap(\.self).filter { $0.versionID != nil }
      #expect(ends.isEmpty || keys.isSubset(of: [ends[0].key]) && keys.count <= 1)
      // Its range can be at its end with it, as far as that is known.
      #expect(ends.allSatisfy { $0.key == ends[0].key })
    }
    for (key, chunks) in Dictionary(grouping: listing.chunks, by: { $0.candidates.first?.object.key }) where key != nil
    {
      #expect(chunks.count == 1 || chunks.allSatisfy { Set($0.candidates.map(\.object.key)) == [key!] })
    }
  }

  /// A range that ends with a key whose versions go on is not at its end.
  @Test func aRangeEndsWithTheLastVersionOfItsLastKey() throws {
    func object(_ key: ObjectKey, _ version: String) -> ListedObject {
      SimulatedListing.object(key, version: .init(id: version, isLatest: false, isDeleteMarker: false))
    }
    func page(_ objects: [ListedObject], isTruncated: Bool = true) -> ObjectPage {
      var page = ObjectPage()
      page.objects = ListedObjects(objects)
      page.isTruncated = isTruncated
      return page
    }
    var splitter = KeySpaceSplitter(prefix: nil, pageSize: 2)
    let first = try splitter.nextPage()
    let keys = [ObjectKey("f/a/1"), ObjectKey("f/a/2")]
    #expect(splitter.listed(page(keys.map { object($0, "1") }), of: first).count == 2)
    let second = try splitter.nextPage()
    #expect(second.after == ListingMarker(keys[1], versionID: "1"))
    #expect((second.range, second.page) == (first.range, 1))
    // All versions of the key that the ranges were cut at are in the first.
    let folders = CommonPrefixes(places: "bcdefghij".map { ObjectKey("f/\($0)/") }, isTruncated: false)
    var cut = try splitter.nextPage(children: folders)
    while let nearer = try? splitter.nextPage(children: folders) {
      cut = nearer.after!.key < cut.after!.key ? nearer : cut
    }
    let end = try #require(cut.after)
    #expect(end.versionID == nil && cut.page == 0)
    let part = splitter.listed(page([object(end.key, "9"), object(end.key, "8")]), of: second)
    #expect(part == .init(count: 2, through: ListingMarker(end.key, versionID: "8")))
    let third = try splitter.nextPage()
    #expect(third.range == first.range && third.after == part.through)
    let beyond = ObjectKey(end.key.text + "a")
    let rest = splitter.listed(page([object(end.key, "7"), object(beyond, "1")]), of: third)
    #expect(rest == .init(count: 1, through: end))
  }
}
