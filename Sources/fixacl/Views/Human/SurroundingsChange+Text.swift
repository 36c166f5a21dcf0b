internal import FixACLKit
internal import AWSKit

extension SurroundingsChange {
  /// What has changed, and what follows: a sentence without its full stop.
  var text: String {
    switch self {
    case .aclsOff(let undertaking, let was):
      "Object Ownership is BucketOwnerEnforced now: "
        + (undertaking == .apply
          ? "ACLs are off, and the bucket owner owns every object, so there is nothing to do"
          : "ACLs are off, so none can be put back before it is set to \((was ?? .objectWriter).rawValue) again")
    case .objectOwnership(let was, let now):
      "Object Ownership was \(was.rawValue) and is \(now.rawValue) now, which decides of new uploads only"
    case .publicAccess(let was, let now, let effect):
      "Block Public Access was \(PlanView.text(for: was)) and is \(PlanView.text(for: now)) now\(effect.text)"
    case .versioning(let was, let now, let effect):
      "versioning was \(was.rawValue) and is \(now.rawValue) now\(effect.text)"
    case .encryption(let was, let now):
      "the default encryption was \(was.algorithm) and is \(now.algorithm) now: copies keep what their objects have"
    case .objectLock:
      "Object Lock is not set as it was: a copy that the bucket would lock otherwise than its object is left alone"
    case .requesterPays:
      "Requester Pays is on now, and S3 refuses other accounts' requests that do not say that they pay: add"
        + " --request-payer requester"
    case .policyUnreadable: "the bucket policy cannot be read now, so whether it lets the readers in is not known"
    case .policy: "the bucket policy is not what it was, and was read again"
    case .readerNotAllowed(let reader): "the bucket policy does not let \(reader.name) in any more"
    case .readerDenied(let reader, let denial): denial.text(reader: reader.name)
    case .repairDenied(let denial): denial.text
    }
  }
}

extension SurroundingsChange.PublicAccessEffect {
  fileprivate var text: String {
    switch self {
    case .none: ""
    case .blocksRollback: ": an ACL with public grants cannot be put back under BlockPublicAcls"
    case .blocksPlan: ", and the plan writes ACLs that keep public grants, which S3 refuses"
    case .wouldDrop(let rule):
      ": the plan keeps public grants, which --drop-public-grants \(rule.rawValue) drops now"
    case .wouldKeep(let rule):
      ": the plan drops public grants, which --drop-public-grants \(rule.rawValue) keeps now"
    case .reveals: ": public grants that S3 did not show then show now, and objects that have some count as stale"
    }
  }
}

extension SurroundingsChange.VersioningEffect {
  fileprivate var text: String {
    switch self {
    case .none: ""
    case .makesCopiesFinal: ": copies that a rollback could undo can no more be undone"
    case .leavesVersions: ": the versions that copies are made of stay behind"
    }
  }
}
