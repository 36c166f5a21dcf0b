extension AWSClient {
  /// GetObjectAcl. Needs `s3:GetObjectAcl`, and READ_ACP or ownership of the object.
  ///
  /// - Parameter versionID: nil for the current version; another one needs `s3:GetObjectVersionAcl`.
  package func objectACL(
    bucket: String, key: ObjectKey, versionID: String? = nil
  ) async throws(AWSError) -> AccessControlList {
    try await run(
      AWSOperation("GetObjectAcl", bucket: bucket, key: key, versionID: versionID, query: [("acl", "")]) {
        [aclDocuments] response throws(XMLError) in
        try aclDocuments.acl(of: response.body)
      })
  }

  /// PutObjectAcl: replaces the whole ACL. Needs `s3:PutObjectAcl`, and WRITE_ACP or ownership of the object.
  ///
  /// S3 has no precondition for it. The caller must look first; a change in between is lost.
  ///
  /// - Parameter versionID: nil for the current version; another one needs `s3:PutObjectVersionAcl`.
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
