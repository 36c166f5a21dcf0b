extension AWSClient {
  /// DeleteObject of one version, which deletes it for good. Needs `s3:DeleteObjectVersion`.
  package func deleteObjectVersion(bucket: String, key: ObjectKey, versionID: String) async throws(AWSError) {
    try await run(
      AWSOperation(
        "DeleteObject", .delete, bucket: bucket, key: key, versionID: versionID,
        parse: AWSOperation<Void>.expectNoError))
  }

  /// GetObjectRetention; nil if the object has none. Needs `s3:GetObjectRetention`.
  package func objectRetention(
    bucket: String, key: ObjectKey
  ) async throws(AWSError) -> ObjectLockState.Retention? {
    try await lockSetting(
      AWSOperation("GetObjectRetention", bucket: bucket, key: key, query: [("retention", "")]) {
        response throws(XMLError) in
        let result = try XMLElement(parsing: response.body, root: "Retention")
        guard let mode = result["Mode"]?.text, let until = result["RetainUntilDate"]?.text else { return nil }
        return ObjectLockState.Retention(mode: mode, until: until)
      })
  }

  /// GetObjectLegalHold. Needs `s3:GetObjectLegalHold`.
  package func hasLegalHold(bucket: String, key: ObjectKey) async throws(AWSError) -> Bool {
    try await lockSetting(
      AWSOperation("GetObjectLegalHold", bucket: bucket, key: key, query: [("legal-hold", "")]) {
        response throws(XMLError) in
        try XMLElement(parsing: response.body, root: "LegalHold")["Status"]?.text == "ON"
      }) ?? false
  }

  /// PutObjectRetention and PutObjectLegalHold, for the parts that the lock has. Needs the rights of these names.
  package func putObjectLock(
    _ lock: ObjectLockState, bucket: String, key: ObjectKey, versionID: String?
  ) async throws(AWSError) {
    func put(_ name: String, _ subresource: String, _ content: (inout XMLWriter) -> Void) async throws(AWSError) {
      var writer = XMLWriter()
      content(&writer)
      try await run(
        AWSOperation(
          name, .put, bucket: bucket, key: key, versionID: versionID, query: [(subresource, "")],
          headers: [("Content-Type", "application/xml")], document: writer,
          parse: AWSOperation<Void>.expectNoError))
    }
    let namespace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
    if let retention = lock.retention {
      try await put("PutObjectRetention", "retention") { writer in
        writer.element("Retention", attributes: namespace) { writer in
          writer.element("Mode", text: retention.mode)
          writer.element("RetainUntilDate", text: retention.until)
        }
      }
    }
    if lock.hasLegalHold {
      try await put("PutObjectLegalHold", "legal-hold") { writer in
        writer.element("LegalHold", attributes: namespace) { $0.element("Status", text: "ON") }
      }
    }
  }

  /// S3 answers with one error for an object that was never locked, and Ceph RadosGW with another.
  private func lockSetting<Setting: Sendable>(
    _ operation: AWSOperation<Setting?>
  ) async throws(AWSError) -> Setting? {
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
