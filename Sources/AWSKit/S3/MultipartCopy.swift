/// A copied part of a multipart upload.
package struct CopiedPart: Sendable {
  package let number: Int
  /// ETag and checksum, for CompleteMultipartUpload.
  fileprivate let fields: [XMLElement]

  /// - Parameter element: the server's description of the part.
  fileprivate init(number: Int, _ element: XMLElement) throws(XMLError) {
    guard let etag = element["ETag"], !etag.text.isEmpty else { throw .invalid("a part without an ETag") }
    self.number = number
    fields = [etag] + element.children.filter { $0.name.hasPrefix("Checksum") && $0.name != "ChecksumType" }
  }
}

/// A multipart upload that is neither completed nor aborted.
package struct UnfinishedUpload: Sendable, Equatable {
  package var id: String
  /// The account that will own the object; nil if the server does not say.
  package var owner: CanonicalID?
  /// When it was begun, by the server's clock; nil if it does not say.
  package var initiated: Timestamp?
}

extension AWSClient {
  /// The longest upload ID accepted: S3's have about 128 bytes, and each becomes part of a URL.
  private static let maximumUploadIDLength = 2048

  /// The ID in an answer to CreateMultipartUpload.
  static func uploadID(in response: HTTPResponse) throws(XMLError) -> String {
    let result = try XMLElement(parsing: response.body, root: "InitiateMultipartUploadResult")
    guard let id = result["UploadId"]?.text, !id.isEmpty else { throw .invalid("an upload without an ID") }
    guard id.utf8.count <= maximumUploadIDLength else {
      throw .invalid("the ID of an upload with \(id.utf8.count) bytes")
    }
    return id
  }

  /// The document of CompleteMultipartUpload.
  ///
  /// - Parameter fields: writes what a part has besides its number.
  static func completion<Part>(
    of parts: [Part], number: (Part) -> Int, fields: (Part, inout XMLWriter) -> Void
  ) -> XMLWriter {
    var writer = XMLWriter()
    writer.element("CompleteMultipartUpload", attributes: " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"") {
      writer in
      for part in parts {
        writer.element("Part") { writer in
          writer.element("PartNumber", text: "\(number(part))")
          fields(part, &writer)
        }
      }
    }
    return writer
  }

  /// CreateMultipartUpload of an object over itself, with all attributes of the new object. Needs the same rights as
  /// `copyObject`. The tags are those of the copy; without any, the object gets none.
  package func createMultipartCopy(
    bucket: String, key: ObjectKey, _ copy: InPlaceCopy
  ) async throws(AWSError) -> String {
    var headers = copy.headers
    if let checksum = copy.head.checksum {
      // SHA checksums of parts cannot be joined to that of the whole (User Guide, "Checking object integrity").
      let isComposite = checksum.isComposite || checksum.algorithm.hasPrefix("SHA")
      headers.append(("x-amz-checksum-type", isComposite ? "COMPOSITE" : "FULL_OBJECT"))
    }
    var operation = AWSOperation(
      "CreateMultipartUpload", .post, bucket: bucket, key: key, query: [("uploads", "")], headers: headers
    ) { response throws(XMLError) in try Self.uploadID(in: response) }
    operation.obstacle = copy.obstacle
    return try await run(operation)
  }

  /// UploadPartCopy of a range of bytes of the same object.
  package func copyPart(
    _ number: Int, of range: Range<Int>, bucket: String, key: ObjectKey, uploadID: String, _ copy: InPlaceCopy
  ) async throws(AWSError) -> CopiedPart {
    var operation = AWSOperation(
      "UploadPartCopy", .put, bucket: bucket, key: key,
      query: [("partNumber", "\(number)"), ("uploadId", uploadID)],
      headers: copy.sourceHeaders(bucket: bucket, key: key) + [
        ("x-amz-copy-source-range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
      ]
    ) { response throws(XMLError) in
      let result = try XMLElement(parsing: response.body, root: "CopyPartResult")
      return try CopiedPart(number: number, result)
    }
    operation.stallTimeoutSeconds = InPlaceCopy.stallTimeoutSeconds
    operation.deadlineSeconds = InPlaceCopy.deadlineSeconds
    operation.sendsBlanks = true
    return try await run(operation)
  }

  /// CompleteMultipartUpload. S3 may answer 200 and send an error afterwards, which is thrown.
  package func completeMultipartCopy(
    bucket: String, key: ObjectKey, uploadID: String, parts: [CopiedPart], _ copy: InPlaceCopy
  ) async throws(AWSError) -> CopyOutcome {
    let document = Self.completion(of: parts.sorted { $0.number < $1.number }, number: \.number) { part, writer in
      for field in part.fields { writer.element(field) }
    }
    var operation = AWSOperation(
      "CompleteMultipartUpload", .post, bucket: bucket, key: key, query: [("uploadId", uploadID)],
      headers: copy.destinationHeaders + [("Content-Type", "application/xml")], document: document
    ) { response throws(XMLError) in
      _ = try XMLElement(parsing: response.body, root: "CompleteMultipartUploadResult")
      return CopyOutcome(versionID: try response.versionID)
    }
    operation.stallTimeoutSeconds = InPlaceCopy.stallTimeoutSeconds
    operation.deadlineSeconds = InPlaceCopy.deadlineSeconds
    operation.sendsBlanks = true
    return try await run(operation)
  }

  /// ListParts for one part of an upload, to learn what became of an UploadPartCopy whose answer was lost. Needs
  /// `s3:ListMultipartUploadParts`.
  ///
  /// - Parameter size: the size that the part must have.
  /// - Returns: nil if there is no such part.
  package func copiedPart(
    _ number: Int, size: Int, bucket: String, key: ObjectKey, uploadID: String
  ) async throws(AWSError) -> CopiedPart? {
    try await run(
      AWSOperation(
        "ListParts", bucket: bucket, key: key,
        query: [("uploadId", uploadID), ("part-number-marker", "\(number - 1)"), ("max-parts", "1")]
      ) { response throws(XMLError) in
        let result = try XMLElement(parsing: response.body, root: "ListPartsResult")
        guard let part = result["Part"], part["PartNumber"]?.text == "\(number)", part["Size"]?.text == "\(size)"
        else { return nil }
        return try CopiedPart(number: number, part)
      })
  }

  /// Whether an upload still exists: it is neither completed nor aborted. Needs `s3:ListMultipartUploadParts`.
  package func hasMultipartUpload(_ uploadID: String, bucket: String, key: ObjectKey) async throws(AWSError) -> Bool {
    do {
      try await run(
        AWSOperation(
          "ListParts", bucket: bucket, key: key, query: [("uploadId", uploadID), ("max-parts", "1")]
        ) { response throws(XMLError) in _ = try XMLElement(parsing: response.body, root: "ListPartsResult") })
      return true
    } catch {
      guard error.code == "NoSuchUpload" else { throw error }
      return false
    }
  }

  /// ListMultipartUploads of one key: its unfinished uploads. Needs `s3:ListBucketMultipartUploads`.
  package func multipartUploads(bucket: String, key: ObjectKey) async throws(AWSError) -> [UnfinishedUpload] {
    // The key itself comes first among all keys with it as a prefix; a thousand of its uploads suffice.
    var operation = AWSOperation(
      "ListMultipartUploads", bucket: bucket, query: [("uploads", ""), ("encoding-type", "url")]
    ) { response throws(XMLError) -> [UnfinishedUpload] in
      let result = try XMLElement(parsing: response.body, root: "ListMultipartUploadsResult")
      let isEncoded = result["EncodingType"]?.text == "url"
      return result.all("Upload").compactMap { upload in
        let written = Array((upload["Key"]?.text ?? "").utf8)
        guard (isEncoded ? PercentEncoding.decode(written) : written) == key.bytes else { return nil }
        return upload["UploadId"].map { id in
          UnfinishedUpload(
            id: id.text, owner: (upload["Owner"]?["ID"]?.text).map { CanonicalID($0) },
            initiated: (upload["Initiated"]?.text).flatMap { Timestamp(iso8601: $0) })
        }
      }
    }
    operation.query.append(("prefix", key.bytes))
    return try await run(operation)
  }

  /// AbortMultipartUpload, which frees the parts. An upload that no longer exists is no error.
  package func abortMultipartUpload(bucket: String, key: ObjectKey, uploadID: String) async throws(AWSError) {
    do {
      var operation = AWSOperation(
        "AbortMultipartUpload", .delete, bucket: bucket, key: key, query: [("uploadId", uploadID)],
        parse: AWSOperation<Void>.expectNoError)
      operation.repetition = .always
      try await run(operation)
    } catch {
      guard error.code == "NoSuchUpload" else { throw error }
    }
  }
}
