internal import FoundationEssentials

/// A KMS key, as far as it decides who can decrypt with it.
package struct KMSKey: Sendable, Equatable {
  package var arn: String
  /// Such as `Enabled`, `Disabled`, `PendingDeletion`.
  package var state: String
  /// Whether AWS manages it for one account (`aws/s3`): no other account can use it.
  package var isAWSManaged: Bool

  package init(arn: String, state: String, isAWSManaged: Bool) {
    self.arn = arn
    self.state = state
    self.isAWSManaged = isAWSManaged
  }

  /// Whose key it is, by its ARN.
  package var account: AccountID? {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count > 4 ? AccountID(String(parts[4])) : nil
  }

  package var isEnabled: Bool { state == "Enabled" }
}

extension AWSClient {
  /// KMS's DescribeKey. Needs `kms:DescribeKey`. The client must be KMS's.
  ///
  /// - Parameter id: an ARN or an ID.
  package func kmsKey(_ id: String) async throws(AWSError) -> KMSKey {
    struct Answer: Decodable {
      struct Metadata: Decodable {
        var arn: String
        var state, manager: String?
        enum CodingKeys: String, CodingKey { case arn = "Arn", state = "KeyState", manager = "KeyManager" }
      }
      var metadata: Metadata
      enum CodingKeys: String, CodingKey { case metadata = "KeyMetadata" }
    }
    return try await run(
      .kms("DescribeKey", keyID: id) { response throws(XMLError) in
        let metadata = try AWSOperation<KMSKey>.decode(Answer.self, response).metadata
        return KMSKey(arn: metadata.arn, state: metadata.state ?? "", isAWSManaged: metadata.manager == "AWS")
      })
  }

  /// KMS's GetKeyPolicy. Needs `kms:GetKeyPolicy`, in the key's own account. The client must be KMS's.
  package func kmsKeyPolicy(_ id: String) async throws(AWSError) -> [UInt8] {
    struct Answer: Decodable {
      var policy: String
      enum CodingKeys: String, CodingKey { case policy = "Policy" }
    }
    return try await run(
      .kms("GetKeyPolicy", keyID: id) { response throws(XMLError) in
        Array(try AWSOperation<[UInt8]>.decode(Answer.self, response).policy.utf8)
      })
  }
}

extension AWSOperation {
  fileprivate static func kms(
    _ name: String, keyID: String, parse: @escaping @Sendable (HTTPResponse) throws(XMLError) -> Output
  ) -> AWSOperation {
    var operation = AWSOperation(
      name, .post, path: "/", headers: jsonHeaders(target: "TrentService." + name),
      body: (try? JSONEncoder().encode(["KeyId": keyID])).map(Array.init) ?? [], parse: parse)
    operation.repetition = .always
    return operation
  }
}
