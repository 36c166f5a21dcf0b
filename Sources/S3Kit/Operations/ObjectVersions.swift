extension S3Client {
  /// DeleteObject of one version, which is then gone for good. Needs `s3:DeleteObjectVersion`.
  package func deleteObjectVersion(bucket: String, key: ObjectKey, versionID: String) async throws(S3Error) {
    try await run(
      S3Operation(
        "DeleteObject", .delete, bucket: bucket, key: key, versionID: versionID,
        parse: S3Operation<Void>.expectNoError))
  }

  /// GetObjectRetention; nil where the object has none. Needs `s3:GetObjectRetention`.
  package func objectRetention(
    bucket: String, key: ObjectKey
  ) async throws(S3Error) -> ObjectLockState.Retention? {
    try await lockSetting(
      S3Operation("GetObjectRetention", bucket: bucket, key: key, query: [("retention", "")]) {
        response throws(XMLError) in
        let result = try XMLElement(parsing: response.body, root: "Retention")
        guard let mode = result["Mode"]?.text, let until = result["RetainUntilDate"]?.text else { return nil }
        return ObjectLockState.Retention(mode: mode, until: until)
      })
  }

  /// GetObjectLegalHold. Needs `s3:GetObjectLegalHold`.
  package func hasLegalHold(bucket: String, key: ObjectKey) async throws(S3Error) -> Bool {
    try await lockSetting(
      S3Operation("GetObjectLegalHold", bucket: bucket, key: key, query: [("legal-hold", "")]) {
        response throws(XMLError) in
        try XMLElement(parsing: response.body, root: "LegalHold")["Status"]?.text == "ON"
      }) ?? false
  }

  /// S3 has an error for an object that was never locked, and Ceph RadosGW another.
  private func lockSetting<Setting: Sendable>(
    _ operation: S3Operation<Setting?>
  ) async throws(S3Error) -> Setting? {
    do {
      return try await run(operation)
    } catch {
      guard ["NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"].contains(error.code) else {
        throw error
      }
      return nil
    }
  }
}
