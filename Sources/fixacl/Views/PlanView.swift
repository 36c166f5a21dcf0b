internal import FixACLKit
internal import S3Kit

/// What the views of a plan share.
enum PlanView {
  /// The whole plan in one sentence, without a full stop.
  static func sentence(for summary: PlanSummary) -> String {
    var text = "\(Quantity.count(summary.listed, "object")) listed, \(Quantity.count(summary.foreign)) foreign"
    guard summary.changes > 0 else { return text + ", nothing to change" }
    let parts = ChangeAction.allCases.compactMap { action -> String? in
      let count = summary.actions[action] ?? 0
      return count == 0 ? nil : "\(Quantity.count(count)) \(action == .blocked ? "blocked" : "to \(action.rawValue)")"
    }
    text += ", " + parts.joined(separator: ", ")
    return text
  }

  /// A grantee or owner, with what it is to this bucket.
  static func name(_ grantee: Grantee, plan: Plan, objectOwner: CanonicalID?) -> String {
    switch grantee {
    case .group(let uri):
      grantee.isPublic ? (grantee == .allUsers ? "AllUsers" : "AuthenticatedUsers") : uri.escapedForTerminal
    case .canonicalUser(let id):
      "\(id)" + role(of: id, plan: plan, objectOwner: objectOwner)
    }
  }

  private static func role(of id: CanonicalID, plan: Plan, objectOwner: CanonicalID?) -> String {
    if id == plan.header.bucket.owner { return " (bucket owner)" }
    if id == objectOwner { return " (object owner)" }
    return plan.header.desired.grants.contains { $0.grantee == .canonicalUser(id) } ? " (reader)" : ""
  }

  /// What follows for the whole plan from how the bucket is set: whole sentences.
  static func notes(on bucket: PlanBucket) -> [String] {
    var notes: [String] = []
    if bucket.objectOwnership == .bucketOwnerEnforced {
      notes.append(
        "the bucket's Object Ownership is BucketOwnerEnforced: ACLs are off and the bucket owner owns every object, so"
          + " there is nothing for fixacl to repair. Look at the bucket policy instead.")
    }
    if bucket.effectivePublicAccessBlock.ignorePublicAcls {
      notes.append(
        "IgnorePublicAcls is on, so S3 does not show public grants that are stored: they are not in the"
          + " plan, and an ACL that is rewritten loses them for good.")
    }
    return notes
  }

  /// Block Public Access in a few words.
  static func text(for block: PublicAccessBlock?) -> String {
    guard let block else { return "unknown" }
    let flags = [
      (block.blockPublicAcls, "BlockPublicAcls"), (block.ignorePublicAcls, "IgnorePublicAcls"),
      (block.blockPublicPolicy, "BlockPublicPolicy"), (block.restrictPublicBuckets, "RestrictPublicBuckets"),
    ].filter(\.0).map(\.1)
    return flags.isEmpty ? "off" : flags.joined(separator: ", ")
  }
}
