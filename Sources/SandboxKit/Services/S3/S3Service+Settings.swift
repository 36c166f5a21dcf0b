internal import NIOHTTP1
internal import AWSKit

/// What is set on a bucket as a whole.
extension S3Service {
  /// Of the operations that only the bucket's owner, or whom its policy allows, may do; those with an ACL's permission
  /// are told apart.
  func performSetting(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let access = authorizer(call, bucket)
    let (action, permission) = Self.right(for: call.operation)
    guard access.allowsOnBucket(action, permission: permission) else { throw .accessDenied }
    switch call.operation {
    case .getBucketLocation:
      // The first region has no name in this answer.
      return .xml(
        document: Array(
          "<LocationConstraint\(Self.namespace)>\(bucket.region == "us-east-1" ? "" : bucket.region)</LocationConstraint>"
            .utf8))
    case .getBucketACL: return .xml(document: Self.shown(bucket.acl, in: access.bucket).xml)
    case .putBucketACL: try putBucketACL(call, bucket)
    case .getBucketPolicy, .putBucketPolicy, .deleteBucketPolicy, .getBucketPolicyStatus:
      return try performPolicy(call, bucket)
    case .getPublicAccessBlock, .putPublicAccessBlock, .deletePublicAccessBlock:
      return try performPublicAccessBlock(call, &bucket.publicAccessBlock)
    case .getBucketOwnershipControls, .putBucketOwnershipControls, .deleteBucketOwnershipControls:
      return try performOwnership(call, bucket)
    case .getBucketVersioning, .putBucketVersioning: return try performVersioning(call, bucket)
    case .getBucketRequestPayment, .putBucketRequestPayment: return try performRequestPayment(call, bucket)
    case .getBucketEncryption, .putBucketEncryption, .deleteBucketEncryption: return try performEncryption(call, bucket)
    case .getObjectLockConfiguration, .putObjectLockConfiguration: return try performLockConfiguration(call, bucket)
    default: throw .notImplemented(call.operation.rawValue)
    }
    return SandboxResponse()
  }

  private static func right(for operation: S3Call.Operation) -> (action: String, permission: Permission.Rights?) {
    switch operation {
    case .getBucketACL: ("s3:GetBucketAcl", .readACP)
    case .putBucketACL: ("s3:PutBucketAcl", .writeACP)
    case .getPublicAccessBlock: ("s3:GetBucketPublicAccessBlock", nil)
    case .putPublicAccessBlock, .deletePublicAccessBlock: ("s3:PutBucketPublicAccessBlock", nil)
    case .deleteBucketOwnershipControls: ("s3:PutBucketOwnershipControls", nil)
    case .getBucketEncryption: ("s3:GetEncryptionConfiguration", nil)
    case .putBucketEncryption, .deleteBucketEncryption: ("s3:PutEncryptionConfiguration", nil)
    case .getObjectLockConfiguration: ("s3:GetBucketObjectLockConfiguration", nil)
    case .putObjectLockConfiguration: ("s3:PutBucketObjectLockConfiguration", nil)
    default: ("s3:" + operation.rawValue, nil)
    }
  }

  private func putBucketACL(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) {
    guard bucket.effectiveOwnership != .bucketOwnerEnforced else { throw Self.aclsNotSupported }
    bucket.acl = try requestedACL(call, bucket, current: bucket.acl)
  }

  // MARK: Policy

  private func performPolicy(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    switch call.operation {
    case .putBucketPolicy:
      let policy = try BucketPolicy(parsing: call.body)
      try check(policy, bucket)
      // BlockPublicPolicy: a public policy is not taken.
      if world.publicAccessBlock(of: bucket).blockPublicPolicy, policy.isPublic { throw .accessDenied }
      bucket.policy = policy
      return SandboxResponse(204)
    case .deleteBucketPolicy:
      bucket.policy = nil
      return SandboxResponse(204)
    default: break
    }
    guard let policy = bucket.policy else {
      throw ServiceError(
        404, "NoSuchBucketPolicy", "The bucket policy does not exist", details: [("BucketName", bucket.name)])
    }
    guard call.operation == .getBucketPolicyStatus else {
      return SandboxResponse(headers: ["Content-Type": "application/json"], body: policy.source)
    }
    return .xml("PolicyStatus", attributes: Self.namespace) {
      $0.element("IsPublic", text: String(policy.isPublic))
    }
  }

  /// A policy must be about its bucket, and name principals that exist.
  private func check(_ policy: BucketPolicy, _ bucket: SandboxBucket) throws(ServiceError) {
    let arn = "arn:aws:s3:::" + bucket.name
    for statement in policy.statements {
      guard statement.resources.allSatisfy({ $0.text == arn || $0.text.hasPrefix(arn + "/") || $0.text == arn + "*" })
      else { throw ServiceError(400, "MalformedPolicy", "Policy has invalid resource") }
      guard statement.principals.allSatisfy(exists) else {
        throw ServiceError(400, "MalformedPolicy", "Invalid principal in policy")
      }
    }
  }

  private func exists(_ principal: BucketPolicy.Principal) -> Bool {
    switch principal {
    case .everyone, .service: return true
    case .account(let id): return world.accounts.account(id: id) != nil
    case .canonicalUser(let id): return isKnown(id)
    case .arn(let arn):
      let identity = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity "
      if arn.hasPrefix(identity) { return world.cloudFront.identities[String(arn.dropFirst(identity.count))] != nil }
      let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      // Not an ARN at all: what is left of a principal that was deleted.
      guard parts.count == 6 else { return true }
      guard let account = world.accounts.account(id: String(parts[4])) else { return false }
      let name = parts[5].split(separator: "/").dropFirst().first.map(String.init) ?? ""
      return parts[5].hasPrefix("user/")
        ? account.users.contains { $0.name == name } : account.roles.contains { $0.name == name }
    }
  }

  // MARK: Block Public Access

  func performAccountSetting(_ call: S3Call) throws(ServiceError) -> SandboxResponse {
    guard let account = call.caller.account, call.header("x-amz-account-id") == account.accountID else {
      throw .accessDenied
    }
    return try performPublicAccessBlock(call, &world.accountPublicAccessBlocks[account.accountID])
  }

  private func performPublicAccessBlock(
    _ call: S3Call, _ setting: inout PublicAccessBlock?
  ) throws(ServiceError) -> SandboxResponse {
    switch call.operation {
    case .putPublicAccessBlock, .putAccountPublicAccessBlock:
      do { setting = try PublicAccessBlock(parsing: call.body) } catch { throw .malformedXML }
      return SandboxResponse(call.operation == .putPublicAccessBlock ? 200 : 201)
    case .deletePublicAccessBlock, .deleteAccountPublicAccessBlock:
      setting = nil
      return SandboxResponse(204)
    default: break
    }
    guard let block = setting else {
      throw ServiceError(
        404, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
    }
    return .xml("PublicAccessBlockConfiguration", attributes: Self.namespace) { writer in
      for (name, value) in [
        ("BlockPublicAcls", block.blockPublicAcls), ("IgnorePublicAcls", block.ignorePublicAcls),
        ("BlockPublicPolicy", block.blockPublicPolicy), ("RestrictPublicBuckets", block.restrictPublicBuckets),
      ] {
        writer.element(name, text: value ? "true" : "false")
      }
    }
  }

  // MARK: Object Ownership

  private func performRequestPayment(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    if call.operation == .putBucketRequestPayment {
      let configuration = try? XMLElement(parsing: call.body, root: "RequestPaymentConfiguration")
      guard let payer = Payer(rawValue: configuration?["Payer"]?.text ?? "") else { throw .malformedXML }
      bucket.payer = payer
      return SandboxResponse()
    }
    return .xml("RequestPaymentConfiguration", attributes: Self.namespace) {
      $0.element("Payer", text: bucket.payer.rawValue)
    }
  }

  private func performOwnership(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    switch call.operation {
    case .putBucketOwnershipControls:
      let ownership: ObjectOwnership
      do { ownership = try ObjectOwnership(parsing: call.body) } catch { throw .malformedXML }
      if ownership == .bucketOwnerEnforced,
        bucket.acl.grants.contains(where: { $0.grantee != .canonicalUser(bucket.owner.canonicalID) })
      {
        throw ServiceError(
          400, "InvalidBucketAclWithObjectOwnership",
          "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
      }
      bucket.ownership = ownership
      return SandboxResponse()
    case .deleteBucketOwnershipControls:
      bucket.ownership = nil
      return SandboxResponse(204)
    default: break
    }
    guard let ownership = bucket.ownership else {
      throw ServiceError(
        404, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found",
        details: [("BucketName", bucket.name)])
    }
    return .xml("OwnershipControls", attributes: Self.namespace) { writer in
      writer.element("Rule") { $0.element("ObjectOwnership", text: ownership.rawValue) }
    }
  }

  // MARK: Versioning, encryption, lock

  private func performVersioning(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard call.operation == .putBucketVersioning else {
      return .xml("VersioningConfiguration", attributes: Self.namespace) { writer in
        if bucket.versioning != .unversioned { writer.element("Status", text: bucket.versioning.rawValue) }
      }
    }
    switch try call.document("VersioningConfiguration")["Status"]?.text {
    case "Enabled": bucket.versioning = .enabled
    case "Suspended":
      guard !bucket.hasObjectLock else {
        throw ServiceError(
          409, "InvalidBucketState",
          "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
      }
      bucket.versioning = .suspended
    default: throw .malformedXML
    }
    return SandboxResponse()
  }

  private func performEncryption(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    switch call.operation {
    case .putBucketEncryption:
      let rule = try call.document("ServerSideEncryptionConfiguration")["Rule"]
      guard let defaults = rule?["ApplyServerSideEncryptionByDefault"], let algorithm = defaults["SSEAlgorithm"]?.text,
        ["AES256", "aws:kms", "aws:kms:dsse"].contains(algorithm)
      else { throw .malformedXML }
      bucket.encryption = ObjectAttributes.Encryption(
        algorithm: algorithm, keyID: defaults["KMSMasterKeyID"]?.text,
        usesBucketKey: rule?["BucketKeyEnabled"]?.text == "true")
      return SandboxResponse()
    case .deleteBucketEncryption:
      bucket.encryption = nil
      return SandboxResponse(204)
    default: break
    }
    // Every bucket has a default since 2023: SSE-S3.
    let encryption = bucket.defaultEncryption
    return .xml("ServerSideEncryptionConfiguration", attributes: Self.namespace) { writer in
      writer.element("Rule") { writer in
        writer.element("ApplyServerSideEncryptionByDefault") { writer in
          writer.element("SSEAlgorithm", text: encryption.algorithm)
          if let key = encryption.keyID { writer.element("KMSMasterKeyID", text: key) }
        }
        writer.element("BucketKeyEnabled", text: encryption.usesBucketKey ? "true" : "false")
      }
    }
  }

  private func performLockConfiguration(
    _ call: S3Call, _ bucket: SandboxBucket
  ) throws(ServiceError) -> SandboxResponse {
    guard call.operation == .putObjectLockConfiguration else {
      guard bucket.hasObjectLock else {
        throw ServiceError(
          404, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")
      }
      return .xml("ObjectLockConfiguration", attributes: Self.namespace) { writer in
        writer.element("ObjectLockEnabled", text: "Enabled")
        guard let retention = bucket.defaultRetention else { return }
        writer.element("Rule") { writer in
          writer.element("DefaultRetention") { writer in
            writer.element("Mode", text: retention.mode)
            writer.element("Days", text: String(retention.days))
          }
        }
      }
    }
    let configuration = try call.document("ObjectLockConfiguration")
    guard bucket.versioning == .enabled else {
      throw ServiceError(
        409, "InvalidBucketState", "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
    }
    var retention: SandboxBucket.DefaultRetention?
    if let rule = configuration["Rule"]?["DefaultRetention"] {
      let days = rule["Days"].flatMap { Int($0.text) } ?? rule["Years"].flatMap { Int($0.text) }.map { $0 * 365 }
      guard let mode = rule["Mode"]?.text, ["GOVERNANCE", "COMPLIANCE"].contains(mode), let days, days > 0 else {
        throw .malformedXML
      }
      retention = SandboxBucket.DefaultRetention(mode: mode, days: days)
    }
    bucket.hasObjectLock = true
    bucket.defaultRetention = retention
    return SandboxResponse()
  }
}
