/// One object of a listing.
package struct ListedObject: Sendable, Hashable {
  package let key: ObjectKey
  /// Without its quotation marks.
  package let etag: String
  /// Bytes.
  package let size: Int
  /// As the server wrote it: an ISO 8601 time in UTC.
  package let lastModified: String
  package let storageClass: String
  /// Nil where the server did not tell.
  package let owner: CanonicalID?
  /// In a listing of versions, which one it is; nil in a listing of objects, which has the current ones only.
  package let version: Version?

  package init(
    key: ObjectKey, etag: String, size: Int, lastModified: String, storageClass: String, owner: CanonicalID?,
    version: Version? = nil
  ) {
    self.key = key
    self.etag = etag
    self.size = size
    self.lastModified = lastModified
    self.storageClass = storageClass
    self.owner = owner
    self.version = version
  }

  /// One version of a key.
  package struct Version: Sendable, Hashable {
    /// `null` for one from before the bucket had versions, or while they are suspended.
    package let id: String
    package let isLatest: Bool
    /// Whether it only says that the key is deleted: it has no content, and no ACL.
    package let isDeleteMarker: Bool
  }

  /// Whether there is something newer in its place.
  package var isNoncurrent: Bool { version.map { !$0.isLatest } ?? false }
}

/// A place in a listing: everything up to it is known.
package struct ListingMarker: Sendable, Hashable {
  package let key: ObjectKey
  /// In a listing of versions, the last one that is known of the key; nil for all of them.
  package let versionID: String?

  package init(_ key: ObjectKey, versionID: String? = nil) {
    self.key = key
    self.versionID = versionID
  }
}

/// One page of a listing.
package struct ObjectPage: Sendable {
  package var objects: [ListedObject] = []
  package var isTruncated = false

  /// Where the next page begins.
  package var end: ListingMarker? {
    objects.last.map { ListingMarker($0.key, versionID: $0.version?.id) }
  }
}

extension S3Client {
  /// ListObjectsV2 with owners: up to 1,000 objects after `startAfter`, in the order of their bytes.
  ///
  /// Pages follow one another by `startAfter` with the last key, not by continuation tokens: a page can then be
  /// asked for again at any time, by anybody.
  package func listObjects(
    bucket: String, prefix: ObjectKey?, startAfter: ObjectKey?, limit: Int = 1000
  ) async throws(S3Error) -> ObjectPage {
    var operation = S3Operation(
      "ListObjectsV2", bucket: bucket,
      query: [
        ("list-type", "2"), ("fetch-owner", "true"), ("encoding-type", "url"), ("max-keys", "\(limit)"),
      ]
    ) { response throws(XMLError) in
      var handler = ObjectPageHandler()
      try SAXParser.parse(response.body, root: "ListBucketResult", into: &handler)
      return try handler.result(after: startAfter.map { ListingMarker($0) })
    }
    if let prefix { operation.query.append(("prefix", prefix.bytes)) }
    if let startAfter { operation.query.append(("start-after", startAfter.bytes)) }
    return try await run(operation)
  }

  /// ListObjectVersions: up to 1,000 versions and delete markers after `marker`, in the order of their keys' bytes,
  /// the newest of each first. Needs `s3:ListBucketVersions`.
  package func listObjectVersions(
    bucket: String, prefix: ObjectKey?, after marker: ListingMarker?
  ) async throws(S3Error) -> ObjectPage {
    var operation = S3Operation(
      "ListObjectVersions", bucket: bucket, query: [("versions", ""), ("encoding-type", "url"), ("max-keys", "1000")]
    ) { response throws(XMLError) in
      var handler = ObjectPageHandler()
      try SAXParser.parse(response.body, root: "ListVersionsResult", into: &handler)
      return try handler.result(after: marker)
    }
    if let prefix { operation.query.append(("prefix", prefix.bytes)) }
    if let marker {
      operation.query.append(("key-marker", marker.key.bytes))
      if let id = marker.versionID { operation.query.append(("version-id-marker", Array(id.utf8))) }
    }
    return try await run(operation)
  }
}

/// Reads a ListBucketResult or a ListVersionsResult without building a tree of it.
struct ObjectPageHandler: XMLHandler {
  /// What a server echoes of keys; Ceph RadosGW does so without encoding them, whatever they hold.
  static let ignoredElements: [StaticString] = [
    "Prefix", "StartAfter", "ContinuationToken", "NextContinuationToken", "KeyMarker", "NextKeyMarker",
  ]

  private var page = ObjectPage()
  private var failure: XMLError?
  private var isTruncated: Bool?
  /// The one place where S3 says how keys are encoded: the keys come first or last, as the server likes.
  private var isURLEncoded = false
  private var inContents = false
  private var isDeleteMarker = false
  private var inOwner = false

  private var key: [UInt8]?
  private var etag = ""
  private var size: Int?
  private var lastModified = ""
  private var storageClass = "STANDARD"
  private var owner: CanonicalID?
  private var versionID: String?
  private var isLatest = false
  /// Owners and times repeat from object to object; a String made once is shared.
  private var lastOwner: (bytes: [UInt8], id: CanonicalID)?

  mutating func begin(_ name: XMLName, depth: Int) {
    switch depth {
    case 1:
      isDeleteMarker = name == "DeleteMarker"
      inContents = isDeleteMarker || name == "Contents" || name == "Version"
      (key, etag, size, lastModified, storageClass, owner) = (nil, "", nil, "", "STANDARD", nil)
      (versionID, isLatest) = (nil, false)
    case 2 where inContents:
      inOwner = name == "Owner"
    default: break
    }
  }

  mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>) {
    switch depth {
    case 1:
      switch name {
      case "Contents", "Version", "DeleteMarker":
        inContents = false
        finishObject()
      case "IsTruncated":
        isTruncated = text.elementsEqual("true".utf8)
      case "EncodingType":
        isURLEncoded = text.elementsEqual("url".utf8)
      default: break
      }
    case 2 where inContents:
      switch name {
      case "Key": key = Array(text)
      case "ETag": etag = String(decoding: text.lazy.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
      case "Size": size = Int(String(decoding: text, as: UTF8.self))
      case "LastModified": lastModified = String(decoding: text, as: UTF8.self)
      case "StorageClass": storageClass = String(decoding: text, as: UTF8.self)
      case "VersionId": versionID = String(decoding: text, as: UTF8.self)
      case "IsLatest": isLatest = text.elementsEqual("true".utf8)
      case "Owner": inOwner = false
      default: break
      }
    case 3 where inOwner && name == "ID":
      if let lastOwner, text.elementsEqual(lastOwner.bytes) {
        owner = lastOwner.id
      } else if !text.isEmpty {
        let id = CanonicalID(String(decoding: text, as: UTF8.self))
        lastOwner = (Array(text), id)
        owner = id
      }
    default: break
    }
  }

  private mutating func finishObject() {
    if isDeleteMarker { (etag, size) = ("-", 0) }
    guard let key, !key.isEmpty, let size, size >= 0, !etag.isEmpty else {
      fail(.invalid("an object without a key, a size or an ETag"))
      return
    }
    page.objects.append(
      ListedObject(
        key: ObjectKey(key), etag: etag, size: size, lastModified: lastModified, storageClass: storageClass,
        owner: owner,
        version: versionID.map {
          ListedObject.Version(id: $0, isLatest: isLatest, isDeleteMarker: isDeleteMarker)
        }))
  }

  private mutating func fail(_ error: XMLError) {
    if failure == nil { failure = error }
  }

  /// The page, once it is known to be whole and to go on where the one before it ended.
  ///
  /// A server that repeats itself or goes back would otherwise make a scan endless, or list keys twice.
  consuming func result(after marker: ListingMarker?) throws(XMLError) -> ObjectPage {
    if let failure { throw failure }
    guard let isTruncated else { throw .invalid("a listing that does not say whether there is more") }
    page.isTruncated = isTruncated
    if isURLEncoded {
      var objects: [ListedObject] = []
      objects.reserveCapacity(page.objects.count)
      for object in page.objects {
        guard let decoded = PercentEncoding.decode(object.key.bytes) else {
          throw .invalid("the key \(object.key) is not percent-encoded as it should be")
        }
        objects.append(object.with(key: ObjectKey(decoded)))
      }
      page.objects = objects
    }
    var previous = marker
    for object in page.objects {
      guard object.key.isValidUTF8 else { throw .invalid("the key \(object.key) is not UTF-8") }
      if let previous, !object.mayFollow(previous) {
        throw .invalid("the key \(object.key) comes after \(previous.key): the listing is not in order")
      }
      previous = ListingMarker(object.key, versionID: object.version?.id)
    }
    if isTruncated, page.objects.isEmpty {
      throw .invalid("a page without objects that says that there is more")
    }
    return page
  }
}

extension ListedObject {
  fileprivate func with(key: ObjectKey) -> ListedObject {
    ListedObject(
      key: key, etag: etag, size: size, lastModified: lastModified, storageClass: storageClass,
      owner: owner, version: version)
  }

  /// Whether it is of a later key than the marker's, or another version of the same.
  fileprivate func mayFollow(_ marker: ListingMarker) -> Bool {
    guard key == marker.key else { return marker.key < key }
    guard let version, let known = marker.versionID else { return false }
    return version.id != known
  }
}
