internal import AWSKit

/// Who may do what, as the Amazon S3 User Guide documents it: for servers, and for any other decision about access.
extension AccessCase {
  // Pages of the Amazon S3 User Guide.
  private static let objectOperation = "access-control-auth-workflow-object-operation"
  private static let bucketOperation = "access-control-auth-workflow-bucket-operation"
  private static let acls = "acl-overview"
  private static let ownership = "about-object-ownership"
  private static let ownershipErrors = "object-ownership-error-responses"
  private static let block = "access-control-block-public-access"
  private static let howToGrant = "access-policy-language-overview"

  private static let allowed: (Int, String?) = (200, nil)
  private static let deleted: (Int, String?) = (204, nil)
  private static let denied: (Int, String?) = (403, nil)

  private static let policyOnForeign = "RadosGW applies a policy's Allow to foreign objects too"
  private static let noOwnership = "RadosGW knows no ownership controls"
  private static let ownerByGrant = "to RadosGW, an owner without a grant may do nothing but read and write the ACL"

  private static let writeOverOthers = "RadosGW lets WRITE on a bucket overwrite and delete the objects of others too"

  /// The whole table.
  package static let all: [AccessCase] = own + foreign + granted + policies + blocked + ownershipSettings + buckets

  /// Objects of the bucket's owner: as in any bucket.
  private static let own: [AccessCase] = [
    AccessCase(caller: .site, request: .getObject, owner: .site, answer: allowed, source: objectOperation),
    AccessCase(caller: .site, request: .headObject, owner: .site, answer: allowed, source: objectOperation),
    AccessCase(caller: .site, request: .getACL, owner: .site, answer: allowed, source: objectOperation),
    AccessCase(caller: .site, request: .putACL, owner: .site, answer: allowed, source: objectOperation),
    AccessCase(caller: .site, request: .copyOverItself, owner: .site, answer: allowed, source: objectOperation),
    AccessCase(caller: .site, request: .deleteObject, owner: .site, answer: deleted, source: objectOperation),
    AccessCase(caller: .other, request: .getObject, owner: .site, answer: denied, source: objectOperation),
    AccessCase(caller: .other, request: .getACL, owner: .site, answer: denied, source: objectOperation),
    AccessCase(caller: .other, request: .deleteObject, owner: .site, answer: denied, source: objectOperation),
    AccessCase(caller: .anonymous, request: .getObject, owner: .site, answer: denied, source: objectOperation),
  ]

  /// Objects of another account: the bucket's owner may delete them, and nothing else.
  private static let foreign: [AccessCase] = [
    AccessCase(caller: .site, request: .getObject, answer: denied, source: objectOperation),
    AccessCase(caller: .site, request: .headObject, answer: denied, source: objectOperation),
    AccessCase(caller: .site, request: .getACL, answer: denied, source: objectOperation),
    AccessCase(caller: .site, request: .putACL, answer: denied, source: objectOperation),
    AccessCase(
      caller: .site, request: .getTagging, answer: denied, source: objectOperation),
    AccessCase(caller: .site, request: .copyOverItself, answer: denied, source: objectOperation),
    AccessCase(caller: .site, request: .deleteObject, answer: deleted, source: objectOperation),
    AccessCase(caller: .tools, request: .getObject, answer: allowed, source: objectOperation),
    AccessCase(caller: .tools, request: .getACL, answer: allowed, source: objectOperation),
    AccessCase(caller: .tools, request: .putACL, answer: allowed, source: objectOperation),
    AccessCase(caller: .tools, request: .putACLOfAnotherOwner, answer: denied, source: acls),
    // The object is its own, the bucket is not.
    AccessCase(caller: .tools, request: .deleteObject, answer: denied, source: objectOperation),
    AccessCase(caller: .tools, request: .copyOverItself, answer: denied, source: objectOperation),
    AccessCase(
      caller: .tools, request: .deleteObject, bucketGrants: [(.tools, .write)], answer: deleted, source: acls),
    AccessCase(
      caller: .tools, request: .copyOverItself, bucketGrants: [(.tools, .write)], answer: allowed, source: acls),
    // WRITE on a bucket is for new objects and one's own.
    AccessCase(
      caller: .other, request: .deleteObject, bucketGrants: [(.other, .write)], answer: denied, source: acls,
      notOnRadosGW: writeOverOthers),
    AccessCase(
      caller: .other, request: .copyOverItself, grants: [(.other, .read)], bucketGrants: [(.other, .write)],
      answer: denied, source: acls, notOnRadosGW: writeOverOthers),
    AccessCase(caller: .oai, request: .getObject, answer: denied, source: objectOperation),
    AccessCase(caller: .anonymous, request: .getObject, answer: denied, source: objectOperation),
    AccessCase(caller: .anonymous, request: .getACL, answer: denied, source: objectOperation),
  ]

  /// What an object's ACL grants.
  private static let granted: [AccessCase] = [
    AccessCase(caller: .site, request: .getObject, grants: [(.site, .read)], answer: allowed, source: acls),
    AccessCase(caller: .site, request: .getACL, grants: [(.site, .read)], answer: denied, source: acls),
    AccessCase(caller: .site, request: .getACL, grants: [(.site, .readACP)], answer: allowed, source: acls),
    AccessCase(caller: .site, request: .getObject, grants: [(.site, .readACP)], answer: denied, source: acls),
    AccessCase(caller: .site, request: .putACL, grants: [(.site, .readACP)], answer: denied, source: acls),
    AccessCase(caller: .site, request: .putACL, grants: [(.site, .writeACP)], answer: allowed, source: acls),
    AccessCase(caller: .site, request: .getACL, grants: [(.site, .writeACP)], answer: denied, source: acls),
    AccessCase(caller: .site, request: .getObject, grants: [(.site, .fullControl)], answer: allowed, source: acls),
    AccessCase(caller: .site, request: .putACL, grants: [(.site, .fullControl)], answer: allowed, source: acls),
    AccessCase(caller: .site, request: .copyOverItself, grants: [(.site, .read)], answer: allowed, source: acls),
    AccessCase(caller: .site, request: .copyOverItself, grants: [(.site, .readACP)], answer: denied, source: acls),
    // An owner needs no grant.
    AccessCase(
      caller: .tools, request: .getObject, grants: [(.site, .read)], grantsOwner: false, answer: allowed,
      source: objectOperation, notOnRadosGW: ownerByGrant),
    AccessCase(
      caller: .tools, request: .getACL, grants: [(.site, .read)], grantsOwner: false, answer: allowed,
      source: objectOperation),
    AccessCase(
      caller: .tools, request: .putACL, grants: [(.site, .read)], grantsOwner: false, answer: allowed,
      source: objectOperation),
    // With rights over the ACL, still nobody can give the object away.
    AccessCase(
      caller: .site, request: .putACLOfAnotherOwner, grants: [(.site, .fullControl)], answer: denied, source: acls),
    AccessCase(caller: .oai, request: .getObject, grants: [(.oai, .read)], answer: allowed, source: acls),
    AccessCase(caller: .oai, request: .getACL, grants: [(.oai, .read)], answer: denied, source: acls),
    AccessCase(caller: .other, request: .getObject, grants: [(.oai, .read)], answer: denied, source: acls),
    AccessCase(caller: .anonymous, request: .getObject, grants: [(nil, .read)], answer: allowed, source: acls),
    AccessCase(caller: .other, request: .getObject, grants: [(nil, .read)], answer: allowed, source: acls),
    AccessCase(caller: .anonymous, request: .getACL, grants: [(nil, .read)], answer: denied, source: acls),
    AccessCase(caller: .anonymous, request: .getACL, grants: [(nil, .readACP)], answer: allowed, source: acls),
    AccessCase(
      caller: .tools, request: .getObject, owner: .site, grants: [(.tools, .read)], answer: allowed, source: acls),
  ]

  /// What the bucket's policy says: Allow of the bucket owner's objects only, Deny of all.
  private static let policies: [AccessCase] = [
    AccessCase(
      caller: .other, request: .getObject, owner: .site, policy: [.allow(.other, "s3:GetObject")], answer: allowed,
      source: objectOperation),
    AccessCase(
      caller: .other, request: .getObject, owner: .site, policy: [.allow(.other, "s3:Get*")], answer: allowed,
      source: howToGrant),
    AccessCase(
      caller: .other, request: .getACL, owner: .site, policy: [.allow(.other, "s3:GetObject")], answer: denied,
      source: howToGrant),
    AccessCase(
      caller: .other, request: .getObject, owner: .site, policy: [.allow(.tools, "s3:GetObject")], answer: denied,
      source: howToGrant),
    AccessCase(
      caller: .anonymous, request: .getObject, owner: .site, policy: [.allow(nil, "s3:GetObject")], answer: allowed,
      source: howToGrant),
    AccessCase(
      caller: .other, request: .getObject, policy: [.allow(.other, "s3:GetObject")], answer: denied,
      source: objectOperation, notOnRadosGW: policyOnForeign),
    AccessCase(
      caller: .anonymous, request: .getObject, policy: [.allow(nil, "s3:GetObject")], answer: denied,
      source: objectOperation, notOnRadosGW: policyOnForeign),
    AccessCase(
      caller: .site, request: .getObject, policy: [.allow(.site, "s3:*")], answer: denied, source: objectOperation,
      notOnRadosGW: policyOnForeign),
    AccessCase(
      caller: .site, request: .getACL, policy: [.allow(.site, "s3:*")], answer: denied, source: objectOperation,
      notOnRadosGW: policyOnForeign),
    AccessCase(
      caller: .tools, request: .getObject, policy: [.deny(.tools, "s3:GetObject")], answer: denied,
      source: objectOperation),
    AccessCase(
      caller: .oai, request: .getObject, grants: [(.oai, .read)], policy: [.deny(.oai, "s3:GetObject")], answer: denied,
      source: objectOperation),
    AccessCase(
      caller: .tools, request: .putACL, policy: [.deny(.tools, "s3:PutObjectAcl")], answer: denied,
      source: objectOperation),
    AccessCase(
      caller: .other, request: .getObject, owner: .site,
      policy: [.allow(.other, "s3:GetObject"), .deny(.other, "s3:GetObject")], answer: denied, source: howToGrant),
    AccessCase(
      caller: .site, request: .deleteObject, owner: .site, policy: [.deny(.site, "s3:DeleteObject")], answer: denied,
      source: objectOperation),
  ]

  /// Block Public Access.
  private static let blocked: [AccessCase] = [
    AccessCase(
      caller: .anonymous, request: .getObject, grants: [(nil, .read)], block: ["IgnorePublicAcls"], answer: denied,
      source: block),
    AccessCase(
      caller: .other, request: .getObject, grants: [(nil, .read)], block: ["IgnorePublicAcls"], answer: denied,
      source: block),
    AccessCase(
      caller: .anonymous, request: .getObject, grants: [(nil, .read)], block: ["BlockPublicAcls"], answer: allowed,
      source: block),
    AccessCase(
      caller: .anonymous, request: .getObject, grants: [(nil, .read)],
      block: ["BlockPublicPolicy", "RestrictPublicBuckets"], answer: allowed, source: block),
    AccessCase(
      caller: .oai, request: .getObject, grants: [(.oai, .read)],
      block: ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], answer: allowed,
      source: block),
    AccessCase(caller: .tools, request: .putPublicACL, answer: allowed, source: block),
    AccessCase(
      caller: .tools, request: .putPublicACL, block: ["BlockPublicAcls"], answer: denied, source: block),
    AccessCase(caller: .tools, request: .putACL, block: ["BlockPublicAcls"], answer: allowed, source: block),
    AccessCase(
      caller: .tools, request: .putPublicACL, block: ["IgnorePublicAcls"], answer: allowed, source: block),
    AccessCase(
      caller: .tools, request: .putPublicObject, bucketGrants: [(.tools, .write)], block: ["BlockPublicAcls"],
      answer: denied, source: block),
    AccessCase(
      caller: .tools, request: .putObject, bucketGrants: [(.tools, .write)], block: ["BlockPublicAcls"],
      answer: allowed, source: block,
      notOnRadosGW: "while BlockPublicAcls is on, RadosGW refuses what a bucket ACL lets another account upload"),
    AccessCase(
      caller: .anonymous, request: .getObject, owner: .site, policy: [.allow(nil, "s3:GetObject")],
      block: ["RestrictPublicBuckets"], answer: denied, source: block,
      notOnRadosGW: "to RadosGW, RestrictPublicBuckets says nothing of policies"),
    AccessCase(
      caller: .other, request: .getObject, owner: .site, policy: [.allow(.other, "s3:GetObject")],
      block: ["RestrictPublicBuckets"], answer: allowed, source: block),
    AccessCase(
      caller: .site, request: .getObject, owner: .site, policy: [.allow(nil, "s3:GetObject")],
      block: ["RestrictPublicBuckets"], answer: allowed, source: block),
  ]

  /// Object Ownership.
  private static let ownershipSettings: [AccessCase] = [
    AccessCase(
      caller: .site, request: .getObject, ownership: .bucketOwnerEnforced, answer: allowed, source: ownership,
      notOnRadosGW: noOwnership),
    AccessCase(
      caller: .site, request: .getACL, ownership: .bucketOwnerEnforced, answer: allowed, source: ownership,
      notOnRadosGW: noOwnership),
    AccessCase(
      caller: .site, request: .putACL, ownership: .bucketOwnerEnforced, answer: (400, "AccessControlListNotSupported"),
      source: ownershipErrors, notOnRadosGW: noOwnership),
    AccessCase(
      caller: .tools, request: .getObject, ownership: .bucketOwnerEnforced, answer: denied, source: ownership,
      notOnRadosGW: noOwnership),
    AccessCase(
      caller: .oai, request: .getObject, grants: [(.oai, .read)], ownership: .bucketOwnerEnforced, answer: denied,
      source: ownership, notOnRadosGW: noOwnership),
    AccessCase(
      caller: .anonymous, request: .getObject, grants: [(nil, .read)], ownership: .bucketOwnerEnforced, answer: denied,
      source: ownership, notOnRadosGW: noOwnership),
    AccessCase(
      caller: .other, request: .getObject, policy: [.allow(.other, "s3:GetObject")], ownership: .bucketOwnerEnforced,
      answer: allowed, source: ownership, notOnRadosGW: noOwnership),
    AccessCase(
      caller: .tools, request: .putObject, policy: [.allow(.tools, "s3:PutObject")], ownership: .bucketOwnerEnforced,
      answer: allowed, source: ownership, notOnRadosGW: noOwnership),
    AccessCase(
      caller: .tools, request: .putPublicObject, policy: [.allow(.tools, "s3:PutObject", "s3:PutObjectAcl")],
      ownership: .bucketOwnerEnforced, answer: (400, "AccessControlListNotSupported"), source: ownershipErrors,
      notOnRadosGW: noOwnership),
    AccessCase(
      caller: .site, request: .getObject, ownership: .bucketOwnerPreferred, answer: denied, source: ownership,
      notOnRadosGW: noOwnership),
    AccessCase(
      caller: .tools, request: .putPublicACL, ownership: .bucketOwnerPreferred, answer: allowed, source: ownership,
      notOnRadosGW: noOwnership),
    AccessCase(
      caller: .site, request: .getObject, ownership: .objectWriter, answer: denied, source: ownership,
      notOnRadosGW: noOwnership),
  ]

  /// Operations on the bucket itself.
  private static let buckets: [AccessCase] = [
    AccessCase(caller: .site, request: .listObjects, answer: allowed, source: bucketOperation),
    AccessCase(caller: .tools, request: .listObjects, answer: denied, source: bucketOperation),
    AccessCase(caller: .anonymous, request: .listObjects, answer: denied, source: bucketOperation),
    AccessCase(
      caller: .tools, request: .listObjects, bucketGrants: [(.tools, .read)], answer: allowed, source: acls),
    AccessCase(
      caller: .tools, request: .listObjects, bucketGrants: [(.tools, .write)], answer: denied, source: acls),
    AccessCase(
      caller: .tools, request: .listObjects, policy: [.allow(.tools, "s3:ListBucket")], answer: allowed,
      source: bucketOperation),
    AccessCase(
      caller: .anonymous, request: .listObjects, bucketGrants: [(nil, .read)], answer: allowed, source: acls),
    AccessCase(
      caller: .anonymous, request: .listObjects, bucketGrants: [(nil, .read)], block: ["IgnorePublicAcls"],
      answer: denied, source: block),
    AccessCase(caller: .site, request: .getBucketACL, answer: allowed, source: bucketOperation),
    AccessCase(caller: .tools, request: .getBucketACL, answer: denied, source: bucketOperation),
    AccessCase(
      caller: .tools, request: .getBucketACL, bucketGrants: [(.tools, .readACP)], answer: allowed, source: acls),
    AccessCase(caller: .tools, request: .putObject, answer: denied, source: bucketOperation),
    AccessCase(
      caller: .tools, request: .putObject, bucketGrants: [(.tools, .write)], answer: allowed, source: acls),
    AccessCase(
      caller: .tools, request: .putObject, policy: [.allow(.tools, "s3:PutObject")], answer: allowed,
      source: bucketOperation),
    AccessCase(
      caller: .tools, request: .putPublicObject, policy: [.allow(.tools, "s3:PutObject")], answer: denied,
      source: bucketOperation, notOnRadosGW: "RadosGW asks for no right of its own to upload with an ACL"),
    AccessCase(
      caller: .tools, request: .putPublicObject, policy: [.allow(.tools, "s3:PutObject", "s3:PutObjectAcl")],
      answer: allowed, source: bucketOperation),
    AccessCase(caller: .anonymous, request: .putObject, answer: denied, source: bucketOperation),
    AccessCase(
      caller: .site, request: .putObject, policy: [.deny(nil, "s3:PutObject")], answer: denied, source: bucketOperation),
  ]
}
