internal import AWSKit

/// What of a bucket counts when access to it is decided.
struct BucketAccess {
  var name: String
  var owner: CanonicalID
  var acl: AccessControlList
  var policy: BucketPolicy?
  /// The bucket's and its account's, together.
  var publicAccessBlock: PublicAccessBlock
  var ownership: ObjectOwnership
}

/// Decides as Amazon S3 documents it (User Guide: "How Amazon S3 authorizes a request for an object operation",
/// "Blocking public access to your Amazon S3 storage", "Controlling ownership of objects and disabling ACLs"). Pure.
///
/// Every identity is an administrator of its account: its own account allows it everything.
struct Authorizer {
  let bucket: BucketAccess
  let caller: Caller

  private var isBucketOwner: Bool { caller.isAdministrator(of: bucket.owner) }

  private var aclsAreOff: Bool { bucket.ownership == .bucketOwnerEnforced }

  // MARK: Buckets

  /// - Parameter permission: what the bucket's ACL must grant; nil for operations that no ACL can allow.
  func allowsOnBucket(_ action: String, permission: Permission.Rights? = nil) -> Bool {
    let resource = "arn:aws:s3:::" + bucket.name
    if isDenied(action, resource) { return false }
    if isBucketOwner || isAllowed(action, resource) { return true }
    guard let permission else { return false }
    return grants(of: bucket.acl, include: permission)
  }

  /// Whether something may be written or deleted under a key: a right over the bucket, whose ACL can grant it.
  ///
  /// - Parameter owner: of what is there already, if anything is.
  func allowsOnKey(_ action: String, _ key: ObjectKey, over owner: CanonicalID? = nil) -> Bool {
    let resource = resource(key)
    if isDenied(action, resource) { return false }
    if isBucketOwner || isAllowed(action, resource) { return true }
    // WRITE on a bucket lets its grantees make new objects, and overwrite and delete their own only (User Guide: "ACL
    // overview", what kind of permissions a grantee can have).
    return grants(of: bucket.acl, include: .write) && owner.map(caller.isAdministrator) ?? true
  }

  // MARK: Objects

  /// - Parameters:
  ///   - acl: the object's, as it is stored.
  ///   - permission: what the object's ACL must grant; nil for operations that no ACL can allow.
  func allowsOnObject(
    _ action: String, _ key: ObjectKey, acl: AccessControlList, permission: Permission.Rights?
  ) -> Bool {
    // A Deny counts for all objects, whoever owns them.
    if bucket.policy != nil, isDenied(action, resource(key)) { return false }
    // An Allow counts only for the objects that the bucket's owner owns.
    if aclsAreOff || acl.owner == bucket.owner {
      if isBucketOwner { return true }
      if bucket.policy != nil, isAllowed(action, resource(key)) { return true }
    }
    if aclsAreOff { return false }
    // An object's owner needs no grant: its account's own policies decide.
    if caller.isAdministrator(of: acl.owner) { return true }
    guard let permission else { return false }
    return grants(of: acl, include: permission)
  }

  private func resource(_ key: ObjectKey) -> String { "arn:aws:s3:::\(bucket.name)/\(key.text)" }

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

  // MARK: The bucket policy

  private func isDenied(_ action: String, _ resource: String) -> Bool {
    bucket.policy?.statements.contains { !$0.allows && matches($0, action, resource) } ?? false
  }

  private func isAllowed(_ action: String, _ resource: String) -> Bool {
    guard let policy = bucket.policy else { return false }
    // RestrictPublicBuckets: a public policy is for AWS services and the bucket owner's account only.
    if bucket.publicAccessBlock.restrictPublicBuckets, policy.isPublic, !isBucketOwner {
      guard case .service = caller else { return false }
    }
    return policy.statements.contains { $0.allows && matches($0, action, resource) }
  }

  private func matches(_ statement: BucketPolicy.Statement, _ action: String, _ resource: String) -> Bool {
    statement.principals.contains(where: matches) != statement.excludesPrincipals
      && statement.actions.contains { $0.matches(action) } != statement.excludesActions
      && statement.resources.contains { $0.matches(resource) } != statement.excludesResources
      && statement.conditions.allSatisfy { $0.holds(for: caller) }
  }

  private func matches(_ principal: BucketPolicy.Principal) -> Bool {
    switch (principal, caller) {
    case (.everyone, _): true
    case (.account(let id), .identity(let identity)): identity.account.accountID == id
    case (.arn(let arn), .identity(let identity)): identity.arn == arn || identity.roleARN == arn
    case (.arn(let arn), .originAccessIdentity(let id, _)):
      arn == "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \(id)"
    case (.canonicalUser(_), .anonymous): false
    case (.canonicalUser(let id), _): caller.canonicalID == id
    case (.service(let name), .service(let caller, _)): name == caller
    default: false
    }
  }
}

extension AccountDirectory.Identity {
  /// The role of an assumed role's session, as a bucket policy may name it.
  fileprivate var roleARN: String? {
    guard arn.hasPrefix("arn:aws:sts::"), let role = arn.split(separator: "/").dropFirst().first else { return nil }
    return "arn:aws:iam::\(account.accountID):role/\(role)"
  }
}
