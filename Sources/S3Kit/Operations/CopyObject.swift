extension S3Client {
  /// CopyObject of an object over itself, which makes the caller's account its owner.
  ///
  /// S3 wants something to change: `x-amz-metadata-directive: REPLACE` is what every server accepts, so all
  /// that the object has is sent again, from `head`. ACL, website redirect and storage class are never copied by
  /// S3, so they are sent too. Tags follow by S3's default, which needs `s3:GetObjectTagging` if there are any.
  ///
  /// - Parameter withTags: false for a copy without tags, whatever the object has.
  /// - Throws: `PreconditionFailed` (412) where the object is no longer the one that `head` tells of.
  package func copyInPlace(
    bucket: String, key: ObjectKey, head: ObjectHead, acl: AccessControlList, withTags: Bool = true
  ) async throws(S3Error) {
    var headers: [(name: String, value: String)] = [
      (
        "x-amz-copy-source",
        "/" + PercentEncoding.encode(bucket) + "/" + PercentEncoding.encode(key.bytes, keepingSlashes: true)
      ),
      ("x-amz-copy-source-if-match", "\"\(head.etag)\""),
      ("x-amz-metadata-directive", "REPLACE"),
      ("x-amz-storage-class", head.storageClass),
    ]
    headers += head.contentHeaders
    headers += head.userMetadata.map { ("x-amz-meta-" + $0.name, $0.value) }
    if let location = head.websiteRedirectLocation {
      headers.append(("x-amz-website-redirect-location", location))
    }
    if let encryption = head.serverSideEncryption {
      headers.append(("x-amz-server-side-encryption", encryption))
    }
    if !withTags { headers.append(("x-amz-tagging-directive", "REPLACE")) }
    headers += acl.grantHeaders
    try await run(
      S3Operation("CopyObject", .put, bucket: bucket, key: key, headers: headers) {
        response throws(XMLError) in
        // A 200 can hold an error, so the document must be the one that tells of a copy made.
        _ = try XMLElement(parsing: response.body, root: "CopyObjectResult")
      })
  }
}
