extension AWSClient {
  /// GetObjectAcl. Needs `s3:GetObjectAcl`, and READ_ACP or to be the object's owner.
  ///
  /// - Parameter versionID: nil for the current version; for another, `s3:GetObjectVersionAcl` is needed.
  package func objectACL(
    bucket: String, key: ObjectKey, versionID: String? = nil
  ) async throws(AWSError) -> AccessControlList {
    try await run(
      AWSOperation("GetObjectAcl", bucket: bucket, key: key, versionID: versionID, query: [("acl", "")]) {
        [aclDocuments] response throws(XMLError) in
        try aclDocuments.acl(of: response.body)
      })
  }

  /// PutObjectAcl: replaces the whole ACL. Needs `s3:PutObjectAcl`, and WRITE_ACP or to be the object's owner.
  ///
  /// S3 has no precondition for it: whoever calls looks first, and the time in between is the risk.
  ///
  /// - Parameter versionID: nil for the current version; for another, `s3:PutObjectVersionAcl` is needed.
  package func putObjectACL(
    bucket: String, key: ObjectKey, versionID: String? = nil, acl: AccessControlList
  ) async throws(AWSError) {
    var operation = AWSOperation(
      "PutObjectAcl", .put, bucket: bucket, key: key, versionID: versionID, query: [("acl", "")],
      headers: [("Content-Type", "application/xml")], parse: AWSOperation<Void>.expectNoError)
    operation.body = aclDocuments.body(of: acl)
    try await run(operation)
  }
}
