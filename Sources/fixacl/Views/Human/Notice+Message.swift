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
        "fixacl cannot tell which account \(profile) belongs to, so it neither copies nor grants with it", error)
    case .readerUnverified(let reader, let reason):
      let text =
        "fixacl cannot check that \(reader.name) is \(reader.canonicalID.map(\.description) ?? "nobody"), as the plan says"
      switch reason {
      case .noCloudFront:
        return Message(
          .warning, "reader-unverified", "\(text): it does not know where CloudFront is.",
          advice: "AWS_ENDPOINT_URL_CLOUDFRONT names its address.")
      case .unknown:
        return Message(
          .warning, "reader-unverified", "\(text): CloudFront does not know this OAI in the bucket owner's account.")
      case .failed(let error): return Message(.warning, "reader-unverified", text, error)
      }
    case .accountPublicAccessBlockUnknown(let error):
      return Message(
        .warning, "account-setting-unknown",
        "fixacl cannot tell whether Block Public Access is on for the whole account", error)
    case .rememberedProfileMissing(let profile, let isObjectOwners):
      return Message(
        .warning, "profile-missing", "the plan was made with profile \(profile), which this machine does not have.",
        advice: isObjectOwners
          ? "Name a profile of the same account with --owner-profile."
          : "fixacl uses the credentials of the environment instead. --profile names others.")
    case .sessionEnds(let end):
      return Message(
        .note, "session-ends",
        "the session that the MFA code opened ends at \(end.extended), and fixacl cannot renew it.",
        advice: "What is not done by then is left for the next run of the same command.")
    case .account(let remark): return remark.message
    case .aclsOff:
      return Message(
        .note, "acls-off",
        PlanView.aclsOff, advice: PlanView.aclsOffAdvice)
    case .publicGrantsHidden: return Message(.note, "public-grants-hidden", PlanView.hiddenGrants)
    case .reader(let reader): return Message(.note, "reader", reader.announcement + ".")
    case .readerWarning(let warning): return warning.message
    case .repairDenied(let denial): return Message(.warning, "repair-denied", denial.text + ".")
    case .granteeDropped(let id):
      return Message(.warning, "grantee-dropped", PlanView.droppedGrantee(id))
    case .selection(let notice): return notice.message
    case .inventory(let notice): return notice.message
    case .checkpointBusy(let path):
      return Message(
        .warning, "checkpoint-busy",
        "the same command is already running (it holds the lock of \(path)), so this one keeps no checkpoint.")
    case .checkpointUnavailable(let error):
      return Message(
        .warning, "checkpoint-unavailable",
        "fixacl can keep no checkpoint (\(error)), so a scan that ends early cannot resume.")
    case .resumed(let begun, let listed, let foreign):
      return Message(
        .note, "resumed",
        "resuming a scan that began at \(begun.extended): \(Quantity.count(listed, "object")) listed,"
          + " \(Quantity.count(foreign)) foreign so far.", advice: "--fresh starts over.")
    case .reconcile(let notice): return notice.message
    case .batch(let notice): return notice.message
    case .surroundings(let change): return Message(.warning, "bucket-changed", change.text + ".")
    case .willGrant(let beneficiary, let objects, let bucket, let signers):
      // The plan has the whole IDs, and the profile's name comes first.
      let accounts = signers.map { "\($0.name) (account \(PlanView.shortened($0.id)))" }.joined(separator: " and ")
      return Message(
        .note, "will-grant",
        "apply gives \(beneficiary.gift) on \(Quantity.count(objects, "object")) of s3://\(bucket), as \(accounts).")
    case .willRestore(let grants, let bucket):
      let gifts = grants.prefix(10).map { "\($0.permission.rawValue) to \($0.grantee.identifier.escapedForTerminal)" }
      let rest = grants.count > gifts.count ? [Quantity.count(grants.count - gifts.count, "other")] : []
      return Message(
        .warning, "will-restore",
        "rollback puts back grants on objects of s3://\(bucket) that apply has dropped:"
          + " \((gifts + rest).joined(separator: ", ")).")
    case .copies(let count, let versioning):
      return Message(
        versioning == .enabled ? .note : .warning, "copies",
        PlanView.notes(onCopies: count, versioning: versioning).map(\.asSentence).joined(separator: " "))
    case .journalSetAside(let path):
      return Message(
        .note, "journal-set-aside",
        "another plan had this name: its journal is now \(path), and still undoes it:",
        commands: ["fixacl rollback \(SameCommand.quoted(path))\(SameCommand.credentialOptions)"])
    case .planUnused(let journal, let problem):
      return Message(
        .warning, "plan-unused", "fixacl uses only \(journal), because it cannot use the plan. \(problem.description)")
    case .journalCut(let path):
      return Message(
        .warning, "journal-cut",
        "the end of \(path) is missing: it was longer once. Rollback undoes what it still says. Objects of the missing"
          + " part stay as apply left them; 'fixacl verify' with the plan shows them.")
    case .nothingToApply(let tally): return Message(.note, "nothing-to-do", Self.nothingToApply(tally))
    case .nothingToRollBack:
      return Message(
        .note, "nothing-to-do", "nothing to put back: the journal has no change that was made and not undone.")
    case .invalidation(let notice): return notice.message
    case .edgeUnasked(let problem, let profile):
      return problem.message("edge-unasked", "CloudFront was not asked for all objects", profile: profile)
    case .interrupted(let what): return Message(.warning, "interrupted", what.text)
    }
  }

  private static func nothingToApply(_ tally: Tally) -> String {
    var text =
      tally.planned == 0
      ? "the plan has nothing that can be changed"
      : "this plan is already done: the journal has all \(Quantity.count(tally.planned, "change"))"
    if tally.blocked > 0 {
      text +=
        "; \(Quantity.count(tally.blocked, "object")) \(tally.blocked == 1 ? "stays" : "stay") blocked"
        + " ('fixacl show' says why)"
    }
    return text + ". 'fixacl verify' checks the objects themselves."
  }
}

extension Notice.Interrupted {
  fileprivate var text: String {
    switch self {
    case .scan(let hasCheckpoint):
      "interrupted; fixacl wrote no plan. "
        + (hasCheckpoint ? "Run the same command again to resume." : "Run the same command again to start over.")
    case .writing: "interrupted; waiting for requests in flight. Press Ctrl-C again to end at once."
    case .reading: "interrupted. Press Ctrl-C again to end at once."
    }
  }
}

extension Notice.Beneficiary {
  /// The permission, and who gets it: `READ to OAI E…`.
  fileprivate var gift: String {
    switch self {
    case .reader(let reader): reader.gift
    case .grantee(let grant, let isBucketOwner):
      isBucketOwner
        ? "\(grant.permission.rawValue) to the bucket owner"
        : "\(grant.permission.rawValue) to canonical ID \(grant.grantee.identifier)"
    }
  }
}

extension BucketInspection.Setting {
  /// What follows if it cannot be read.
  fileprivate var consequence: String {
    switch self {
    case .location: "fixacl takes the region from the configuration"
    case .versioning: "fixacl copies no objects, because old versions might stay behind"
    case .objectOwnership: "fixacl cannot tell whether ACLs are enabled"
    case .publicAccessBlock: "fixacl keeps public grants; --drop-public-grants always drops them"
    case .encryption: "fixacl cannot tell how the bucket encrypts by default"
    case .objectLock: "copies keep only the retention and the legal holds that these credentials may see"
    }
  }
}

extension AccountRemark {
  var message: Message {
    switch self {
    case .isNotBucketOwner(let profile, let id, let bucketOwner):
      Message(
        .warning, "profile-not-bucket-owner",
        "\(profile) (account \(PlanView.shortened(id))) is not the bucket owner (\(PlanView.shortened(bucketOwner))), so it"
          + " copies nothing.", advice: "Is it meant for --owner-profile?")
    case .isSameAccount(let first, let second, let id):
      Message(
        .warning, "profiles-same-account",
        "\(first) and \(second) belong to the same account \(PlanView.shortened(id)). fixacl uses the first.")
    case .isBucketOwner(let profile):
      Message(
        .warning, "profile-is-bucket-owner",
        "\(profile) (--owner-profile) belongs to the bucket owner.",
        advice: "Name profiles of the accounts that uploaded objects there.")
    case .ownsNothing(let profile, let id):
      Message(
        .warning, "profile-owns-nothing",
        "\(profile) (account \(PlanView.shortened(id))) owns none of the objects that were scanned.",
        advice: "Is it the right profile?")
    }
  }
}
