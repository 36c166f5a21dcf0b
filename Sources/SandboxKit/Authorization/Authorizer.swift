internal import AWSKit

/// What of a bucket counts when access to it is decided.
struct BucketAccess {
  var name: String
  var owner: CanonicalID
  var acl: AccessControlList
  var policy: BucketPolicy?
  /// The bucket's, its account's and its organization's, together.
  var publicAccessBlock: PublicAccessBlock
  var ownership: ObjectOwnership
}

/// Decides as Amazon S3 documents it (User Guide: "How Amazon S3 authorizes a request for an object operation",
/// "Blocking public access to your Amazon S3 storage", "Controlling ownership of objects and disabling ACLs"). Pure.
///
/// Every identity is an administrator of its account, unless the accounts' file says what it may do.
struct Authorizer {
  let bucket: BucketAccess
  var context: RequestContext

  private var caller: Caller { context.caller }

  /// Whether the caller is of the account that owns the bucket.
  private var isOfBucketOwner: Bool { caller.isOf(bucket.owner) }

  private var aclsAreOff: Bool { bucket.ownership == .bucketOwnerEnforced }

  // MARK: Buckets

  /// - Parameter permission: what the bucket's ACL must grant; nil for operations that no ACL can allow.
  func allowsOnBucket(_ action: String, permission: Permission.Rights? = nil) -> Bool {
    let resource = bucketResource
    if isRootsPolicyAction(action) { return true }
    if isDenied(action, resource) { return false }
    if isAllowedByPolicies(action, resource) { return true }
    guard let permission else { return false }
    return caller.allows(action) && grants(of: bucket.acl, include: permission)
  }

  /// Whether it is the root of the bucket owner's account that looks at the policy or changes it: no policy can keep it
  /// from that (API Reference: GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy).
  private func isRootsPolicyAction(_ action: String) -> Bool {
    guard case .identity(let identity) = caller, isOfBucketOwner, identity.arn.hasSuffix(":root") else { return false }
    return ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"].contains(action)
  }

  /// Whether something may be written or deleted under a key: a right over the bucket, whose ACL can grant it.
  ///
  /// - Parameter owner: of what is there already, if anything is.
  func allowsOnKey(_ action: String, _ key: ObjectKey, over owner: CanonicalID? = nil) -> Bool {
    let resource = resource(key)
    if isDenied(action, resource) { return false }
    if isAllowedByPolicies(action, resource) { return true }
    // WRITE on a bucket lets its grantees make new objects, and overwrite and delete their own only (User Guide: "ACL
    // overview", what kind of permissions a grantee can have).
    return caller.allows(action) && grants(of: bucket.acl, include: .write) && owner.map(caller.isOf) ?? true
  }

  // MARK: Objects

  /// - Parameters:
  ///   - acl: the object's, as it is stored.
  ///   - permission: what the object's ACL must grant; nil for operations that no ACL can allow.
  func allowsOnObject(
    _ action: String, _ key: ObjectKey, acl: AccessControlList, permission: Permission.Rights?
  ) -> Bool {
    // A Deny counts for all objects, foreign ones too.
    if isDenied(action, resource(key)) { return false }
    // An Allow counts only for the objects that the bucket's owner owns.
    if aclsAreOff || acl.owner == bucket.owner, isAllowedByPolicies(action, resource(key)) { return true }
    if aclsAreOff { return false }
    guard caller.allows(action) else { return false }
    // An object's owner needs no grant: its account's own policies decide.
    if caller.isOf(acl.owner) { return true }
    guard let permission else { return false }
    return grants(of: acl, include: permission)
  }

  var bucketResource: String { "arn:aws:s3:::" + bucket.name }

  func resource(_ key: ObjectKey) -> String { "arn:aws:s3:::\(bucket.name)/\(key.text)" }

  private func grants(of acl: AccessControlList, include wanted: Permission.Rights) -> Bool {
    if aclsAreOff { return false }
    var rights = Permission.Rights()
    for grant in acl.grants where applies(grant.grantee) {
      rights.formUnion(grant.permission.rights)
      // Of a bucket, FULL_CONTROL includes WRITE too.
      if grant.permission == .fullControl { rights.insert(.write) }
    }
    return rights.isSuperset(of: wanted)
  }

  private func applies(_ grantee: Grantee) -> Bool {
    switch grantee {
    case .canonicalUser(let id): id == caller.canonicalID
    case .allUsers: !bucket.publicAccessBlock.ignorePublicAcls
    case .authenticatedUsers: !bucket.publicAccessBlock.ignorePublicAcls && caller.account != nil
    case .group: false
    }
  }

  // MARK: Policies

  private func isDenied(_ action: String, _ resource: String) -> Bool {
    caller.denies(action) || isDeniedByBucketPolicy(action, resource)
  }

  private func isDeniedByBucketPolicy(_ action: String, _ resource: String) -> Bool {
    guard let policy = bucket.policy else { return false }
    return PolicyEvaluator(statements: policy.statements, context: context).denies(action, resource)
  }

  /// In the bucket owner's account either side suffices, from outside both must allow (IAM User Guide: "Cross-account
  /// policy evaluation logic").
  func isAllowedByPolicies(_ action: String, _ resource: String) -> Bool {
    if isOfBucketOwner { return caller.allows(action) || isAllowedByBucketPolicy(action, resource) }
    return caller.allows(action) && isAllowedByBucketPolicy(action, resource)
  }

  /// RestrictPublicBuckets: a public policy is for AWS services and the bucket owner's account only.
  private var isRestricted: Bool {
    guard bucket.publicAccessBlock.restrictPublicBuckets, bucket.policy?.isPublic ?? false, !isOfBucketOwner else {
      return false
    }
    if case .service = caller { return false }
    return true
  }

  private func isAllowedByBucketPolicy(_ action: String, _ resource: String) -> Bool {
    guard let policy = bucket.policy, !isRestricted else { return false }
    return PolicyEvaluator(statements: policy.statements, context: context).allows(action, resource)
  }

  // MARK: Refusals

  /// The error for what is not allowed: with a reason within an account or an organization, bare elsewhere (User Guide:
  /// "Troubleshoot access denied (403 Forbidden) errors in Amazon S3").
  func refusal(_ action: String, _ resource: String) -> ServiceError {
    let reason =
      if caller.denies(action) {
        "with an explicit deny in an identity-based policy"
      } else if isDeniedByBucketPolicy(action, resource) || isRestricted {
        // RestrictPublicBuckets reads as a Deny.
        "with an explicit deny in a resource-based policy"
      } else if !caller.allows(action) {
        "because no identity-based policy allows the \(action) action"
      } else {
        // IgnorePublicAcls, and objects of other accounts, read as a policy that says nothing.
        "because no resource-based policy allows the \(action) action"
      }
    return refusal(action, resource, reason: reason)
  }

  /// - Parameter reason: what follows the resource.
  func refusal(_ action: String, _ resource: String, reason: String) -> ServiceError {
    guard case .identity(let identity) = caller, isInReach(identity.account) else { return .accessDenied }
    return ServiceError(
      403, "AccessDenied",
      "User: \(identity.arn) is not authorized to perform: \(action) on resource: \"\(resource)\" \(reason)")
  }

  private func isInReach(_ account: SandboxAccount) -> Bool {
    if account.canonicalID == bucket.owner { return true }
    return account.organizationID != nil && account.organizationID == context.resourceOrganizationID
  }
}
