extension AWSClient {
  /// The most bytes that one CopyObject or UploadPartCopy copies (S3 API Reference: 5 GB, meaning 5 GiB).
  package static let maximumCopySize = 5 << 30
  /// The smallest part of an upload, except for the last (S3 API Reference: 5 MiB).
  package static let minimumPartSize = 5 << 20

  /// CopyObject of an object over itself. Needs `s3:GetObject`, `s3:PutObject` and `s3:PutObjectAcl`; for tags
  /// `s3:GetObjectTagging` and `s3:PutObjectTagging`, for a lock `s3:PutObjectRetention` and `s3:PutObjectLegalHold`.
  ///
  /// - Throws: `PreconditionFailed` (412) if the object is no longer the one of the copy's `head`, or
  ///   `ConditionalRequestConflict` (409) if it is being replaced.
  package func copyObject(
    bucket: String, key: ObjectKey, _ copy: InPlaceCopy
  ) async throws(AWSError) -> CopyOutcome {
    var headers = copy.sourceHeaders(bucket: bucket, key: key) + copy.destinationHeaders
    headers.append(("x-amz-metadata-directive", "REPLACE"))
    if copy.tags != nil { headers.append(("x-amz-tagging-directive", "REPLACE")) }
    var operation = AWSOperation("CopyObject", .put, bucket: bucket, key: key, headers: headers + copy.headers) {
      response throws(XMLError) in
      // A 200 can contain an error, so the document must be a CopyObjectResult.
      _ = try XMLElement(parsing: response.body, root: "CopyObjectResult")
      return CopyOutcome(versionID: try response.versionID)
    }
    operation.obstacle = copy.obstacle
    operation.stallTimeoutSeconds = InPlaceCopy.stallTimeoutSeconds
    operation.deadlineSeconds = InPlaceCopy.deadlineSeconds
    operation.sendsBlanks = true
    return try await run(operation)
  }
}
