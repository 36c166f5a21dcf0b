internal import NIOHTTP1
internal import S3Kit

extension S3Service {
  // MARK: Finding

  /// The version that a request is about, if the caller may do that to it.
  ///
  /// - Throws: `NoSuchKey` only to callers who may list the bucket; others cannot tell "missing" from "forbidden".
  func existingObject(
    _ call: S3Call, _ bucket: SandboxBucket, _ access: Authorizer, action: String, permission: Permission.Rights?
  ) throws(ServiceError) -> StoredObject {
    try existingObject(
      call.key, versionID: call.versionID, bucket, access,
      action: call.versionID == nil ? action : action.forVersions, permission: permission)
  }

  func existingObject(
    _ key: ObjectKey, versionID: String?, _ bucket: SandboxBucket, _ access: Authorizer, action: String,
    permission: Permission.Rights?
  ) throws(ServiceError) -> StoredObject {
    let found = versionID.map { bucket.version(key, $0) } ?? bucket.newest(key)
    guard let object = found else {
      guard access.allowsOnBucket("s3:ListBucket", permission: .read) else { throw .accessDenied }
      guard let versionID else {
        throw ServiceError(
          404, "NoSuchKey", "The specified key does not exist.", details: [("Key", key.text.xmlSafe)])
      }
      throw ServiceError(
        404, "NoSuchVersion", "The specified version does not exist.",
        details: [("Key", key.text.xmlSafe), ("VersionId", versionID)])
    }
    if object.isDeleteMarker {
      guard access.allowsOnBucket("s3:ListBucket", permission: .read) else { throw .accessDenied }
      let headers: HTTPHeaders = ["x-amz-delete-marker": "true", "x-amz-version-id": object.versionID]
      guard versionID == nil else {
        throw ServiceError(
          405, "MethodNotAllowed", "The specified method is not allowed against this resource.", headers: headers)
      }
      throw ServiceError(
        404, "NoSuchKey", "The specified key does not exist.", details: [("Key", key.text.xmlSafe)], headers: headers)
    }
    guard access.allowsOnObject(action, key, acl: object.acl, permission: permission) else { throw .accessDenied }
    return object
  }

  /// Tells the version where the bucket has versions.
  func addVersion(of object: StoredObject, _ bucket: SandboxBucket, to response: inout SandboxResponse) {
    if bucket.versioning != .unversioned {
      response.headers.add(name: "x-amz-version-id", value: object.versionID)
    }
  }

  // MARK: GetObject, HeadObject

  func getObject(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let object = try existingObject(
      call, bucket, authorizer(call, bucket), action: "s3:GetObject", permission: .read)
    try checkCustomerKey(call, of: object, prefix: "x-amz-server-side-encryption-customer-")
    let isHead = call.operation == .headObject
    if !isHead {
      guard object.isReadable(at: call.now) else { throw Self.invalidObjectState(object) }
      try checkDecryption(of: object, by: call.caller)
    } else if object.attributes.encryption.algorithm != "AES256" {
      try checkDecryption(of: object, by: call.caller)
    }
    if let response = try conditionalAnswer(call, object) { return response }
    var response = SandboxResponse()
    addHeaders(of: object, bucket, call, to: &response)
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
        throw ServiceError(416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
      }
      let start = sizes[..<(number - 1)].reduce(0, +)
      return object.partSizes.isEmpty ? nil : start..<start + sizes[number - 1]
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
    guard !range.isEmpty else { throw ServiceError(416, "InvalidRange", "The requested range is not satisfiable") }
    return range
  }

  /// 304 and 412, as If-Match, If-None-Match and their kin ask for them.
  private func conditionalAnswer(_ call: S3Call, _ object: StoredObject) throws(ServiceError) -> SandboxResponse? {
    if let wanted = call.header("if-match"), !wanted.matches(etag: object.etag) { throw .preconditionFailed }
    if let date = call.header("if-unmodified-since").flatMap(Timestamp.init(httpDate:)), object.lastModified > date,
      call.header("if-match") == nil
    {
      throw .preconditionFailed
    }
    let isUnchanged =
      if let unwanted = call.header("if-none-match") {
        unwanted.matches(etag: object.etag)
      } else if let date = call.header("if-modified-since").flatMap(Timestamp.init(httpDate:)) {
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
    // Only whoever may read the tags is told how many there are.
    if !attributes.tags.isEmpty,
      authorizer(call, bucket).allowsOnObject("s3:GetObjectTagging", object.key, acl: object.acl, permission: nil)
    {
      add("x-amz-tagging-count", String(attributes.tags.count))
    }
    if call.text("partNumber") != nil, !object.partSizes.isEmpty {
      add("x-amz-mp-parts-count", String(object.partSizes.count))
    }
    if call.header("x-amz-checksum-mode")?.uppercased() == "ENABLED", call.header("range") == nil,
      let checksum = object.checksum
    {
      add(checksum.headerName, checksum.value)
      add("x-amz-checksum-type", checksum.type)
    }
    addVersion(of: object, bucket, to: &response)
  }

  func addEncryption(of object: StoredObject, to response: inout SandboxResponse) {
    func add(_ name: String, _ value: String) { response.headers.add(name: name, value: value) }
    if let key = object.attributes.customerKeyMD5 {
      add("x-amz-server-side-encryption-customer-algorithm", "AES256")
      add("x-amz-server-side-encryption-customer-key-MD5", key)
      return
    }
    let encryption = object.attributes.encryption
    add("x-amz-server-side-encryption", encryption.algorithm)
    if let key = encryption.keyID { add("x-amz-server-side-encryption-aws-kms-key-id", key) }
    if encryption.usesBucketKey { add("x-amz-server-side-encryption-bucket-key-enabled", "true") }
  }

  // MARK: PutObject

  func putObject(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard authorizer(call, bucket).allowsPut(call.key, over: bucket.newest(call.key)) else { throw .accessDenied }
    let checksum = try checkDigest(call)
    let acl = try uploadACL(call, bucket)
    try checkDestination(call, bucket)
    let attributes = try newAttributes(call, bucket)
    let object = store(
      StoredObject(
        key: call.key, content: Content(call.body), lastModified: call.now, acl: acl, attributes: attributes,
        checksum: checksum), in: bucket)
    var response = SandboxResponse(headers: ["ETag": "\"\(object.etag)\""])
    if let checksum { response.headers.add(name: checksum.headerName, value: checksum.value) }
    addEncryption(of: object, to: &response)
    addVersion(of: object, bucket, to: &response)
    return response
  }

  /// Gives a new object its version and, unless it has one, its ETag, and makes it the current one.
  @discardableResult
  func store(_ object: StoredObject, in bucket: SandboxBucket) -> StoredObject {
    var object = object
    object.versionID = bucket.versioning == .enabled ? world.newID(length: 32) : "null"
    if object.etag.isEmpty {
      let isPlain = object.attributes.encryption.algorithm == "AES256" && object.attributes.customerKeyMD5 == nil
      // With a key of KMS or the customer's, an ETag is not the MD5 of the content.
      object.etag =
        isPlain ? object.content.etag : Content(Array((object.content.etag + world.newRequestID()).utf8)).etag
    }
    bucket.put(object)
    return object
  }

  /// Content-MD5 and the checksums that a request carries.
  ///
  /// - Returns: the checksum that S3 would keep with an object.
  @discardableResult
  func checkDigest(_ call: S3Call) throws(ServiceError) -> ObjectChecksum? {
    if let digest = call.header("content-md5") {
      guard digest == ObjectChecksum.md5(of: call.body) else {
        throw ServiceError(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
      }
    }
    for algorithm in ObjectChecksum.Algorithm.allCases {
      guard let value = call.header("x-amz-checksum-" + algorithm.rawValue) else { continue }
      let checksum = ObjectChecksum(algorithm, of: call.body)
      guard checksum.value == value else {
        throw ServiceError(
          400, "BadDigest",
          "The \(algorithm.rawValue.uppercased()) you specified did not match the calculated checksum.")
      }
      return checksum
    }
    return try requestedChecksumAlgorithm(call).map { ObjectChecksum($0, of: call.body) }
  }

  func requestedChecksumAlgorithm(_ call: S3Call) throws(ServiceError) -> ObjectChecksum.Algorithm? {
    guard let name = call.header("x-amz-checksum-algorithm") ?? call.header("x-amz-sdk-checksum-algorithm") else {
      return nil
    }
    guard let algorithm = ObjectChecksum.Algorithm(rawValue: name.lowercased()) else {
      throw .invalidRequest("Checksum algorithm provided is unsupported.")
    }
    return algorithm
  }

  /// If-Match and If-None-Match of a write.
  func checkDestination(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) {
    let current = bucket.newest(call.key).flatMap { $0.isDeleteMarker ? nil : $0 }
    if let wanted = call.header("if-match") {
      guard let current else { throw ServiceError(404, "NoSuchKey", "The specified key does not exist.") }
      guard wanted.matches(etag: current.etag) else { throw .preconditionFailed }
    }
    if let unwanted = call.header("if-none-match") {
      guard unwanted == "*" else { throw .notImplemented("If-None-Match with an ETag in a write") }
      guard current == nil else { throw .preconditionFailed }
    }
  }

  // MARK: DeleteObject, DeleteObjects

  func deleteObject(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let deleted = try delete(call.key, versionID: call.versionID, call, bucket)
    var response = SandboxResponse(204)
    if deleted.isMarker { response.headers.add(name: "x-amz-delete-marker", value: "true") }
    if let version = deleted.versionID { response.headers.add(name: "x-amz-version-id", value: version) }
    return response
  }

  private func delete(
    _ key: ObjectKey, versionID: String?, _ call: S3Call, _ bucket: SandboxBucket
  ) throws(ServiceError) -> (versionID: String?, isMarker: Bool) {
    let existing = versionID.map { bucket.version(key, $0) } ?? bucket.newest(key)
    guard authorizer(call, bucket).allowsDelete(key, existing, version: versionID != nil) else { throw .accessDenied }
    if let versionID {
      guard let object = bucket.version(key, versionID) else { return (versionID, false) }
      let bypasses = call.header("x-amz-bypass-governance-retention")?.lowercased() == "true"
      guard !object.isLocked(at: call.now, bypassingGovernance: bypasses) else {
        throw ServiceError(403, "AccessDenied", "Access Denied because object protected by object lock.")
      }
      bucket.remove(key, versionID: versionID)
      return (versionID, object.isDeleteMarker)
    }
    guard bucket.versioning != .unversioned else {
      bucket.remove(key, versionID: "null")
      return (nil, false)
    }
    let owner = call.caller.canonicalID ?? bucket.owner.canonicalID
    var marker = StoredObject(key: key, lastModified: call.now, acl: .owned(by: owner))
    marker.isDeleteMarker = true
    marker.versionID = bucket.versioning == .enabled ? world.newID(length: 32) : "null"
    bucket.put(marker)
    return (marker.versionID, true)
  }

  func deleteObjects(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let checksums = ObjectChecksum.Algorithm.allCases.map { "x-amz-checksum-" + $0.rawValue }
    guard (checksums + ["content-md5"]).contains(where: { call.header($0) != nil }) else {
      throw .invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
    }
    try checkDigest(call)
    let document = try call.document("Delete")
    let objects = Array(document.all("Object"))
    guard (1...1000).contains(objects.count) else { throw .malformedXML }
    var answer = XMLWriter()
    answer.element("DeleteResult", attributes: Self.namespace) { writer in
      for object in objects {
        let key = ObjectKey(object["Key"]?.text ?? "")
        let versionID = object["VersionId"]?.text
        do throws(ServiceError) {
          let deleted = try delete(key, versionID: versionID, call, bucket)
          guard document["Quiet"]?.text != "true" else { continue }
          writer.element("Deleted") { writer in
            writer.element("Key", text: key.text.xmlSafe)
            if let versionID { writer.element("VersionId", text: versionID) }
            guard deleted.isMarker, let marker = deleted.versionID else { return }
            writer.element("DeleteMarker", text: "true")
            writer.element("DeleteMarkerVersionId", text: marker)
          }
        } catch {
          writer.element("Error") { writer in
            writer.element("Key", text: key.text.xmlSafe)
            if let versionID { writer.element("VersionId", text: versionID) }
            writer.element("Code", text: error.code)
            writer.element("Message", text: error.message)
          }
        }
      }
    }
    return .xml(document: answer.bytes)
  }

  // MARK: RestoreObject

  /// Restores at once: nobody wants to wait for hours in a rehearsal.
  func restoreObject(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    var object = try existingObject(
      call, bucket, authorizer(call, bucket), action: "s3:RestoreObject", permission: nil)
    guard StorageClass.archives.contains(object.attributes.storageClass) else {
      throw ServiceError(
        403, "InvalidObjectState", "Restore is not allowed for the object's current storage class")
    }
    let days = try call.document("RestoreRequest")["Days"].flatMap { Int($0.text) } ?? 1
    let isRestored = object.isReadable(at: call.now)
    object.attributes.restoredUntil = Timestamp(seconds: call.now.seconds + days * 86_400)
    bucket.replace(object)
    return SandboxResponse(isRestored ? 200 : 202)
  }
}

extension String {
  /// `s3:GetObject` as `s3:GetObjectVersion`: what a request needs that names a version.
  fileprivate var forVersions: String {
    switch self {
    case "s3:GetObjectAcl": "s3:GetObjectVersionAcl"
    case "s3:PutObjectAcl": "s3:PutObjectVersionAcl"
    case "s3:GetObject": "s3:GetObjectVersion"
    case "s3:GetObjectTagging": "s3:GetObjectVersionTagging"
    case "s3:PutObjectTagging": "s3:PutObjectVersionTagging"
    case "s3:DeleteObjectTagging": "s3:DeleteObjectVersionTagging"
    default: self
    }
  }

  /// Whether a header such as If-Match names that ETag: in a list, quoted or not, or `*`.
  func matches(etag: String) -> Bool {
    split(separator: ",").contains { part in
      let value = part.filter { $0 != " " && $0 != "\"" }
      return value == "*" || value == etag
    }
  }

  /// Without the characters that no XML 1.0 document can hold.
  var xmlSafe: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          let isAllowed =
            scalar == "\t" || scalar == "\n" || scalar == "\r"
            || (scalar.value >= 0x20 && scalar.value & 0xfffe != 0xfffe)
          return isAllowed ? scalar : "\u{fffd}"
        }))
  }
}
