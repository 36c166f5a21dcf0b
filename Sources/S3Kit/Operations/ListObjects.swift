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
}

/// One page of a listing.
package struct ObjectPage: Sendable {
  package var objects: [ListedObject] = []
  package var isTruncated = false
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
      return try handler.result(after: startAfter)
    }
    if let prefix { operation.query.append(("prefix", prefix.bytes)) }
    if let startAfter { operation.query.append(("start-after", startAfter.bytes)) }
    return try await run(operation)
  }
}

/// Reads a ListBucketResult without building a tree of it.
struct ObjectPageHandler: XMLHandler {
  /// What a server echoes of keys; Ceph RadosGW does so without encoding them, whatever they hold.
  static let ignoredElements: [StaticString] = [
    "Prefix", "StartAfter", "ContinuationToken", "NextContinuationToken",
  ]

  private var page = ObjectPage()
  private var failure: XMLError?
  private var isTruncated: Bool?
  /// The one place where S3 says how keys are encoded: the keys come first or last, as the server likes.
  private var isURLEncoded = false
  private var inContents = false
  private var inOwner = false

  private var key: [UInt8]?
  private var etag = ""
  private var size: Int?
  private var lastModified = ""
  private var storageClass = "STANDARD"
  private var owner: CanonicalID?
  /// Owners and times repeat from object to object; a String made once is shared.
  private var lastOwner: (bytes: [UInt8], id: CanonicalID)?

  mutating func begin(_ name: XMLName, depth: Int) {
    switch depth {
    case 1 where name == "Contents":
      inContents = true
      (key, etag, size, lastModified, storageClass, owner) = (nil, "", nil, "", "STANDARD", nil)
    case 2 where inContents:
      inOwner = name == "Owner"
    default: break
    }
  }

  mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>) {
    switch depth {
    case 1:
      switch name {
      case "Contents":
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
    guard let key, !key.isEmpty, let size, size >= 0, !etag.isEmpty else {
      fail(.invalid("an object without a key, a size or an ETag"))
      return
    }
    page.objects.append(
      ListedObject(
        key: ObjectKey(key), etag: etag, size: size, lastModified: lastModified,
        storageClass: storageClass, owner: owner))
  }

  private mutating func fail(_ error: XMLError) {
    if failure == nil { failure = error }
  }

  /// The page, once it is known to be whole and to go on where the one before it ended.
  ///
  /// A server that repeats itself or goes back would otherwise make a scan endless, or list keys twice.
  consuming func result(after startAfter: ObjectKey?) throws(XMLError) -> ObjectPage {
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
    var previous = startAfter
    for object in page.objects {
      guard object.key.isValidUTF8 else { throw .invalid("the key \(object.key) is not UTF-8") }
      if let previous, object.key <= previous {
        throw .invalid("the key \(object.key) comes after \(previous): the listing is not in order")
      }
      previous = object.key
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
      owner: owner)
  }
}
