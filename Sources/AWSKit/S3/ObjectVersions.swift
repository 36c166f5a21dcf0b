extension AWSClient {
  /// DeleteObject of one version, which deletes it for good. Needs `s3:DeleteObjectVersion`.
  package func deleteObjectVersion(bucket: String, key: ObjectKey, versionID: String) async throws(AWSError) {
    try await run(
      AWSOperation(
        "DeleteObject", .delete, bucket: bucket, key: key, versionID: versionID,
        parse: AWSOperation<Void>.expectNoError))
  }

  /// GetObjectRetention: the object's retention and its event hold. Needs `s3:GetObjectRetention`.
  ///
  /// - Returns: a lock without a legal hold, which another operation tells.
  package func objectRetention(bucket: String, key: ObjectKey) async throws(AWSError) -> ObjectLockState {
    try await lockSetting(
      AWSOperation("GetObjectRetention", bucket: bucket, key: key, query: [("retention", "")]) {
        response throws(XMLError) in
        let result = try XMLElement(parsing: response.body, root: "Retention")
        var lock = ObjectLockState()
        let mode = result["Mode"]?.text
        if let mode, let until = result["RetainUntilDate"]?.text {
          lock.retention = ObjectLockState.Retention(mode: mode, until: until)
        }
        if result["EventHold"]?.text == "ON" {
          let duration = result["EventHoldDuration"]
          lock.eventHold = ObjectLockState.EventHold(
            mode: mode, duration: .init(days: duration?["Days"]?.text, years: duration?["Years"]?.text))
        }
        return lock
      }) ?? ObjectLockState()
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
    if lock.retention != nil || lock.eventHold != nil {
      try await put("PutObjectRetention", "retention") { writer in
        writer.element("Retention", attributes: namespace) { writer in
          if let mode = lock.retention?.mode ?? lock.eventHold?.mode { writer.element("Mode", text: mode) }
          if let retention = lock.retention { writer.element("RetainUntilDate", text: retention.until) }
          guard let eventHold = lock.eventHold else { return }
          writer.element("EventHold", text: "ON")
          writer.write(eventHold.duration, named: "EventHoldDuration")
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

extension XMLWriter {
  /// Writes the length of the retention after an event hold; nothing if there is none.
  mutating func write(_ duration: ObjectLockState.EventHold.Duration?, named name: String) {
    switch duration {
    case .days(let days): element(name) { $0.element("Days", text: "\(days)") }
    case .years(let years): element(name) { $0.element("Years", text: "\(years)") }
    case nil: break
    }
  }
}
