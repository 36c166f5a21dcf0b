@testable import FixACLKit
@testable import AWSKit
import TestSupport

/// A change with its ACLs, and looks at its object.
struct SampleCase {
  var change: Change
  var from: AccessControlList?
  var to: AccessControlList
  var policy = Sample.policy()

  static let grant = SampleCase(
    change: Sample.change(), from: .owned(by: Sample.tools), to: .owned(by: Sample.tools, .user(Sample.oai)))

  /// Of an object that the bucket owner can read.
  static let copy = SampleCase(
    change: Sample.change(action: .copy), from: .owned(by: Sample.tools, .user(Sample.site)),
    to: .owned(by: Sample.site, .user(Sample.oai)))

  static let grantFirst = SampleCase(
    change: Sample.change(action: .copy, reason: .grantFirst), from: .owned(by: Sample.tools),
    to: .owned(by: Sample.site, .user(Sample.oai)))

  /// Of an object whose ACL nobody at hand can read.
  static let unknown = SampleCase(
    change: Sample.change(action: .copy, reason: .aclUnknown), from: nil,
    to: .owned(by: Sample.site, .user(Sample.oai)))

  /// The ACL between the steps of a copy that begins with a grant.
  var bucketOwnerGranted: AccessControlList { policy.grantingReadToBucketOwner(from!) }

  func status(of observed: ObservedObject) throws(AWSError) -> ChangeStatus {
    try change.status(of: observed, from: from, to: to, policy: policy)
  }

  func execution(unconfirmed: CopyIntent? = nil) -> ApplyProcedure {
    ApplyProcedure(
      change: change, from: from, to: to, settings: ApplyProcedure.Settings(policy: policy),
      unconfirmed: unconfirmed)
  }
}

extension ApplyProcedure.Event {
  /// On a bucket without versions.
  static let wasCopied = ApplyProcedure.Event.copied(CopyOutcome(versionID: nil))
}

extension ObservedObject {
  /// An object that is there, as the bucket owner or its owner sees it.
  static func found(
    _ acl: AccessControlList?, etag: String = "e1", size: Int = 10, headers: [String: String] = [:],
    byBucketOwner: Bool = false, aclError: AWSError? = nil
  ) throws -> ObservedObject {
    let head = try ObjectHead.sample(
      headers.merging(["ETag": "\"\(etag)\"", "Content-Length": "\(size)"]) { $1 })
    return ObservedObject(
      content: .found(head.content, head), isReadableByBucketOwner: byBucketOwner, acl: acl,
      aclError: acl == nil ? aclError ?? .denied("GetObjectAcl") : nil)
  }

  static let missing = ObservedObject(content: .missing, isReadableByBucketOwner: false, acl: nil)

  /// Nobody may read the object itself.
  static func denied(_ acl: AccessControlList?) -> ObservedObject {
    ObservedObject(content: .denied(.denied("HeadObject")), isReadableByBucketOwner: false, acl: acl)
  }
}

extension AWSError {
  static func denied(_ operation: String) -> AWSError {
    AWSError(kind: .service, operation: operation, status: 403, code: "AccessDenied", message: "")
  }

  /// Of a write whose answer was lost.
  static func unanswered(_ operation: String) -> AWSError {
    var error = AWSError(kind: .transport(.interrupted), operation: operation, message: "lost")
    error.isOutcomeUnknown = true
    return error
  }

  static let unavailable = AWSError(
    kind: .service, operation: "HeadObject", status: 503, code: "ServiceUnavailable", message: "try later")

  static let denied = AWSError(
    kind: .service, operation: "CopyObject", status: 403, code: "AccessDenied", message: "Access Denied")
}
