internal import AWSKit

/// Checks that this program would make a change for the given bucket settings and intent.
///
/// A plan's digest only reveals damage: anybody can compute one. So whenever a plan or a journal is opened, each change
/// is derived again with ``ACLPolicy`` from the ACL that the object had.
struct ChangeAudit: Sendable {
  private let bucketOwner: CanonicalID
  private let desired: Intent
  private let policy: ACLPolicy
  private let prefix: ObjectKey?
  private let owners: Set<CanonicalID>
  /// The transitions that have passed. A plan has few distinct ones.
  private var passed: Set<Transition> = []
  /// The previous one: consecutive changes are mostly alike.
  private var last: Transition?

  init(bucket: BucketSettings, desired: Intent) {
    bucketOwner = bucket.owner
    self.desired = desired
    policy = ACLPolicy(bucket: bucket, desired: desired)
    prefix = desired.filter.prefix.map { ObjectKey($0) }
    owners = Set(desired.selection.owners)
  }

  /// Checks a change.
  ///
  /// - Parameters:
  ///   - from: the ACL that the change's `from` stands for; a name must always stand for one ACL.
  ///   - to: the ACL that the change's `to` stands for.
  /// - Throws: why this program would not make the change.
  mutating func check(
    _ change: Change, from: AccessControlList?, to: AccessControlList?
  ) throws(FileFormatError.Detail) {
    guard prefix.map(change.key.hasPrefix) ?? true, desired.filter.matches(change.key) else {
      throw FileFormatError.Detail("its key is not one of those that were asked for")
    }
    guard change.versionID == nil || desired.allVersions else {
      throw FileFormatError.Detail("it is about an old version, and those were not asked for")
    }
    guard PlanText.canBeHeader(change.etag) else {
      throw FileFormatError.Detail("no object has the ETag '\(change.etag.escapedForTerminal)'")
    }
    let transition = Transition(change)
    guard transition != last, !passed.contains(transition) else { return }
    try check(transition, from: from, to: to)
    passed.insert(transition)
    last = transition
  }

  private func check(
    _ change: Transition, from: AccessControlList?, to: AccessControlList?
  ) throws(FileFormatError.Detail) {
    guard change.owner != bucketOwner || desired.selection.includesOwn else {
      throw FileFormatError.Detail("it says that the object is the bucket owner's own")
    }
    // An owner that the listing does not name may be any of them; nothing is done then.
    guard change.action == .blocked || owners.isEmpty || owners.contains(change.owner) else {
      throw FileFormatError.Detail("its owner is not one of those that were asked for")
    }
    guard from == nil || from?.owner == change.owner else {
      throw FileFormatError.Detail("the owner is not the one of the ACL 'from'")
    }
    switch change.action {
    case .blocked:
      guard to == nil, !change.reason.isOfAction else {
        throw FileFormatError.Detail("it is blocked, and '\(change.reason.rawValue)' blocks nothing")
      }
    case .grant, .copy:
      guard let to, let expected = try target(of: change, from: from), to == expected else {
        throw FileFormatError.Detail(
          "the ACL 'to' is not what its 'desired' makes of the ACL 'from': somebody has changed what is granted")
      }
      guard to.grants.count <= AccessControlList.maximumGrants else {
        throw FileFormatError.Detail("the ACL 'to' has more than \(AccessControlList.maximumGrants) grants")
      }
    }
  }

  /// The ACL that the policy makes; nil if the change does not name the ACL it starts from.
  private func target(
    of change: Transition, from: AccessControlList?
  ) throws(FileFormatError.Detail) -> AccessControlList? {
    if let from, policy.isSatisfied(by: from) {
      throw FileFormatError.Detail("the ACL 'from' already allows every reader")
    }
    let isOwn = change.owner == bucketOwner
    guard change.action == .copy else {
      guard isOwn || !policy.needsBucketOwnership && desired.strategy != .copy, change.reason == .readerMissing else {
        throw FileFormatError.Detail("no grant was asked for")
      }
      return from.map(policy.granted)
    }
    guard !isOwn else { throw FileFormatError.Detail("it copies an object of the bucket owner's own") }
    guard policy.needsBucketOwnership || desired.strategy != .grant else {
      throw FileFormatError.Detail("no copy was asked for")
    }
    guard !change.isNoncurrent else { throw FileFormatError.Detail("it copies an old version") }
    guard change.reason.isOfAction, (change.reason == .aclUnknown) == (from == nil) else {
      throw FileFormatError.Detail("its 'reason' is not a reason for a copy of such an object")
    }
    // In between, the ACL has one more grant, for the bucket owner.
    if change.reason == .grantFirst, let from,
      policy.grantingReadToBucketOwner(from).grants.count > AccessControlList.maximumGrants
    {
      throw FileFormatError.Detail("the ACL with READ for the bucket owner has too many grants")
    }
    return policy.copied(from, previousOwner: change.owner)
  }
}

extension ChangeReason {
  /// Whether it is a reason for an action, not for blocking.
  fileprivate var isOfAction: Bool {
    switch self {
    case .readerMissing, .grantFirst, .aclUnknown: true
    default: false
    }
  }
}

/// Requirements on a plan's text that is sent to a server.
enum PlanText {
  /// The longest ID, ETag or ACL name accepted.
  private static let maximumLength = 2048

  /// Whether it can be the value of a header: it contains no line end.
  static func canBeHeader(_ text: String) -> Bool {
    text.utf8.count <= maximumLength && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
  }

  /// Whether it can be a grantee's ID, which stands between quotation marks in a header.
  static func canBeGrantee(_ id: CanonicalID) -> Bool {
    let text = id.value
    return !text.isEmpty && canBeHeader(text) && text.escapedForTerminal == text
      && !text.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") } && !text.contains("://")
  }

  /// Whether it can stand in an ACL, as an ID or as the URI of a group.
  static func canBeInACL(_ text: String) -> Bool {
    !text.isEmpty && canBeHeader(text)
  }
}
