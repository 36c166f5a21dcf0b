internal import NIOHTTP1
internal import AWSKit

extension S3Service {
  func createMultipartUpload(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let acl = try uploadACL(call, bucket)
    let algorithm = try requestedChecksumAlgorithm(call)
    let type = call.header("x-amz-checksum-type")?.uppercased()
    guard type == nil || algorithm != nil, [nil, "COMPOSITE", "FULL_OBJECT"].contains(type) else {
      throw .invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
    }
    // CRC64NVME knows no other; the hashes cannot be put together from those of parts.
    let isFullByDefault = algorithm == .crc64nvme
    if let algorithm, let type, type == (isFullByDefault ? "COMPOSITE" : "FULL_OBJECT"),
      isFullByDefault || algorithm == .sha1 || algorithm == .sha256
    {
      throw .invalidRequest(
        "The \(type) checksum type cannot be used with the \(algorithm.rawValue) checksum algorithm.")
    }
    let upload = MultipartUpload(
      id: newUploadID(in: bucket), key: call.key, initiator: call.caller.initiatorID,
      initiatedAt: call.now, acl: acl, attributes: try newAttributes(call, bucket), checksumAlgorithm: algorithm,
      hasFullObjectChecksum: type.map { $0 == "FULL_OBJECT" } ?? isFullByDefault)
    bucket.uploads[upload.id] = upload
    var response = SandboxResponse.xml("InitiateMultipartUploadResult", attributes: Self.namespace) { writer in
      writer.element("Bucket", text: bucket.name)
      writer.element("Key", text: call.key.text.xmlSafe)
      writer.element("UploadId", text: upload.id)
    }
    if let algorithm {
      response.headers.add(name: "x-amz-checksum-algorithm", value: algorithm.rawValue.uppercased())
      response.headers.add(name: "x-amz-checksum-type", value: upload.checksumType ?? "")
    }
    addEncryption(of: upload.attributes, to: &response)
    return response
  }

  /// IDs are in the order in which uploads began, so that a listing can continue after one that has ended.
  private func newUploadID(in bucket: SandboxBucket) -> String {
    bucket.begunUploads += 1
    let number = String(bucket.begunUploads, radix: 36).uppercased()
    return state.newID(prefix: String(repeating: "0", count: 8 - number.utf8.count) + number, length: 24)
  }

  /// The upload that a request names.
  func existingUpload(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> MultipartUpload {
    let id = call.text("uploadId") ?? ""
    guard let upload = bucket.uploads[id], upload.key == call.key else {
      throw ServiceError(
        404, "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, "
          + "or the upload may have been aborted or completed.", details: [("UploadId", id.xmlSafe)])
    }
    return upload
  }

  /// Parts come with the key of the customer that the upload was begun with, if with any (User Guide: "Using server-side
  /// encryption with customer-provided keys").
  ///
  /// - Parameter isDemanded: whether a request without the key is refused.
  private func checkCustomerKey(_ call: S3Call, of upload: MultipartUpload, isDemanded: Bool) throws(ServiceError) {
    let given = try customerKeyMD5(call, prefix: "x-amz-server-side-encryption-customer-")
    switch (upload.attributes.customerKeyMD5, given) {
    case (nil, nil): return
    case (_?, nil) where !isDemanded: return
    // S3 says the same where an upload that has no key gets a part with one.
    case (_?, nil), (nil, _?):
      throw .invalidRequest(
        "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate "
          + "encryption parameters.")
    case (let needed?, let given?):
      guard needed == given else {
        throw .invalidRequest("The provided encryption parameters did not match the ones used originally.")
      }
    }
  }

  private func partNumber(_ call: S3Call) throws(ServiceError) -> Int {
    let text = call.text("partNumber")
    guard let number = text.flatMap({ Int($0) }), (1...10_000).contains(number) else {
      throw .invalidArgument(
        "Part number must be an integer between 1 and 10000, inclusive", "partNumber", value: text?.xmlSafe)
    }
    return number
  }

  func uploadPart(
    _ call: S3Call, _ bucket: SandboxBucket, _ upload: MultipartUpload
  ) throws(ServiceError) -> SandboxResponse {
    let number = try partNumber(call)
    try checkCustomerKey(call, of: upload, isDemanded: true)
    let checksum = try checkDigest(call)
    if let given = checksum?.algorithm, let wanted = upload.checksumAlgorithm, given != wanted {
      throw .invalidRequest(
        "Checksum Type mismatch occurred, expected checksum Type: \(wanted.rawValue), actual checksum Type: "
          + given.rawValue)
    }
    let part = newPart(Content(call.body), of: upload, checksum: checksum, at: call.now)
    bucket.uploads[upload.id]?.parts[number] = part
    var response = SandboxResponse(headers: ["ETag": "\"\(part.etag)\""])
    if let checksum = part.checksum ?? checksum {
      response.headers.add(name: checksum.headerName, value: checksum.value)
    }
    addEncryption(of: upload.attributes, to: &response)
    return response
  }

  private func newPart(
    _ content: Content, of upload: MultipartUpload, checksum: ObjectChecksum?, at now: Timestamp
  ) -> MultipartUpload.Part {
    MultipartUpload.Part(
      content: content, etag: content.etag,
      checksum: upload.checksumAlgorithm.map {
        $0 == checksum?.algorithm ? checksum! : ObjectChecksum($0, of: content.bytes)
      },
      lastModified: now)
  }

  func uploadPartCopy(
    _ call: S3Call, _ bucket: SandboxBucket, _ upload: MultipartUpload
  ) throws(ServiceError) -> SandboxResponse {
    let number = try partNumber(call)
    try checkCustomerKey(call, of: upload, isDemanded: true)
    let (_, sourceBucket, original) = try sourceObject(call)
    var content = original.content
    if let header = call.header("x-amz-copy-source-range") {
      let name = "x-amz-copy-source-range"
      let parts = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
      let ends = parts.compactMap { Int($0) }
      guard header.hasPrefix("bytes="), parts.count == 2, ends.count == 2, ends[0] <= ends[1] else {
        throw .invalidArgument(
          "The \(name) value must be of the form bytes=first-last where first and last are the zero-based offsets of "
            + "the first and last bytes to copy", name, value: header)
      }
      guard ends[0] < content.size else {
        throw .invalidRequest("The specified copy range is invalid for the source object size")
      }
      guard ends[1] < content.size else {
        throw .invalidArgument(
          "Range specified is not valid for source object of size: \(content.size)", name, value: header)
      }
      content = content.slice(ends[0]..<ends[1] + 1)
    }
    try checkCopySize(content)
    let part = newPart(content, of: upload, checksum: nil, at: call.now)
    bucket.uploads[upload.id]?.parts[number] = part
    var response = SandboxResponse.xml("CopyPartResult", attributes: Self.namespace) { writer in
      writer.element("LastModified", text: part.lastModified.s3Date)
      writer.element("ETag", text: "\"\(part.etag)\"")
      if let checksum = part.checksum { writer.element(checksum.elementName, text: checksum.value) }
    }
    addEncryption(of: upload.attributes, to: &response)
    if sourceBucket.versioning != .unversioned {
      response.headers.add(name: "x-amz-copy-source-version-id", value: original.versionID)
    }
    return response
  }

  func completeMultipartUpload(
    _ call: S3Call, _ bucket: SandboxBucket, _ upload: MultipartUpload
  ) throws(ServiceError) -> SandboxResponse {
    // A checksum of the parts is of what the customer's key hides.
    try checkCustomerKey(call, of: upload, isDemanded: upload.checksumAlgorithm != nil)
    let parts = try chosenParts(call, of: upload)
    try checkDestination(call, bucket, completing: upload)
    let content = Content(joining: parts.map(\.content))
    let checksum = try checksum(of: content, parts, upload, call)
    let digests = parts.flatMap { Hexadecimal.decode($0.etag) ?? [] }
    let object = store(
      StoredObject(
        key: upload.key, content: content, etag: Content(digests).etag + "-\(parts.count)",
        partSizes: parts.map(\.content.size), lastModified: call.now, acl: upload.acl, attributes: upload.attributes,
        checksum: checksum), in: bucket)
    bucket.uploads[upload.id] = nil
    var response = SandboxResponse.xml("CompleteMultipartUploadResult", attributes: Self.namespace) { writer in
      writer.element(
        "Location", text: "/\(bucket.name)/\(PercentCoding.encode(call.key.bytes, keepingSlashes: true))")
      writer.element("Bucket", text: bucket.name)
      writer.element("Key", text: call.key.text.xmlSafe)
      writer.element("ETag", text: "\"\(object.etag)\"")
      if let checksum = object.checksum {
        writer.element(checksum.elementName, text: checksum.value)
        writer.element("ChecksumType", text: checksum.type)
      }
    }
    addEncryption(of: object, to: &response)
    addNewVersion(of: object, bucket, to: &response)
    bucket.completedUploads[upload.id] = CompletedUpload(
      key: upload.key, request: call.body, answer: response, versionID: object.versionID, etag: object.etag)
    return response
  }

  /// The answer that an upload got when it was finished, to the same request once more. The API Reference says
  /// `NoSuchUpload`; S3 itself lets clients try again (seen there, and told in MinIO's issue 13318).
  func repeatedCompletion(_ call: S3Call, _ bucket: SandboxBucket) -> SandboxResponse? {
    guard call.operation.name == "CompleteMultipartUpload",
      let completed = bucket.completedUploads[call.text("uploadId") ?? ""], completed.key == call.key,
      completed.request == call.body, bucket.version(call.key, completed.versionID)?.etag == completed.etag
    else { return nil }
    return completed.answer
  }

  /// The checksum of the object that an upload becomes, compared with what the request says of it (API Reference:
  /// CompleteMultipartUpload; User Guide: "Checking object integrity for data uploads").
  private func checksum(
    of content: Content, _ parts: [MultipartUpload.Part], _ upload: MultipartUpload, _ call: S3Call
  ) throws(ServiceError) -> ObjectChecksum? {
    if let size = call.header("x-amz-mp-object-size"), Int(size) != content.size {
      throw .invalidRequest(
        "The provided 'x-amz-mp-object-size' header value \(size) does not match what was computed: \(content.size)")
    }
    let given = Self.givenChecksums(call).first
    if let type = call.header("x-amz-checksum-type")?.uppercased(), type != upload.checksumType {
      throw .invalidRequest(
        "The upload was created using the \(upload.checksumType ?? "null") checksum mode. The complete request must use "
          + "the same checksum mode.")
    }
    // Without an algorithm S3 takes its own; of bytes that are made up it would take too long.
    guard let algorithm = upload.checksumAlgorithm ?? (content.isMadeUp ? given?.algorithm : .crc64nvme) else {
      return nil
    }
    let checksum =
      upload.hasFullObjectChecksum || upload.checksumAlgorithm == nil
      ? ObjectChecksum(algorithm, of: content.bytes) : ObjectChecksum(algorithm, ofParts: parts.compactMap(\.checksum))
    if let given {
      // The number of parts may be left away.
      guard given.algorithm == algorithm, given.value == checksum.value || checksum.value.hasPrefix(given.value + "-")
      else {
        throw ServiceError(
          400, "BadDigest", "The \(algorithm.rawValue) you specified did not match the calculated checksum.")
      }
    }
    return checksum
  }

  /// The parts that the request names, in order, each as it is known.
  private func chosenParts(
    _ call: S3Call, of upload: MultipartUpload
  ) throws(ServiceError) -> [MultipartUpload.Part] {
    guard !call.body.isEmpty else { throw .invalidRequest("You must specify at least one part") }
    let list = try call.document("CompleteMultipartUpload").all("Part")
    guard !list.isEmpty else { throw .malformedXML }
    let numbers = list.compactMap { $0["PartNumber"].flatMap { Int($0.text) } }
    guard numbers.count == list.count else { throw .malformedXML }
    guard zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw ServiceError(
        400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.",
        details: [("UploadId", upload.id)])
    }
    var parts: [MultipartUpload.Part] = []
    for (index, (element, number)) in zip(list, numbers).enumerated() {
      let etag = (element["ETag"]?.text ?? "").filter { $0 != "\"" }
      guard let part = upload.parts[number], part.etag == etag else {
        throw Self.invalidPart(number, etag: etag, of: upload)
      }
      try Self.checkPart(element, number, part, of: upload)
      guard index == list.count - 1 || part.content.size >= state.settings.minimumPartSize else {
        throw ServiceError(
          400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
          details: [
            ("ETag", part.etag), ("MinSizeAllowed", String(state.settings.minimumPartSize)),
            ("PartNumber", String(number)), ("ProposedSize", String(part.content.size)),
          ])
      }
      parts.append(part)
    }
    return parts
  }

  /// Compares a part's checksums in a request with those that came with the part.
  private static func checkPart(
    _ element: XMLNode, _ number: Int, _ part: MultipartUpload.Part, of upload: MultipartUpload
  ) throws(ServiceError) {
    let prefix = "Checksum"
    let given = element.children.filter { $0.name.hasPrefix(prefix) }
    if let checksum = part.checksum, let other = given.first(where: { $0.name != checksum.elementName }) {
      let algorithm = other.name.dropFirst(prefix.count).lowercased()
      throw ServiceError(
        400, "BadDigest", "The \(algorithm) you specified for part \(number) did not match what we received.")
    }
    // Of an upload without an algorithm, no part has one that could match.
    guard given.allSatisfy({ $0.text == part.checksum?.value }) else {
      throw invalidPart(number, etag: part.etag, of: upload)
    }
    guard let checksum = part.checksum else { return }
    guard !given.isEmpty || upload.hasFullObjectChecksum else {
      throw .invalidRequest(
        "The upload was created using a \(checksum.algorithm.rawValue) checksum. The complete request must include the "
          + "checksum for each part. It was missing for part \(number) in the request.")
    }
  }

  private static func invalidPart(_ number: Int, etag: String, of upload: MultipartUpload) -> ServiceError {
    ServiceError(
      400, "InvalidPart",
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
        + "entity tag may not match the part's entity tag.",
      details: [("ETag", etag.xmlSafe), ("PartNumber", String(number)), ("UploadId", upload.id)])
  }

  func abortMultipartUpload(
    _ call: S3Call, _ bucket: SandboxBucket, _ upload: MultipartUpload
  ) throws(ServiceError) -> SandboxResponse {
    bucket.uploads[upload.id] = nil
    return SandboxResponse(204)
  }

  // MARK: Lists

  func listParts(
    _ call: S3Call, _ bucket: SandboxBucket, _ upload: MultipartUpload
  ) throws(ServiceError) -> SandboxResponse {
    try checkCustomerKey(call, of: upload, isDemanded: false)
    let marker = call.text("part-number-marker").flatMap { Int($0) } ?? 0
    let maximum = min(call.text("max-parts").flatMap { Int($0) } ?? 1000, 1000)
    let rest = upload.parts.sorted { $0.key < $1.key }.filter { $0.key > marker }
    let page = rest.prefix(maximum)
    return .xml("ListPartsResult", attributes: Self.namespace) { writer in
      writer.element("Bucket", text: bucket.name)
      writer.element("Key", text: upload.key.text.xmlSafe)
      writer.element("UploadId", text: upload.id)
      writer.element("PartNumberMarker", text: String(marker))
      writer.element("NextPartNumberMarker", text: String(page.last?.key ?? 0))
      writer.element("MaxParts", text: String(maximum))
      writer.element("IsTruncated", text: page.count < rest.count ? "true" : "false")
      for (number, part) in page {
        writer.element("Part") { writer in
          writer.element("PartNumber", text: String(number))
          writer.element("LastModified", text: part.lastModified.s3Date)
          writer.element("ETag", text: "\"\(part.etag)\"")
          writer.element("Size", text: String(part.content.size))
          if let checksum = part.checksum { writer.element(checksum.elementName, text: checksum.value) }
        }
      }
      if let algorithm = upload.checksumAlgorithm, let type = upload.checksumType {
        writer.element("ChecksumAlgorithm", text: algorithm.rawValue.uppercased())
        writer.element("ChecksumType", text: type)
      }
      writer.element("Initiator") { $0.element("ID", text: upload.initiator) }
      writer.element("Owner") { $0.element("ID", text: upload.acl.owner.value) }
      writer.element("StorageClass", text: upload.attributes.storageClass)
    }
  }

  func listMultipartUploads(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let marker = ObjectKey(call.request.parameter("key-marker") ?? [])
    // Without a key it says nothing.
    let idMarker = marker.bytes.isEmpty ? "" : call.text("upload-id-marker") ?? ""
    guard let maximum = Int(call.text("max-uploads") ?? "1000"), maximum >= 0 else {
      throw .invalidArgument("Provided max-uploads not an integer or within integer range")
    }
    guard bucket.uploads[idMarker].map({ $0.key == marker }) ?? true else {
      throw .invalidArgument("Invalid uploadId marker", "upload-id-marker", value: idMarker)
    }
    let request = try ListingRequest(call, pageSize: state.settings.pageSize)
    let rest = bucket.uploads.values.filter {
      guard $0.key.hasPrefix(request.prefix) else { return false }
      return $0.key > marker || ($0.key == marker && !idMarker.isEmpty && $0.id > idMarker)
    }.sorted { $0.key == $1.key ? $0.id < $1.id : $0.key < $1.key }
    let uploads = rest.prefix(min(maximum, 1000))
    let isTruncated = uploads.count < rest.count && maximum > 0
    var writer = ListingWriter(isURLEncoded: request.isURLEncoded)
    writer.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListMultipartUploadsResult")
    writer.raw(" xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">")
    writer.element("Bucket", bucket.name)
    writer.element("KeyMarker", key: marker.bytes)
    writer.element("UploadIdMarker", idMarker)
    writer.element("NextKeyMarker", key: uploads.last?.key.bytes ?? [])
    writer.element("NextUploadIdMarker", uploads.last?.id ?? "")
    writer.element("Prefix", key: request.prefix.bytes)
    writer.element("MaxUploads", String(min(maximum, 1000)))
    if request.isURLEncoded { writer.element("EncodingType", "url") }
    writer.element("IsTruncated", isTruncated ? "true" : "false")
    for upload in uploads {
      writer.open("Upload")
      writer.element("Key", key: upload.key.bytes)
      writer.element("UploadId", upload.id)
      writer.element("Initiated", upload.initiatedAt.s3Date)
      writer.element("StorageClass", upload.attributes.storageClass)
      if let algorithm = upload.checksumAlgorithm, let type = upload.checksumType {
        writer.element("ChecksumAlgorithm", algorithm.rawValue.uppercased())
        writer.element("ChecksumType", type)
      }
      writer.open("Initiator")
      writer.element("ID", upload.initiator)
      writer.close("Initiator")
      writer.owner(upload.acl.owner)
      writer.close("Upload")
    }
    writer.raw("</ListMultipartUploadsResult>")
    return SandboxResponse(headers: ["Content-Type": "application/xml"], body: writer.bytes)
  }
}
