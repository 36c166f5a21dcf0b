internal import AWSKit

extension S3Service {
  static let aclsNotSupported = ServiceError(
    400, "AccessControlListNotSupported", "The bucket does not allow ACLs")

  static func checkACLsAreOn(in bucket: SandboxBucket) throws(ServiceError) {
    guard bucket.effectiveOwnership != .bucketOwnerEnforced else { throw aclsNotSupported }
  }

  func getBucketACL(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    .xml(document: Self.shown(bucket.acl, in: state.access(to: bucket)).document)
  }

  func putBucketACL(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    try Self.checkACLsAreOn(in: bucket)
    bucket.acl = try requestedACL(call, bucket, current: bucket.acl)
    return SandboxResponse()
  }

  func getObjectACL(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    var response = SandboxResponse.xml(document: Self.shown(object.acl, in: state.access(to: bucket)).document)
    addVersion(of: object, bucket, to: &response)
    return response
  }

  func putObjectACL(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    bucket.setACL(try requestedACL(call, bucket, current: object.acl), of: object)
    var response = SandboxResponse()
    addVersion(of: object, bucket, to: &response)
    return response
  }

  /// What a GET of an ACL shows: the one that is in effect, not the one that is stored (User Guide: "Blocking public
  /// access", IgnorePublicAcls; "Controlling ownership", BucketOwnerEnforced).
  static func shown(_ acl: AccessControlList, in access: BucketAccess) -> AccessControlList {
    if access.ownership == .bucketOwnerEnforced { return .owned(by: access.owner) }
    guard access.publicAccessBlock.ignorePublicAcls, acl.isPublic else { return acl }
    return AccessControlList(owner: acl.owner, grants: acl.grants.filter { !$0.grantee.isPublic })
  }

  /// The ACL that a PUT of one asks for, checked.
  func requestedACL(
    _ call: S3Call, _ bucket: SandboxBucket, current: AccessControlList
  ) throws(ServiceError) -> AccessControlList {
    let acl: AccessControlList
    if let request = try ACLRequest(headersOf: call) {
      guard call.body.isEmpty else {
        throw ServiceError(400, "UnexpectedContent", "This request does not support content")
      }
      acl = AccessControlList(
        owner: current.owner, grants: request.grants(owner: current.owner, bucketOwner: bucket.owner.canonicalID))
    } else {
      guard !call.body.isEmpty else {
        throw ServiceError(
          400, "MissingSecurityHeader", "Your request was missing a required header",
          details: [("MissingHeaderName", "x-amz-acl")])
      }
      if AccessControlList.namesEmailAddress(document: call.body) { throw .methodNotAllowed }
      do { acl = try AccessControlList(document: call.body) } catch {
        throw ServiceError(400, "MalformedACLError", ServiceError.malformedXML.message)
      }
      // An ACL cannot give an object away.
      guard acl.owner == current.owner else { throw .accessDenied }
      try check(acl, call, bucket, idName: "CanonicalUser/ID", uriName: "Group/URI")
      return acl
    }
    try check(acl, call, bucket)
    return acl
  }

  /// The ACL of a new object, or of a new bucket, from the request's headers.
  ///
  /// - Parameter owner: the uploader, or the bucket's owner where it owns all or prefers to.
  func newACL(_ call: S3Call, _ bucket: SandboxBucket, owner: CanonicalID) throws(ServiceError) -> AccessControlList {
    guard let request = try ACLRequest(headersOf: call) else { return .owned(by: owner) }
    let acl = AccessControlList(
      owner: owner, grants: request.grants(owner: owner, bucketOwner: bucket.owner.canonicalID))
    try check(acl, call, bucket)
    return acl
  }

  /// The ACL of an object that is being uploaded or copied, and with it the object's owner.
  func uploadACL(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> AccessControlList {
    let bucketOwner = bucket.owner.canonicalID
    let request = try ACLRequest(headersOf: call)
    let access = authorizer(call, bucket)
    // What a service writes is the bucket owner's; its policies say nothing of s3:PutObjectAcl.
    let isOfService = if case .service = call.caller { true } else { false }
    let uploader = call.caller.canonicalID ?? bucketOwner
    if request != nil, !isOfService, !access.allowsOnKey("s3:PutObjectAcl", call.key) {
      throw access.refusal("s3:PutObjectAcl", access.resource(call.key))
    }
    switch (bucket.effectiveOwnership, request) {
    case (.bucketOwnerEnforced, nil), (.bucketOwnerEnforced, .canned("bucket-owner-full-control")):
      return .owned(by: bucketOwner)
    case (.bucketOwnerEnforced, .grants(let grants))
    where grants == [Grant(.canonicalUser(bucketOwner), .fullControl)]:
      return .owned(by: bucketOwner)
    case (.bucketOwnerEnforced, _): throw Self.aclsNotSupported
    case (.bucketOwnerPreferred, .canned("bucket-owner-full-control")): return .owned(by: bucketOwner)
    default: return try newACL(call, bucket, owner: uploader)
    }
  }

  /// - Parameters:
  ///   - idName: how S3 calls a canonical ID where that came from.
  ///   - uriName: how it calls a group's URI there.
  private func check(
    _ acl: AccessControlList, _ call: S3Call, _ bucket: SandboxBucket, idName: String = "id", uriName: String = "uri"
  ) throws(ServiceError) {
    guard acl.grants.count <= AccessControlList.maximumGrants else {
      throw ServiceError(400, "MalformedACLError", ServiceError.malformedXML.message)
    }
    for grant in acl.grants {
      switch grant.grantee {
      case .canonicalUser(let id):
        guard isKnown(id) else { throw .invalidArgument("Invalid id", idName, value: id.value) }
      case .group(let uri):
        let groups = [Grantee.allUsers, .authenticatedUsers, ACLRequest.logDelivery]
        guard groups.contains(.group(uri)) else {
          throw .invalidArgument("Invalid group uri", uriName, value: uri)
        }
      }
    }
    if acl.isPublic, state.publicAccessBlock(of: bucket).blockPublicAcls {
      let access = authorizer(call, bucket)
      let isOfObject = !call.key.bytes.isEmpty
      throw access.refusal(
        isOfObject ? "s3:PutObjectAcl" : "s3:PutBucketAcl",
        isOfObject ? access.resource(call.key) : access.bucketResource,
        reason: "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access")
    }
  }

  func isKnown(_ id: CanonicalID) -> Bool {
    id == Caller.anonymousID || state.accounts.account(canonicalID: id) != nil
      || state.cloudFront.identities.values.contains { $0.canonicalID == id }
  }
}
