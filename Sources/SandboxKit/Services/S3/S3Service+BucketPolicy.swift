internal import NIOHTTP1
internal import AWSKit

extension S3Service {
  func getBucketPolicy(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try checkMayManagePolicy(call, bucket)
    return SandboxResponse(headers: ["Content-Type": "application/json"], body: try existingPolicy(of: bucket).source)
  }

  func getBucketPolicyStatus(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let policy = try existingPolicy(of: bucket)
    return .xml("PolicyStatus", attributes: Self.namespace) { $0.element("IsPublic", text: String(policy.isPublic)) }
  }

  /// Whoever has the right, but is of another account, is told that the method is not allowed (API Reference:
  /// GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy).
  private func checkMayManagePolicy(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) {
    guard call.caller.isOf(bucket.owner.canonicalID) else { throw .methodNotAllowed }
  }

  private func existingPolicy(of bucket: SandboxBucket) throws(ServiceError) -> BucketPolicy {
    guard let policy = bucket.policy else {
      throw ServiceError(
        404, "NoSuchBucketPolicy", "The bucket policy does not exist", details: [("BucketName", bucket.name)])
    }
    return policy
  }

  func putBucketPolicy(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try checkMayManagePolicy(call, bucket)
    try BucketPolicy.check(call.body, ofBucket: bucket.name)
    let policy = try BucketPolicy(parsing: call.body)
    try check(policy, bucket)
    // BlockPublicPolicy: a public policy is not taken.
    if state.publicAccessBlock(of: bucket).blockPublicPolicy, policy.isPublic {
      let access = authorizer(call, bucket)
      throw access.refusal(
        "s3:PutBucketPolicy", access.bucketResource,
        reason: "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access")
    }
    bucket.policy = policy
    return SandboxResponse(204)
  }

  func deleteBucketPolicy(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try checkMayManagePolicy(call, bucket)
    bucket.policy = nil
    return SandboxResponse(204)
  }

  /// A policy must be about its bucket, and name principals that exist.
  private func check(_ policy: BucketPolicy, _ bucket: SandboxBucket) throws(ServiceError) {
    let arn = "arn:aws:s3:::" + bucket.name
    for statement in policy.statements {
      guard statement.resources.allSatisfy({ $0.text == arn || $0.text.hasPrefix(arn + "/") || $0.text == arn + "*" })
      else { throw ServiceError(400, "MalformedPolicy", "Policy has invalid resource") }
      guard !statement.principals.isEmpty, statement.principals.allSatisfy(exists) else {
        throw ServiceError(400, "MalformedPolicy", "Invalid principal in policy")
      }
    }
  }

  private func exists(_ principal: BucketPolicy.Principal) -> Bool {
    switch principal {
    case .everyone: return true
    case .service(let name): return name.hasSuffix(".amazonaws.com") || name.hasSuffix(".amazonaws.com.cn")
    case .account(let id): return state.accounts.account(id: id) != nil
    case .canonicalUser(let id): return isKnown(id)
    case .arn(let arn):
      let identity = Caller.originAccessIdentityARN("")
      if arn.hasPrefix(identity) { return state.cloudFront.identities[String(arn.dropFirst(identity.count))] != nil }
      let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      // Not an ARN at all: what is left of a principal that was deleted.
      guard parts.count == 6 else { return true }
      guard let account = state.accounts.account(id: String(parts[4])) else { return false }
      // Groups are no principals (IAM User Guide: "AWS JSON policy elements: Principal").
      let kind = parts[5].prefix { $0 != "/" }
      guard ["user", "role", "assumed-role", "federated-user"].contains(kind) else { return false }
      let name = parts[5].split(separator: "/").dropFirst().first.map(String.init) ?? ""
      return parts[5].hasPrefix("user/")
        ? account.users.contains { $0.name == name } : account.roles.contains { $0.name == name }
    }
  }
}
