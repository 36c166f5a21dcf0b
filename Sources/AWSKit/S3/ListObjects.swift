/// A place in a listing: everything up to it is listed.
package struct ListingMarker: Sendable {
  package let key: ObjectKey
  /// In a listing of versions, the last listed version of the key; nil if all of them are.
  package let versionID: String?
  /// Versions of the key with which pages before this place began; none where that is not known.
  ///
  /// A server that does not know version markers answers with a key's first versions again and again. All of them would
  /// be too many to remember: a key can have millions.
  var listed = ListedVersions()

  package init(_ key: ObjectKey, versionID: String? = nil) {
    self.key = key
    self.versionID = versionID
  }
}

/// How a place came to be known is no part of it.
extension ListingMarker: Hashable {
  package static func == (left: ListingMarker, right: ListingMarker) -> Bool {
    left.key == right.key && left.versionID == right.versionID
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(key)
    hasher.combine(versionID)
  }
}

/// Versions of one key that were listed before: the first of all, and that with which one page of several began.
struct ListedVersions: Sendable {
  private var first: String?
  private var remembered: String?
  private var pages = 0

  init() {}

  /// Whether it is known to have been listed.
  func contains(_ versionID: String) -> Bool { versionID == first || versionID == remembered }

  /// - Parameter versionID: the key's first version in one more page.
  mutating func add(_ versionID: String) {
    pages += 1
    if first == nil { first = versionID }
    // The second, fourth, eighth page and so on: so pages that come again are noticed however many there are of them.
    if pages & (pages - 1) == 0 { remembered = versionID }
  }
}

/// One page of a listing.
package struct ObjectPage: Sendable {
  package var objects: ListedObjects
  package var isTruncated: Bool
  /// The place after which it was requested, in a listing of versions.
  fileprivate var after: ListingMarker?
  /// Held until nobody has the page: pages that wait to be looked at take as much memory as their answers.
  var room: BodyRoom?

  package init(objects: ListedObjects = ListedObjects(), isTruncated: Bool = false) {
    self.objects = objects
    self.isTruncated = isTruncated
  }

  /// Where the next page begins; nil if there is none.
  package var end: ListingMarker? {
    guard let last = objects.last else { return nil }
    var marker = ListingMarker(last.key, versionID: last.version?.id)
    guard marker.versionID != nil else { return marker }
    if let after, after.key == last.key { marker.listed = after.listed }
    if let first = objects.firstVersion(ofKeyAt: objects.endIndex - 1) { marker.listed.add(first) }
    return marker
  }
}

extension AWSClient {
  /// The most pages without objects in a row: a bucket with ten million delete markers has that many.
  private static let maximumEmptyPages = 10_000

  /// ListObjectsV2 with owners: up to `limit` (at most 1,000) objects after `startAfter`, in byte order.
  ///
  /// The next page is requested with the last key as `startAfter`, not with a continuation token, so any page can be
  /// requested again at any time. Only a page without keys is continued by its token.
  package func listObjects(
    bucket: String, prefix: ObjectKey?, startAfter: ObjectKey?, limit: Int = 1000
  ) async throws(AWSError) -> ObjectPage {
    let request = PageRequest(prefix: prefix, after: startAfter.map { ListingMarker($0) }, limit: limit)
    var operation = Self.listing(
      "ListObjectsV2", root: "ListBucketResult", request, bucket: bucket,
      query: [("list-type", "2"), ("fetch-owner", "true")])
    if let startAfter { operation.query.append(("start-after", startAfter.bytes)) }
    let query = operation.query
    var token: [UInt8]?
    for _ in 0..<Self.maximumEmptyPages {
      let answer = try await run(operation)
      guard case .nothingUntil(.token(let next)) = answer else { return answer.page }
      guard next != token else { throw standstill(operation) }
      token = next
      operation.query = query + [("continuation-token", next)]
    }
    throw standstill(operation)
  }

  /// An object's entry in a listing; nil if there is none.
  ///
  /// - Parameter versionID: nil for the current version; another one needs `s3:ListBucketVersions`.
  package func listedObject(
    bucket: String, key: ObjectKey, versionID: String? = nil
  ) async throws(AWSError) -> ListedObject? {
    guard let versionID else {
      // The first key that begins with the object's whole key is that key itself.
      let page = try await listObjects(bucket: bucket, prefix: key, startAfter: nil, limit: 1)
      return page.objects.first { $0.key == key }
    }
    var marker: ListingMarker?
    while true {
      let page = try await listObjectVersions(bucket: bucket, prefix: key, after: marker)
      if let found = page.objects.first(where: { $0.key == key && $0.version?.id == versionID }) { return found }
      guard page.isTruncated, page.end?.key == key else { return nil }
      marker = page.end
    }
  }

  /// The part common to both listings: one page, whose answer must match the request.
  private static func listing(
    _ name: String, root: StaticString, _ request: PageRequest, bucket: String, query: [(name: String, value: String)]
  ) -> AWSOperation<PageAnswer> {
    var operation = AWSOperation(
      name, bucket: bucket, query: query + [("encoding-type", "url"), ("max-keys", "\(request.limit)")]
    ) { response throws(XMLError) in
      var handler = ObjectPageHandler(request)
      try SAXParser.parse(response.body, root: root, into: &handler)
      let answer = try handler.result()
      guard case .page(var page) = answer else { return answer }
      page.room = response.room
      return .page(page)
    }
    operation.isPage = true
    operation.maximumResponseBytes = request.maximumResponseBytes
    operation.deadlineSeconds = PageRequest.deadlineSeconds
    if let prefix = request.prefix { operation.query.append(("prefix", prefix.bytes)) }
    return operation
  }

  /// ListObjectVersions: up to `limit` versions and delete markers after `marker`, in the byte order of their keys, the
  /// newest of each first. Needs `s3:ListBucketVersions`.
  package func listObjectVersions(
    bucket: String, prefix: ObjectKey?, after marker: ListingMarker?, limit: Int = 1000
  ) async throws(AWSError) -> ObjectPage {
    var marker = marker
    for _ in 0..<Self.maximumEmptyPages {
      let request = PageRequest(prefix: prefix, after: marker, limit: limit)
      var operation = Self.listing(
        "ListObjectVersions", root: "ListVersionsResult", request, bucket: bucket, query: [("versions", "")])
      if let marker {
        operation.query.append(("key-marker", marker.key.bytes))
        if let id = marker.versionID { operation.query.append(("version-id-marker", Array(id.utf8))) }
      }
      let answer = try await run(operation)
      guard case .nothingUntil(.marker(var next)) = answer else {
        var page = answer.page
        page.after = marker
        return page
      }
      guard marker.map({ next.isBehind($0) }) ?? true else { throw standstill(operation) }
      if let marker, marker.key == next.key { next.listed = marker.listed }
      marker = next
    }
    throw standstill(AWSOperation<Void>("ListObjectVersions", bucket: bucket, parse: AWSOperation<Void>.expectNoError))
  }

  private func standstill<Output>(_ operation: AWSOperation<Output>) -> AWSError {
    AWSError(
      kind: .malformedAnswer, operation: operation.name, bucket: operation.bucket,
      message: "page after page has no objects and says that there is more: the listing does not go on",
      account: account)
  }
}

/// A request for a page, as far as the answer must match it.
struct PageRequest: Sendable {
  let prefix: ObjectKey?
  /// The page begins after this place; nil for the beginning.
  let after: ListingMarker?
  /// The most objects.
  let limit: Int

  /// A page can follow a long run of delete markers.
  static let deadlineSeconds = 300

  /// The longest page: percent-encoded keys have up to three times their 1,024 bytes; everything else is short.
  var maximumResponseBytes: Int { Self.bytes(ofKeys: max(1, limit)) }

  private static func bytes(ofKeys count: Int) -> Int { (64 << 10) + count * (8 << 10) }
}

/// The content of a page's answer.
enum PageAnswer: Sendable {
  case page(ObjectPage)
  /// No objects, and where the listing continues.
  case nothingUntil(Continuation)

  /// Where a listing continues.
  enum Continuation: Sendable {
    case token([UInt8])
    case marker(ListingMarker)
  }

  /// The page; empty if it has no objects.
  var page: ObjectPage {
    switch self {
    case .page(let page): page
    case .nothingUntil: ObjectPage()
    }
  }
}

extension ListingMarker {
  /// Whether it comes after the other place.
  fileprivate func isBehind(_ other: ListingMarker) -> Bool {
    key == other.key ? other.versionID != nil && versionID != other.versionID : other.key < key
  }
}
