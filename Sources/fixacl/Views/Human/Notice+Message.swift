internal import FixACLKit
internal import AWSKit

extension Notice {
  /// The notice for stderr.
  var message: Message {
    switch self {
    case .settingUnknown(let setting, let error):
      return Message(.warning, "setting-unknown", setting.consequence, error)
    case .callerUnknown(let profile, let error):
      return Message(
        .warning, "caller-unknown",
        "fixacl cannot find out which account \(profile) belongs to, so it does not use it to copy or to grant", error)
    case .accountPublicAccessBlockUnknown(let error):
      return Message(
        .warning, "account-setting-unknown", "whether Block Public Access is on for the whole account is not known",
        error)
    case .account(let remark): return remark.message
    case .aclsOff:
      return Message(
        .note, "acls-off",
        "Object Ownership is BucketOwnerEnforced: ACLs are off and the bucket owner owns every object, so there is"
          + " nothing for fixacl to repair.", advice: "Look at the bucket policy instead.")
    case .publicGrantsHidden: return Message(.note, "public-grants-hidden", PlanView.hiddenGrants)
    case .reader(let reader): return Message(.note, "reader", reader.announcement + ".")
    case .readerWarning(let warning): return warning.message
    case .repairDenied(let denial): return Message(.warning, "repair-denied", denial.text + ".")
    case .granteeDropped(let id):
      return Message(
        .warning, "grantee-dropped",
        "grants to \(id) are left out of every ACL that is written. If S3 no longer knows the account, a rollback"
          + " cannot bring them back.")
    case .selection(let notice): return notice.message
    case .checkpointBusy(let path):
      return Message(
        .warning, "checkpoint-busy",
        "the same command is running already (it holds the lock of \(path)), so this one keeps no checkpoint.")
    case .checkpointUnavailable(let error):
      return Message(
        .warning, "checkpoint-unavailable",
        "no checkpoint can be kept (\(error)): a scan that ends early begins anew.")
    case .resumed(let begun, let listed, let foreign):
      return Message(
        .note, "resumed",
        "resuming a scan that began at \(begun.extended): \(Quantity.count(listed, "object")) listed,"
          + " \(Quantity.count(foreign)) foreign known already.", advice: "--fresh starts over.")
    case .surroundings(let change): return Message(.warning, "bucket-changed", change.text + ".")
    case .willGrant(let beneficiary, let objects, let bucket, let signers):
      let accounts = signers.map { "\($0.name) (account \($0.id))" }.joined(separator: " and ")
      return Message(
        .note, "will-grant",
        "apply gives \(beneficiary.gift) on \(Quantity.count(objects, "object")) of s3://\(bucket), as \(accounts).")
    case .copies(let count, let versioning):
      return Message(
        versioning == .enabled ? .note : .warning, "copies",
        PlanView.notes(onCopies: count, versioning: versioning).map(\.asSentence).joined(separator: " "))
    case .journalSetAside(let path):
      return Message(
        .note, "journal-set-aside",
        "the journal of another plan of this name is \(path) now: it is still that plan's undo"
          + " ('fixacl rollback \(path)').")
    case .planUnused(let journal, let problem):
      return Message(.warning, "plan-unused", "the plan is not used, only \(journal). \(problem.description)")
    case .journalCut(let path):
      return Message(
        .warning, "journal-cut",
        "the end of \(path) is missing: it was longer once. What it still says is put back; objects of the missing part"
          + " stay as apply left them. 'fixacl verify' with the plan shows which these are.")
    case .nothingToApply(let tally): return Message(.note, "nothing-to-do", Self.nothingToApply(tally))
    case .nothingToRollBack:
      return Message(
        .note, "nothing-to-do", "nothing to put back: the journal has no change that was made and not undone.")
    case .interrupted(let what): return Message(.warning, "interrupted", what.text)
    }
  }

  private static func nothingToApply(_ tally: Tally) -> String {
    var text =
      tally.planned == 0
      ? "the plan has nothing that can be changed"
      : "this plan is done already: the journal has all \(Quantity.count(tally.planned, "change"))"
    if tally.blocked > 0 {
      text += "; \(Quantity.count(tally.blocked, "object")) stay blocked ('fixacl show' says by what)"
    }
    return text + ". 'fixacl verify' looks at the objects themselves."
  }
}

extension Notice.Interrupted {
  fileprivate var text: String {
    switch self {
    case .scan(let hasCheckpoint):
      "interrupted; no plan is written. "
        + (hasCheckpoint ? "Run the same command again to resume." : "Run the command again for one.")
    case .writing: "interrupted; waiting for what is in flight. Press Ctrl-C again to end at once."
    case .reading: "interrupted. Press Ctrl-C again to end at once."
    }
  }
}

extension Notice.Beneficiary {
  /// What is given to whom: `READ for OAI E…`.
  fileprivate var gift: String {
    switch self {
    case .reader(let reader): reader.gift
    case .grantee(let grant, let isBucketOwner):
      "\(grant.permission.rawValue) to \(isBucketOwner ? "the bucket owner" : "the canonical ID")"
        + " (\(grant.grantee.identifier))"
    }
  }
}

extension BucketInspection.Setting {
  /// What follows if it cannot be read.
  fileprivate var consequence: String {
    switch self {
    case .location: "the region is taken from the configuration"
    case .versioning: "objects cannot be copied, since old versions may stay behind"
    case .objectOwnership: "whether ACLs are in force at all is not known"
    case .publicAccessBlock: "public grants are kept as they are; --drop-public-grants always drops them"
    case .encryption: "how the bucket encrypts by default is not known"
    case .objectLock: "whether the bucket locks what is copied is not known"
    }
  }
}

extension AccountRemark {
  fileprivate var message: Message {
    switch self {
    case .isNotBucketOwner(let profile, let id, let bucketOwner):
      Message(
        .warning, "profile-not-bucket-owner",
        "\(profile) belongs to the account \(id), and the bucket to \(bucketOwner): it copies nothing.",
        advice: "Is it the profile that --owner-profile is meant for?")
    case .isSameAccount(let first, let second, let id):
      Message(
        .warning, "profiles-same-account",
        "\(first) and \(second) belong to the same account \(id): the first is used.")
    case .isBucketOwner(let profile):
      Message(
        .warning, "profile-is-bucket-owner",
        "\(profile), which --owner-profile names, belongs to the bucket owner:",
        advice: "name the accounts that uploaded there.")
    case .ownsNothing(let profile, let id):
      Message(
        .warning, "profile-owns-nothing",
        "\(profile) belongs to the account \(id), which owns none of the objects that were scanned:",
        advice: "is it the right one?")
    }
  }
}
