internal import NIOHTTP1
internal import AWSKit

/// GetObject and HeadObject.
extension S3Service {
  func getObject(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    try answer(call, bucket, object, isHead: false)
  }

  func headObject(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    try answer(call, bucket, object, isHead: true)
  }

  private func answer(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject, isHead: Bool
  ) throws(ServiceError) -> SandboxResponse {
    try checkReadHeaders(call)
    try checkCustomerKey(call, of: object, prefix: "x-amz-server-side-encryption-customer-")
    if !isHead {
      guard object.isReadable(at: call.now) else { throw Self.invalidObjectState(object) }
      try checkDecryption(of: object, call)
    } else if object.attributes.encryption.algorithm != "AES256" {
      try checkDecryption(of: object, call)
    }
    guard call.text("partNumber") == nil || call.header("range") == nil else {
      throw .invalidRequest("Cannot specify both Range header and partNumber query parameter")
    }
    if let response = try conditionalAnswer(call, object) { return response }
    var response = SandboxResponse()
    addHeaders(of: object, bucket, call, to: &response)
    for (name, value) in overrides(call) { response.headers.replaceOrAdd(name: name, value: value) }
    let range = try byteRange(call, object)
    if let range {
      response.status = 206
      response.headers.add(
        name: "Content-Range", value: "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(object.content.size)")
    }
    if isHead {
      response.lengthOfHead = range?.count ?? object.content.size
    } else {
      response.body = range.map { object.content.slice($0).bytes } ?? object.content.bytes
    }
    return response
  }

  /// The parameters of a read that replace a header of its answer.
  private static let overrides = [
    ("response-cache-control", "Cache-Control"), ("response-content-disposition", "Content-Disposition"),
    ("response-content-encoding", "Content-Encoding"), ("response-content-language", "Content-Language"),
    ("response-content-type", "Content-Type"), ("response-expires", "Expires"),
  ]

  private func overrides(_ call: S3Call) -> [(name: String, value: String)] {
    guard !call.request.query.isEmpty else { return [] }
    return Self.overrides.compactMap { parameter, header in call.text(parameter).map { (header, $0) } }
  }

  /// What a read cannot carry: headers that ask for encryption (API Reference: GetObject, "Encryption"), and overrides of
  /// the answer's headers where nobody has signed them (the same, "Overriding response header values through the
  /// request").
  private func checkReadHeaders(_ call: S3Call) throws(ServiceError) {
    for name in ["x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"]
    where call.header(name) != nil {
      throw .invalidArgument("\(name) header is not supported for this operation.")
    }
    let overrides = overrides(call)
    guard !overrides.isEmpty else { return }
    if case .anonymous = call.caller {
      throw .invalidRequest("Request specific response headers cannot be used for anonymous GET requests.")
    }
    for (name, value) in overrides where value.unicodeScalars.contains(where: { $0.value > 0xff }) {
      throw .invalidArgument(
        "Header value cannot be represented using ISO-8859-1.", "response-" + name.lowercased(), value: value)
    }
    // Such a value would be a header more, or end the headers.
    guard overrides.allSatisfy({ $0.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }) else {
      throw .invalidArgument("Header value cannot contain control characters.")
    }
  }

  static func invalidObjectState(_ object: StoredObject) -> ServiceError {
    ServiceError(
      403, "InvalidObjectState", "The operation is not valid for the object's storage class",
      details: [("StorageClass", object.attributes.storageClass)])
  }

  private func byteRange(_ call: S3Call, _ object: StoredObject) throws(ServiceError) -> Range<Int>? {
    let size = object.content.size
    if let number = call.text("partNumber") {
      guard let number = Int(number), number >= 1 else { throw .invalidArgument("Part number must be an integer") }
      let sizes = object.partSizes.isEmpty ? [size] : object.partSizes
      guard number <= sizes.count else {
        throw ServiceError(
          416, "InvalidPartNumber", "The requested partnumber is not satisfiable",
          details: [("ActualPartCount", String(sizes.count)), ("PartNumberRequested", String(number))])
      }
      let start = sizes[..<(number - 1)].reduce(0, +)
      // What came in one piece is its own only part.
      return size == 0 ? nil : start..<start + sizes[number - 1]
    }
    guard let header = call.header("range"), header.hasPrefix("bytes=") else { return nil }
    let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, !header.contains(",") else { return nil }
    let range: Range<Int>
    switch (Int(ends[0]), Int(ends[1])) {
    case (let first?, let last?) where first <= last: range = first..<min(last + 1, max(first, size))
    case (let first?, nil): range = first..<max(first, size)
    case (nil, let length?): range = max(0, size - length)..<size
    default: return nil
    }
    guard !range.isEmpty else {
      throw ServiceError(
        416, "InvalidRange", "The requested range is not satisfiable",
        details: [("ActualObjectSize", String(size)), ("RangeRequested", header)])
    }
    return range
  }

  /// 304 and 412, as If-Match, If-None-Match and their kin ask for them.
  private func conditionalAnswer(_ call: S3Call, _ object: StoredObject) throws(ServiceError) -> SandboxResponse? {
    if let wanted = call.header("if-match"), !wanted.matches(etag: object.etag) {
      throw .preconditionFailed("If-Match")
    }
    if let date = call.header("if-unmodified-since").flatMap(Timestamp.init(rfc9110:)), object.lastModified > date,
      call.header("if-match") == nil
    {
      throw .preconditionFailed("If-Unmodified-Since")
    }
    let isUnchanged =
      if let unwanted = call.header("if-none-match") {
        unwanted.matches(etag: object.etag)
      } else if let date = call.header("if-modified-since").flatMap(Timestamp.init(rfc9110:)) {
        object.lastModified <= date
      } else {
        false
      }
    return isUnchanged ? SandboxResponse(304, headers: ["ETag": "\"\(object.etag)\""]) : nil
  }

  private func addHeaders(
    of object: StoredObject, _ bucket: SandboxBucket, _ call: S3Call, to response: inout SandboxResponse
  ) {
    let attributes = object.attributes
    func add(_ name: String, _ value: String) { response.headers.add(name: name, value: value) }
    add("ETag", "\"\(object.etag)\"")
    add("Last-Modified", object.lastModified.httpDate)
    add("Accept-Ranges", "bytes")
    for (name, value) in attributes.contentHeaders { add(name, value) }
    for (name, value) in attributes.userMetadata { add("x-amz-meta-" + name, MetadataEncoding.encode(value)) }
    if attributes.storageClass != "STANDARD" { add("x-amz-storage-class", attributes.storageClass) }
    if let until = attributes.restoredUntil, until > call.now {
      add("x-amz-restore", "ongoing-request=\"false\", expiry-date=\"\(until.httpDate)\"")
    }
    addEncryption(of: object, to: &response)
    if let location = attributes.websiteRedirectLocation { add("x-amz-website-redirect-location", location) }
    if let retention = attributes.lock.retention {
      add("x-amz-object-lock-mode", retention.mode)
      add("x-amz-object-lock-retain-until-date", retention.until.s3Date)
    }
    if let hold = attributes.lock.legalHold { add("x-amz-object-lock-legal-hold", hold) }
    // Only a caller that may read retentions is told of it (API Reference: HeadObject).
    if let hold = attributes.lock.eventHold,
      authorizer(call, bucket).allowsOnObject("s3:GetObjectRetention", object.key, acl: object.acl, permission: nil)
    {
      if attributes.lock.retention == nil, let mode = hold.mode { add("x-amz-object-lock-mode", mode) }
      add("x-amz-object-lock-event-hold", "ON")
      if let duration = hold.duration {
        let unit = duration.isInYears ? "years" : "days"
        add("x-amz-object-lock-event-hold-duration-\(unit)", String(duration.count))
      }
    }
    // Only a caller that may read the tags is told how many there are.
    if !attributes.tags.isEmpty,
      authorizer(call, bucket).allowsOnObject("s3:GetObjectTagging", object.key, acl: object.acl, permission: nil)
    {
      add("x-amz-tagging-count", String(attributes.tags.count))
    }
    if call.text("partNumber") != nil, !object.partSizes.isEmpty {
      add("x-amz-mp-parts-count", String(object.partSizes.count))
    }
    if call.header("x-amz-checksum-mode")?.uppercased() == "ENABLED", call.header("range") == nil,
      let checksum = checksum(of: object, part: call.text("partNumber").flatMap { Int($0) })
    {
      add(checksum.headerName, checksum.value)
      add("x-amz-checksum-type", object.checksum?.type ?? checksum.type)
    }
    addVersion(of: object, bucket, to: &response)
  }

  /// The checksum of an object, or of one of its parts: S3 keeps those of parts only where that of the object is made of
  /// them (User Guide: "Checking object integrity in Amazon S3", part-level checksums).
  private func checksum(of object: StoredObject, part number: Int?) -> ObjectChecksum? {
    guard let checksum = object.checksum, let number, object.partSizes.indices.contains(number - 1) else {
      return object.checksum
    }
    guard checksum.type == "COMPOSITE" else { return object.partSizes.count == 1 ? checksum : nil }
    let start = object.partSizes[..<(number - 1)].reduce(0, +)
    let content = object.content.slice(start..<start + object.partSizes[number - 1])
    return ObjectChecksum(checksum.algorithm, of: content.bytes)
  }

  func addEncryption(of object: StoredObject, to response: inout SandboxResponse) {
    addEncryption(of: object.attributes, to: &response)
  }

  func addEncryption(of attributes: ObjectAttributes, to response: inout SandboxResponse) {
    func add(_ name: String, _ value: String) { response.headers.add(name: name, value: value) }
    if let key = attributes.customerKeyMD5 {
      add("x-amz-server-side-encryption-customer-algorithm", "AES256")
      add("x-amz-server-side-encryption-customer-key-MD5", key)
      return
    }
    let encryption = attributes.encryption
    add("x-amz-server-side-encryption", encryption.algorithm)
    if let key = encryption.keyID { add("x-amz-server-side-encryption-aws-kms-key-id", key) }
    if encryption.usesBucketKey { add("x-amz-server-side-encryption-bucket-key-enabled", "true") }
  }
}
