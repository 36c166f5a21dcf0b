internal import AWSKit

/// Block Public Access, of a bucket and of an account.
extension S3Service {
  func getPublicAccessBlock(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try Self.response(with: bucket.publicAccessBlock)
  }

  func putPublicAccessBlock(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    bucket.publicAccessBlock = try Self.publicAccessBlock(call)
    return SandboxResponse()
  }

  func deletePublicAccessBlock(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    bucket.publicAccessBlock = nil
    return SandboxResponse(204)
  }

  func getAccountPublicAccessBlock(
    _ call: S3Call, of account: SandboxAccount
  ) throws(ServiceError) -> SandboxResponse {
    try Self.response(with: state.publicAccessBlock(ofAccount: account.accountID))
  }

  func putAccountPublicAccessBlock(
    _ call: S3Call, of account: SandboxAccount
  ) throws(ServiceError) -> SandboxResponse {
    // What the organization decides, the account cannot change (S3 Control API Reference: PutPublicAccessBlock).
    guard state.organizationPolicies[account.accountID] == nil else { throw .accessDenied }
    state.accountPublicAccessBlocks[account.accountID] = try Self.publicAccessBlock(call)
    return SandboxResponse(201)
  }

  func deleteAccountPublicAccessBlock(
    _ call: S3Call, of account: SandboxAccount
  ) throws(ServiceError) -> SandboxResponse {
    guard state.organizationPolicies[account.accountID] == nil else { throw .accessDenied }
    state.accountPublicAccessBlocks[account.accountID] = nil
    return SandboxResponse(204)
  }

  // MARK: Documents

  private static func publicAccessBlock(_ call: S3Call) throws(ServiceError) -> PublicAccessBlock {
    let document = try call.document("PublicAccessBlockConfiguration")
    func isOn(_ name: String) -> Bool { document[name]?.text.lowercased() == "true" }
    var block = PublicAccessBlock()
    block.blockPublicAcls = isOn("BlockPublicAcls")
    block.ignorePublicAcls = isOn("IgnorePublicAcls")
    block.blockPublicPolicy = isOn("BlockPublicPolicy")
    block.restrictPublicBuckets = isOn("RestrictPublicBuckets")
    return block
  }

  private static func response(with block: PublicAccessBlock?) throws(ServiceError) -> SandboxResponse {
    guard let block else {
      throw ServiceError(
        404, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
    }
    return .xml("PublicAccessBlockConfiguration", attributes: namespace) { writer in
      for (name, value) in [
        ("BlockPublicAcls", block.blockPublicAcls), ("IgnorePublicAcls", block.ignorePublicAcls),
        ("BlockPublicPolicy", block.blockPublicPolicy), ("RestrictPublicBuckets", block.restrictPublicBuckets),
      ] {
        writer.element(name, text: value ? "true" : "false")
      }
    }
  }
}
