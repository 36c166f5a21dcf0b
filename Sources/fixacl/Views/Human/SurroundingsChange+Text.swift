internal import FixACLKit
internal import AWSKit

extension SurroundingsChange {
  /// What has changed, and what follows: a sentence without its full stop.
  var text: String {
    switch self {
    case .aclsOff(let undertaking, let was):
      "Object Ownership is BucketOwnerEnforced now: "
        + (undertaking == .apply
          ? "ACLs are disabled and the bucket owner owns every object, so there is nothing to do"
          : "ACLs are disabled, and none can be put back until it is \((was ?? .objectWriter).rawValue) again")
    case .objectOwnership(let was, let now):
      "Object Ownership was \(was.rawValue) and is \(now.rawValue) now, which matters for new uploads only"
    case .publicAccess(let was, let now, let effect):
      "Block Public Access was \(PlanView.text(for: was)) and is \(PlanView.text(for: now)) now\(effect.text)"
    case .versioning(let was, let now, let effect):
      "versioning was \(was.rawValue) and is \(now.rawValue) now\(effect.text)"
    case .encryption(let was, let now):
      "the default encryption was \(was.algorithm) and is \(now.algorithm) now, but copies keep their object's encryption"
    case .objectLock:
      "Object Lock has changed: fixacl leaves an object alone if the bucket would lock its copy differently"
    case .requesterPays:
      "Requester Pays is on now, and S3 refuses requests of other accounts that do not agree to pay: add"
        + " --request-payer requester"
    case .policyUnreadable: "fixacl cannot read the bucket policy now, so it cannot tell whether it allows the readers"
    case .policy: "the bucket policy has changed, and fixacl read it again"
    case .readerNotAllowed(let reader): "the bucket policy does not allow \(reader.name)"
    case .readerDenied(let reader, let denial): denial.text(reader: reader.name)
    case .repairDenied(let denial): denial.text
    }
  }
}

extension SurroundingsChange.PublicAccessEffect {
  fileprivate var text: String {
    switch self {
    case .none: ""
    case .blocksRollback: ": BlockPublicAcls does not let rollback put public grants back"
    case .blocksPlan: ", and the plan keeps public grants in ACLs, which S3 refuses"
    case .wouldDrop(let rule):
      ": the plan keeps public grants, which --drop-public-grants \(rule.rawValue) drops now"
    case .wouldKeep(let rule):
      ": the plan drops public grants, which --drop-public-grants \(rule.rawValue) keeps now"
    case .reveals: ": S3 now shows public grants that it hid before, and objects with such grants count as stale"
    }
  }
}

extension SurroundingsChange.VersioningEffect {
  fileprivate var text: String {
    switch self {
    case .none: ""
    case .makesCopiesFinal: ": rollback could no longer undo copies"
    case .leavesVersions: ": old versions stay behind copies"
    }
  }
}
