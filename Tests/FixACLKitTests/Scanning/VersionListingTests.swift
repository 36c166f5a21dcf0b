import TestSupport
import Testing

@testable import FixACLKit
@testable import S3Kit

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

  @Test(arguments: Shape.allCases, [1, 2, 5, 16])
  func everyVersionIsThereOnceAndInOrder(shape: Shape, maximum: Int) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      var listing = SimulatedVersionListing(shape.counts, pageSize: 10, maximum: maximum, seed: seed)
      try listing.run()
      let fewest = (listing.versions.count + 9) / 10
      #expect(listing.requestCount <= 2 * fewest + 2 * maximum + 40)
      if maximum == 1 { #expect(listing.requestCount == fewest) }

      // As the scanner writes them: pages in any order, and of each what is in its range.
      var spool = try PlanSpool(folder: "/tmp")
      for page in listing.pages.shuffled(using: &listing.generator) {
        let lines = page.objects.flatMap { object in
          var change = Sample.change(object.key.text)
          change.versionID = object.version?.id
          return SamplePlan.line(change)
        }
        try spool.append(lines, firstKey: page.objects.first?.key ?? ObjectKey([]), page: page.number)
      }
      var bytes: [UInt8] = []
      try spool.forEachPiece { bytes += $0 }
      let changes = try bytes.split(separator: UInt8(ascii: "\n")).map { try Change(parsing: $0 + "\n".utf8) }
      #expect(changes.map(\.key) == listing.versions.map(\.key))
      #expect(changes.map(\.versionID) == listing.versions.map { $0.version?.id })
    }
  }

  /// A range that ends with a key whose versions go on is not at its end.
  @Test func aRangeEndsWithTheLastVersionOfItsLastKey() throws {
    func object(_ key: ObjectKey, _ version: String) -> ListedObject {
      ListedObject(
        key: key, etag: "e", size: 1, lastModified: "", storageClass: "STANDARD", owner: nil,
        version: .init(id: version, isLatest: false, isDeleteMarker: false))
    }
    func page(_ objects: [ListedObject], isTruncated: Bool = true) -> ObjectPage {
      var page = ObjectPage()
      page.objects = ListedObjects(objects)
      page.isTruncated = isTruncated
      return page
    }
    var splitter = KeySpaceSplitter(maximum: 2, prefix: nil)
    let first = splitter.start()
    let (_, next) = splitter.listed(page([object(ObjectKey("a"), "1")]), of: first)
    try #require(next.count == 2)
    #expect(next[0].after == ListingMarker(ObjectKey("a"), versionID: "1"))
    #expect(next.map(\.page) == [1, 0])
    // All versions of the key that the ranges were cut at are in the first.
    let middle = try #require(next[1].after)
    #expect(middle.versionID == nil)
    let (inRange, more) = splitter.listed(page([object(middle.key, "9"), object(middle.key, "8")]), of: next[0])
    #expect(inRange == 2)
    #expect(more.first == KeySpaceSplitter.PageRequest(range: 0, after: .init(middle.key, versionID: "8"), page: 2))
    let beyond = ObjectKey(middle.key.text + "a")
    let (rest, last) = splitter.listed(page([object(middle.key, "7"), object(beyond, "1")]), of: more[0])
    #expect(rest == 1)
    #expect(!last.contains { $0.range == 0 })
  }
}
