internal import FoundationEssentials

extension AWSClient {
  /// Organizations' DescribeEffectivePolicy of the type `S3_POLICY`: whether the organization blocks public access in the
  /// caller's account. Needs `organizations:DescribeEffectivePolicy`. The client must be Organizations'.
  ///
  /// - Returns: nil if the account is in no organization, or has no such policy.
  package func organizationPublicAccessBlock() async throws(AWSError) -> PublicAccessBlock? {
    struct Answer: Decodable {
      struct Policy: Decodable {
        var content: String
        enum CodingKeys: String, CodingKey { case content = "PolicyContent" }
      }
      var policy: Policy
      enum CodingKeys: String, CodingKey { case policy = "EffectivePolicy" }
    }
    var operation = AWSOperation(
      "DescribeEffectivePolicy", .post, path: "/",
      headers: AWSOperation<PublicAccessBlock>.jsonHeaders(target: "AWSOrganizationsV20161128.DescribeEffectivePolicy"),
      body: (try? JSONEncoder().encode(["PolicyType": "S3_POLICY"])).map(Array.init) ?? []
    ) { response throws(XMLError) -> PublicAccessBlock? in
      let answer = try AWSOperation<PublicAccessBlock>.decode(Answer.self, response)
      return try PublicAccessBlock(s3Policy: Array(answer.policy.content.utf8))
    }
    operation.repetition = .always
    do {
      return try await run(operation)
    } catch {
      let absences = ["EffectivePolicyNotFoundException", "AWSOrganizationsNotInUseException"]
      guard absences.contains(error.code ?? "") else { throw error }
      return nil
    }
  }
}

extension PublicAccessBlock {
  /// Reads the content of an effective S3 policy: `public_access_block_configuration` is `all` or `none`
  /// (AWS Organizations User Guide: "S3 policy syntax").
  init(s3Policy content: [UInt8]) throws(XMLError) {
    struct Content: Decodable {
      struct Attributes: Decodable {
        var block: Setting?
        enum CodingKeys: String, CodingKey { case block = "public_access_block_configuration" }
      }
      var attributes: Attributes?
      enum CodingKeys: String, CodingKey { case attributes = "s3_attributes" }
    }
    enum Setting: Decodable {
      case text(String)
      case assigned(String)

      init(from decoder: any Decoder) throws {
        struct Assigned: Decodable {
          var value: String
          enum CodingKeys: String, CodingKey { case value = "@@assign" }
        }
        if let text = try? decoder.singleValueContainer().decode(String.self) {
          self = .text(text)
        } else {
          self = .assigned(try Assigned(from: decoder).value)
        }
      }

      var value: String {
        switch self {
        case .text(let text), .assigned(let text): text
        }
      }
    }
    guard let policy = try? JSONDecoder().decode(Content.self, from: Data(content)) else {
      throw .invalid("an organization's S3 policy")
    }
    self.init()
    guard policy.attributes?.block?.value == "all" else { return }
    blockPublicAcls = true
    ignorePublicAcls = true
    blockPublicPolicy = true
    restrictPublicBuckets = true
  }
}
