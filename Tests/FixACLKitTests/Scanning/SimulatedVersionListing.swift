import TestSupport

@testable import FixACLKit
@testable import S3Kit

/// A bucket with versions that is listed by a splitter, page by page, in an order that the dice decide.
struct SimulatedVersionListing {
  /// In the order of a listing.
  let versions: [ListedObject]
  let pageSize: Int
  let maximum: Int
  var generator: SeededGenerator

  /// What was in the range of each page, as it came.
  private(set) var pages: [(number: Int, objects: ArraySlice<ListedObject>)] = []
  private(set) var requestCount = 0

  /// - Parameter counts: how many versions each key has.
  init(_ counts: [(key: String, count: Int)], pageSize: Int, maximum: Int, seed: UInt64) {
    self.pageSize = pageSize
    self.maximum = maximum
    generator = SeededGenerator(seed: seed)
    versions = counts.map { (ObjectKey($0.key), $0.count) }.sorted { $0.0 < $1.0 }.flatMap { key, count in
      (0..<count).map { index in
        ListedObject(
          key: key, etag: "e", size: 1, lastModified: "", storageClass: "STANDARD", owner: nil,
          version: .init(id: "v\(count - index)", isLatest: index == 0, isDeleteMarker: index % 7 == 3))
      }
    }
  }

  mutating func run() throws {
    var splitter = KeySpaceSplitter(maximum: maximum, prefix: nil)
    var underWay = [splitter.start()]
    while !underWay.isEmpty {
      if underWay.count > maximum { throw SimulatedListing.Failure.tooManyRequestsAtOnce(underWay.count) }
      let request = underWay.remove(at: Int.random(in: 0..<underWay.count, using: &generator))
      requestCount += 1
      if requestCount > versions.count + 1000 { throw SimulatedListing.Failure.endless }
      let page = page(after: request.after)
      let (inRange, next) = splitter.listed(page, of: request)
      pages.append((request.page, Array(page.objects)[..<inRange]))
      underWay += next
      if splitter.isFinished != underWay.isEmpty { throw SimulatedListing.Failure.stalled }
    }
  }

  private func page(after marker: ListingMarker?) -> ObjectPage {
    var start = 0
    if let marker {
      start = versions.firstIndex { $0.key > marker.key } ?? versions.count
      if let id = marker.versionID,
        let last = versions.firstIndex(where: { $0.key == marker.key && $0.version?.id == id })
      {
        start = last + 1
      }
    }
    var page = ObjectPage()
    page.objects = ListedObjects(versions[start...].prefix(pageSize))
    page.isTruncated = start + page.objects.count < versions.count
    return page
  }
}
