extension AWSClient {
  /// GetBucketEncryption. Needs `s3:GetEncryptionConfiguration`.
  package func defaultEncryption(bucket: String) async throws(AWSError) -> ObjectEncryption {
    do {
      return try await run(
        AWSOperation("GetBucketEncryption", bucket: bucket, query: [("encryption", "")]) {
          response throws(XMLError) in
          try ObjectEncryption(parsing: response.body)
        })
    } catch {
      guard error.code == "ServerSideEncryptionConfigurationNotFoundError" else { throw error }
      return .off
    }
  }

  /// GetObjectLockConfiguration. Needs `s3:GetBucketObjectLockConfiguration`.
  package func objectLockConfiguration(bucket: String) async throws(AWSError) -> ObjectLockConfiguration {
    do {
      return try await run(
        AWSOperation("GetObjectLockConfiguration", bucket: bucket, query: [("object-lock", "")]) {
          response throws(XMLError) in
          try ObjectLockConfiguration(parsing: response.body)
        })
    } catch {
      guard error.isNotFound, error.code != "NoSuchBucket" else { throw error }
      return ObjectLockConfiguration(isEnabled: false)
    }
  }
}

extension ObjectEncryption {
  package init(parsing bytes: [UInt8]) throws(XMLError) {
    guard let configuration = try XMLElement.setting(bytes, root: "ServerSideEncryptionConfiguration"),
      let rule = configuration["Rule"]
    else {
      self = .off
      return
    }
    let standard = rule["ApplyServerSideEncryptionByDefault"]
    guard let algorithm = standard?["SSEAlgorithm"]?.text, !algorithm.isEmpty else {
      throw .invalid("an encryption without its algorithm")
    }
    self.init(
      algorithm: algorithm, kmsKeyID: standard?["KMSMasterKeyID"].flatMap { $0.text.isEmpty ? nil : $0.text },
      usesBucketKey: rule["BucketKeyEnabled"]?.text.lowercased() == "true")
  }
}

extension ObjectLockConfiguration {
  package init(parsing bytes: [UInt8]) throws(XMLError) {
    guard let configuration = try XMLElement.setting(bytes, root: "ObjectLockConfiguration") else {
      self.init(isEnabled: false)
      return
    }
    let standard = configuration["Rule"]?["DefaultRetention"]
    let eventHold = standard?["DefaultEventHold"]
    self.init(
      isEnabled: configuration["ObjectLockEnabled"]?.text == "Enabled", defaultMode: standard?["Mode"]?.text,
      defaultDays: standard?["Days"].flatMap { Int($0.text) },
      defaultYears: standard?["Years"].flatMap { Int($0.text) },
      defaultEventHold: .init(days: eventHold?["Days"]?.text, years: eventHold?["Years"]?.text))
  }
}

extension XMLElement {
  /// The document of a bucket setting; nil if the server does not know the sub-resource and lists the bucket instead.
  static func setting(_ bytes: [UInt8], root: StaticString) throws(XMLError) -> XMLElement? {
    do throws(XMLError) {
      return try XMLElement(parsing: bytes, root: root)
    } catch .unexpectedRoot("ListBucketResult") {
      return nil
    }
  }
}
