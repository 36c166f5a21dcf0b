/// A part of a multipart upload that has been copied.
package struct CopiedPart: Sendable {
  package let number: Int
  /// ETag and checksum, as CompleteMultipartUpload wants them back.
  fileprivate let fields: [XMLElement]
}

extension S3Client {
  /// Bytes; those of S3 have 128 or so, and each goes into a URL.
  private static let maximumUploadIDLength = 2048

  /// CreateMultipartUpload of an object over itself, with everything that the new object gets. Needs what
  /// `copyObject` needs; tags are those of the copy, and none where it names none.
  package func createMultipartCopy(
    bucket: String, key: ObjectKey, _ copy: InPlaceCopy
  ) async throws(S3Error) -> String {
    var headers = copy.headers
    if let checksum = copy.head.checksum {
      headers.append(("x-amz-checksum-type", checksum.isComposite ? "COMPOSITE" : "FULL_OBJECT"))
    }
    var operation = S3Operation(
      "CreateMultipartUpload", .post, bucket: bucket, key: key, query: [("uploads", "")], headers: headers
    ) { response throws(XMLError) in
      let result = try XMLElement(parsing: response.body, root: "InitiateMultipartUploadResult")
      guard let id = result["UploadId"]?.text, !id.isEmpty else { throw .invalid("an upload without an ID") }
      guard id.utf8.count <= Self.maximumUploadIDLength else {
        throw .invalid("the ID of an upload with \(id.utf8.count) bytes")
      }
      return id
    }
    operation.obstacle = copy.obstacle
    return try await run(operation)
  }

  /// UploadPartCopy of a range of bytes of the same object.
  package func copyPart(
    _ number: Int, of range: Range<Int>, bucket: String, key: ObjectKey, uploadID: String, _ copy: InPlaceCopy
  ) async throws(S3Error) -> CopiedPart {
    var operation = S3Operation(
      "UploadPartCopy", .put, bucket: bucket, key: key,
      query: [("partNumber", "\(number)"), ("uploadId", uploadID)],
      headers: copy.sourceHeaders(bucket: bucket, key: key) + [
        ("x-amz-copy-source-range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
      ]
    ) { response throws(XMLError) in
      let result = try XMLElement(parsing: response.body, root: "CopyPartResult")
      guard let etag = result["ETag"], !etag.text.isEmpty else { throw .invalid("a part without an ETag") }
      let checksums = result.children.filter { $0.name.hasPrefix("Checksum") && $0.name != "ChecksumType" }
      return CopiedPart(number: number, fields: [etag] + checksums)
    }
    operation.stallTimeoutSeconds = InPlaceCopy.stallTimeoutSeconds
    return try await run(operation)
  }

  /// CompleteMultipartUpload. S3 may answer 200 and then tell of an error, which is thrown.
  package func completeMultipartCopy(
    bucket: String, key: ObjectKey, uploadID: String, parts: [CopiedPart], _ copy: InPlaceCopy
  ) async throws(S3Error) -> CopyOutcome {
    var writer = XMLWriter()
    writer.element("CompleteMultipartUpload", attributes: " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"") {
      writer in
      for part in parts.sorted(by: { $0.number < $1.number }) {
        writer.element("Part") { writer in
          writer.element("PartNumber", text: "\(part.number)")
          for field in part.fields { writer.element(field) }
        }
      }
    }
    var operation = S3Operation(
      "CompleteMultipartUpload", .post, bucket: bucket, key: key, query: [("uploadId", uploadID)],
      headers: copy.destinationHeaders + [("Content-Type", "application/xml")], document: writer
    ) { response throws(XMLError) in
      _ = try XMLElement(parsing: response.body, root: "CompleteMultipartUploadResult")
      return CopyOutcome(versionID: try response.versionID)
    }
    operation.stallTimeoutSeconds = InPlaceCopy.stallTimeoutSeconds
    return try await run(operation)
  }

  /// AbortMultipartUpload, which frees the parts. That there is no such upload any more is no error.
  package func abortMultipartUpload(bucket: String, key: ObjectKey, uploadID: String) async throws(S3Error) {
    do {
      try await run(
        S3Operation(
          "AbortMultipartUpload", .delete, bucket: bucket, key: key, query: [("uploadId", uploadID)],
          parse: S3Operation<Void>.expectNoError))
    } catch {
      guard error.code == "NoSuchUpload" else { throw error }
    }
  }
}
