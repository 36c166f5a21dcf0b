/// Parses a ListBucketResult or a ListVersionsResult into the bytes of a page, without a tree and without Strings.
struct ObjectPageHandler: XMLHandler {
  /// Elements that echo keys of the request. Ceph RadosGW sends them unencoded, whatever they contain.
  static let ignoredElements: [StaticString] = [
    "Prefix", "StartAfter", "ContinuationToken", "NextContinuationToken", "KeyMarker", "NextKeyMarker",
  ]

  private let request: PageRequest
  private var objects = ListedObjects()
  private var failure: XMLError?
  /// Where the server continues: `NextContinuationToken`, or `NextKeyMarker` and `NextVersionIdMarker`.
  private var nextToken: [UInt8] = []
  private var nextKey: [UInt8] = []
  private var nextVersionID: [UInt8] = []
  private var isTruncated: Bool?
  /// Whether keys are encoded. S3 says so once, before or after the keys.
  private var isURLEncoded = false
  private var inContents = false
  private var inOwner = false
  private var entry = ListedObjects.Entry()
  /// Consecutive objects mostly have the same owner.
  private var lastOwner: (bytes: [UInt8], place: Int32) = ([], -1)

  init(_ request: PageRequest) {
    self.request = request
  }

  var rejection: XMLError? { failure }

  mutating func begin(_ name: XMLName, depth: Int) {
    switch depth {
    case 0: objects.reserveCapacity()
    case 1:
      let isDeleteMarker = name == "DeleteMarker"
      inContents = isDeleteMarker || name == "Contents" || name == "Version"
      entry = ListedObjects.Entry()
      entry.isDeleteMarker = isDeleteMarker
    case 2 where inContents:
      inOwner = name == "Owner"
    default: break
    }
  }

  mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>) {
    switch depth {
    case 1 where inContents:
      inContents = false
      finishObject()
    case 1:
      switch name {
      case "IsTruncated": isTruncated = text.isEqual("true")
      case "EncodingType": isURLEncoded = text.isEqual("url")
      case "NextContinuationToken": nextToken = Array(text)
      case "NextKeyMarker": nextKey = Array(text)
      case "NextVersionIdMarker": nextVersionID = Array(text)
      default: break
      }
    case 2 where inContents:
      switch name {
      // An encoded byte takes up to three.
      case "Key": entry.key = add(text, maximum: 3 * ListedObject.maximumTextLength)
      case "LastModified": entry.lastModified = add(text)
      case "ETag": entry.etag = add(Self.withoutQuotes(text))
      case "Size": entry.size = Self.number(text)
      case "StorageClass": entry.storageClass = add(text)
      case "Owner": inOwner = false
      case "VersionId": entry.versionID = add(text)
      case "IsLatest": entry.isLatest = text.isEqual("true")
      default: break
      }
    case 3 where inOwner && name == "ID":
      entry.owner = place(ofOwner: text)
    default: break
    }
  }

  /// Stores a text, if it is no longer than S3's can be.
  private mutating func add(
    _ text: UnsafeBufferPointer<UInt8>, maximum: Int = ListedObject.maximumTextLength
  ) -> ListedObjects.Span {
    guard text.count <= maximum else {
      if failure == nil {
        failure = .invalid("a key, a version ID or another text of an object with \(text.count) bytes")
      }
      return ListedObjects.Span()
    }
    return objects.add(text)
  }

  private mutating func place(ofOwner text: UnsafeBufferPointer<UInt8>) -> Int32 {
    guard !text.isEmpty else { return -1 }
    guard text.count <= ListedObject.maximumTextLength else {
      if failure == nil { failure = .invalid("an owner's ID with \(text.count) bytes") }
      return -1
    }
    let isLast = lastOwner.bytes.withUnsafeBytes { ObjectKey.order($0, UnsafeRawBufferPointer(text)) == 0 }
    if !isLast {
      lastOwner = (Array(text), objects.place(ofOwner: CanonicalID(String(decoding: text, as: UTF8.self))))
    }
    return lastOwner.place
  }

  private static func withoutQuotes(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var result = text[...]
    if result.first == UInt8(ascii: "\"") { result.removeFirst() }
    if result.last == UInt8(ascii: "\"") { result.removeLast() }
    return UnsafeBufferPointer(rebasing: result)
  }

  /// Negative if the text is not a number of bytes.
  private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    guard !text.isEmpty, text.count <= 18 else { return -1 }
    var result = 0
    for byte in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return -1 }
      result = 10 * result + Int(byte - UInt8(ascii: "0"))
    }
    return result
  }

  private mutating func finishObject() {
    if entry.isDeleteMarker {
      entry.etag = objects.add(CollectionOfOne(UInt8(ascii: "-")))
      entry.size = 0
    }
    guard entry.key.count > 0 else {
      if failure == nil { failure = .invalid("an object without a key") }
      return
    }
    guard objects.count < request.limit else {
      if failure == nil { failure = .invalid("a page of more than the \(request.limit) objects that were asked for") }
      return
    }
    let hasETag = entry.etag.count > 0 && objects.canBeHeader(entry.etag)
    if entry.size < 0 || !hasETag {
      entry.isIncomplete = true
      entry.size = max(0, entry.size)
      if !hasETag { entry.etag = objects.add(CollectionOfOne(UInt8(ascii: "-"))) }
    }
    objects.append(entry)
  }

  /// The page, after checks that it is whole, matches the request, and continues the previous page.
  consuming func result() throws(XMLError) -> PageAnswer {
    if let failure { throw failure }
    guard let isTruncated else { throw .invalid("a listing that does not say whether there is more") }
    try objects.finish(isURLEncoded: isURLEncoded, for: request)
    guard isTruncated, objects.isEmpty else {
      return .page(ObjectPage(objects: objects, isTruncated: isTruncated))
    }
    if !nextToken.isEmpty { return .nothingUntil(.token(nextToken)) }
    let key = isURLEncoded ? PercentEncoding.decode(nextKey) ?? [] : nextKey
    guard !key.isEmpty, max(nextToken.count, key.count, nextVersionID.count) <= ListedObject.maximumTextLength else {
      throw .invalid("a page without objects that says that there is more, and not where")
    }
    return .nothingUntil(
      .marker(
        ListingMarker(
          ObjectKey(key), versionID: nextVersionID.isEmpty ? nil : String(decoding: nextVersionID, as: UTF8.self))))
  }
}
