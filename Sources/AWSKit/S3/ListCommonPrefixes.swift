/// What a listing with a delimiter shows below a prefix.
package struct CommonPrefixes: Sendable, Equatable {
  /// Common prefixes, with the delimiter, and keys without a delimiter behind the prefix; in byte order.
  package let places: [ObjectKey]
  /// Whether there are more behind the last one.
  package let isTruncated: Bool

  package init(places: [ObjectKey], isTruncated: Bool) {
    (self.places, self.isTruncated) = (places, isTruncated)
  }
}

extension AWSClient {
  /// ListObjectsV2 or ListObjectVersions with a delimiter: up to 1,000 common prefixes and keys after `after`.
  ///
  /// A hint for a listing: it is given up soon, and its answer is checked less strictly than a page.
  ///
  /// - Parameter ofVersions: whether keys count of which only old versions or delete markers are left; needs
  ///   `s3:ListBucketVersions`.
  package func listCommonPrefixes(
    bucket: String, prefix: ObjectKey, delimiter: UInt8, after: ObjectKey, ofVersions: Bool
  ) async throws(AWSError) -> CommonPrefixes {
    let limit = 1000
    var operation = AWSOperation(
      ofVersions ? "ListObjectVersions" : "ListObjectsV2", bucket: bucket,
      query: [(ofVersions ? "versions" : "list-type", ofVersions ? "" : "2")]
        + [("encoding-type", "url"), ("max-keys", "\(limit)")]
    ) { response throws(XMLError) in
      var handler = CommonPrefixesHandler(prefix: prefix, limit: limit)
      try SAXParser.parse(
        response.body, root: ofVersions ? "ListVersionsResult" : "ListBucketResult", into: &handler)
      return try handler.result()
    }
    operation.query += [
      ("delimiter", [delimiter]), ("prefix", prefix.bytes), (ofVersions ? "key-marker" : "start-after", after.bytes),
    ]
    operation.isPage = true
    operation.isHint = true
    operation.deadlineSeconds = 20
    return try await run(operation)
  }
}

/// Parses the common prefixes and the keys of a ListBucketResult or a ListVersionsResult.
struct CommonPrefixesHandler: XMLHandler {
  /// Elements that echo keys of the request. Ceph RadosGW sends them unencoded, whatever they contain.
  static let ignoredElements: [StaticString] = [
    "StartAfter", "ContinuationToken", "NextContinuationToken", "KeyMarker", "NextKeyMarker",
  ]

  private let prefix: ObjectKey
  private let limit: Int
  private var places: [[UInt8]] = []
  private var isTruncated: Bool?
  private var isURLEncoded = false
  /// The element that names a place in the current child of the root; nil if none does.
  private var place: StaticString?
  private(set) var rejection: XMLError?

  init(prefix: ObjectKey, limit: Int) {
    (self.prefix, self.limit) = (prefix, limit)
  }

  mutating func begin(_ name: XMLName, depth: Int) {
    guard depth == 1 else { return }
    place = nil
    if name == "CommonPrefixes" { place = "Prefix" }
    if name == "Contents" || name == "Version" || name == "DeleteMarker" { place = "Key" }
  }

  mutating func end(_ name: XMLName, depth: Int, text: UnsafeBufferPointer<UInt8>) {
    switch depth {
    case 1 where name == "IsTruncated": isTruncated = text.isEqual("true")
    case 1 where name == "EncodingType": isURLEncoded = text.isEqual("url")
    case 2:
      guard let place, name == place else { return }
      // An encoded byte takes up to three.
      if places.count == limit || text.count > 3 * ObjectKey.maximumLength {
        rejection = .invalid("more or longer common prefixes than S3 has")
      } else {
        places.append(Array(text))
      }
    default: break
    }
  }

  /// The places, in order; without those that cannot be.
  consuming func result() throws(XMLError) -> CommonPrefixes {
    if let rejection { throw rejection }
    guard let isTruncated else { throw .invalid("a listing that does not say whether there is more") }
    let keys = places.compactMap { bytes -> ObjectKey? in
      guard let bytes = isURLEncoded ? PercentEncoding.decode(bytes) : bytes else { return nil }
      let key = ObjectKey(bytes)
      return bytes.count <= ObjectKey.maximumLength && key.hasPrefix(prefix) && key.isValidUTF8 ? key : nil
    }
    return CommonPrefixes(places: keys.sorted(), isTruncated: isTruncated)
  }
}
