import AWSKit
import TestSupport

/// One upload of a random object, everything that is sent of it: what the model knows of the bucket.
struct RandomUpload: Sendable {
  let account: TestAccount
  /// Exactly these; the account's own is among them, or not.
  let grants: Set<Grant>
  let body: [UInt8]
  /// More than one for an upload in parts.
  let partCount: Int
  /// Content headers, user metadata, storage class, encryption, lock.
  let headers: [String: String]
  /// As `x-amz-tagging` has them; empty for none.
  let tags: String
  /// When it is made.
  var phase = Phase.versioned

  /// What the bucket's versioning is like at that time.
  enum Phase: Int, CaseIterable, Sendable {
    case unversioned, versioned, suspended
  }

  var isInParts: Bool { partCount > 1 }

  var storageClass: String { headers["x-amz-storage-class"] ?? "STANDARD" }

  /// Must be restored before it can be read.
  var isArchived: Bool { storageClass == "GLACIER" }

  var usesKMS: Bool { headers["x-amz-server-side-encryption"] == "aws:kms" }

  var hasCustomerKey: Bool { headers["x-amz-server-side-encryption-customer-key"] != nil }

  var isRetained: Bool { headers["x-amz-object-lock-mode"] != nil }

  /// Whether a version of it can be removed by nobody.
  var isLocked: Bool { isRetained || headers["x-amz-object-lock-legal-hold"] == "ON" }

  var acl: ModelACL { ModelACL(owner: account.id.value, grants: grants) }
}

/// What is under one key: its versions, the oldest first.
struct RandomObject: Sendable {
  let key: ObjectKey
  let uploads: [RandomUpload]
  /// Whether a delete marker is on top.
  let isDeleted: Bool
}

/// What a bucket is like, and what fixacl is asked to do with it.
struct RandomRound: Sendable, CustomStringConvertible {
  var versioning = "Unversioned"
  /// Flags of Block Public Access, switched on once everything is there.
  var blocks: Set<String> = []
  var hasObjectLock = false
  /// Set once everything is there: what was uploaded before has no retention by it.
  var hasDefaultRetention = false

  var strategy = "auto"
  /// The profiles of object owners that are at hand.
  var owners = ["tools"]
  var dropPublicGrants = "when-blocked"
  /// What the options ask for beside READ for the OAI.
  var bucketOwnerFullControl = false
  var otherFullControl = false
  var keepPreviousOwner = false
  var allVersions = false
  var prefix = ""
  /// Whether keys that end in `.tmp` are left out.
  var excludesTemporary = false

  func arguments(_ server: S3TestServer) -> [String] {
    var arguments = ["--grant-read", server.oai.grantee, "--strategy", strategy]
    arguments += ["--drop-public-grants", dropPublicGrants]
    if bucketOwnerFullControl { arguments.append("--bucket-owner-full-control") }
    if otherFullControl { arguments += ["--grant-full-control", server.other.grantee] }
    if keepPreviousOwner { arguments.append("--keep-previous-owner") }
    if allVersions { arguments.append("--all-versions") }
    if !prefix.isEmpty { arguments += ["--prefix", prefix] }
    if excludesTemporary { arguments += ["--exclude", "*.tmp"] }
    return arguments
  }

  var description: String {
    var words = [versioning, "strategy \(strategy)", "owners \(owners)", "drop public grants \(dropPublicGrants)"]
    words += blocks.sorted()
    let flags = [
      (hasObjectLock, "Object Lock"), (hasDefaultRetention, "default retention"),
      (bucketOwnerFullControl, "bucket owner FULL_CONTROL"),
      (otherFullControl, "other FULL_CONTROL"), (keepPreviousOwner, "keep previous owner"),
      (allVersions, "all versions"), (!prefix.isEmpty, "prefix \(prefix)"), (excludesTemporary, "exclude *.tmp"),
    ]
    return (words + flags.filter(\.0).map(\.1)).joined(separator: ", ")
  }
}
