internal import AWSKit

extension AccessFix {
  /// What would give a refused reader access.
  static func fixes(
    for explanation: ReaderExplanation, _ facts: AccessFacts, _ drafts: inout Drafts
  ) -> [AccessFix] {
    guard explanation.verdict != .allowed else { return [] }
    var finder = FixFinder(explanation: explanation, facts: facts, drafts: drafts)
    var fixes: [AccessFix] = []
    for report in explanation.layers where report.verdict == .denies {
      for reason in report.denying {
        for fix in finder.fixes(for: reason, in: report) where !fixes.contains(fix) { fixes.append(fix) }
      }
    }
    drafts = finder.drafts
    return fixes
  }
}

/// Finds what would give one reader access.
private struct FixFinder {
  let explanation: ReaderExplanation
  let facts: AccessFacts
  var drafts: AccessFix.Drafts

  private var subject: ReadSubject { explanation.subject }
  private var bucket: String { facts.bucket }

  /// What there is to do about a reason of a layer that denies.
  mutating func fixes(for reason: AccessReason, in report: LayerReport) -> [AccessFix] {
    switch reason {
    case .foreignOwner, .readerNotInACL: return repair()
    case .noAllow where report.layer == .iam, .explicitDeny where report.layer == .iam:
      return [AccessFix(.allowIdentity(facts.versionID == nil ? "s3:GetObject" : "s3:GetObjectVersion"))]
    case .noAllow, .oacNotInPolicy, .oacSourceARN, .oaiMismatch, .oaiGone, .conditionNotMet:
      // A distribution that reads as anybody is to read as somebody.
      guard report.layer == .bucketPolicy, subject.distribution == nil || subject.caller.kind != .anonymous else {
        return []
      }
      return policyWithReader().map { [$0] } ?? []
    case .explicitDeny: return report.layer == .bucketPolicy ? [showPolicy(report)] : []
    case .missingKey, .directoryKey, .originPath: return [showKeys]
    case .deleteMarker:
      guard case .deleteMarker(let version)? = facts.existence.value else { return [] }
      // A marker that is asked for by its ID hides nothing, or not only this.
      guard facts.versionID == nil else { return [AccessFix(.askForVersion)] }
      return [AccessFix(.removeDeleteMarker, object("delete-object", version: version))]
    case .defaultRootObject:
      guard let id = subject.distribution else { return [] }
      return [
        AccessFix(
          .setDefaultRootObject,
          ["aws", "cloudfront", "update-distribution", "--id", id, "--default-root-object", "index.html"])
      ]
    case .cachedError:
      guard let id = subject.distribution, let url = facts.url else { return [] }
      return [
        AccessFix(
          .invalidate, ["aws", "cloudfront", "create-invalidation", "--distribution-id", id, "--paths", url.path])
      ]
    case .requesterPays: return [payAsBucketOwner]
    case .archived:
      let command = object("restore-object", version: facts.versionID)
      // Intelligent-Tiering keeps what it has restored, and takes no number of days.
      let request = facts.storageClass == "INTELLIGENT_TIERING" ? "{}" : "Days=7"
      return [AccessFix(.restore, command.isEmpty ? [] : command + ["--restore-request", request])]
    case .publicACLIgnored, .restrictPublicBuckets: return switchOff(of: report).map { [$0] } ?? []
    case .kmsOAI: return [AccessFix(.useAccessControl)]
    case .kmsAnonymous, .customerKey: return [AccessFix(.encryptWithS3Keys)]
    case .kmsKeyPolicy: return showKeyPolicy.map { [$0] } ?? []
    case .globalEndpoint: return [AccessFix(.useRegionalEndpoint, showDistribution)]
    case .regionWithoutOAI, .oacNeverSigns, .oaiNotOnOrigin, .websiteEndpoint:
      return [AccessFix(.useAccessControl, showDistribution)]
    case .signedURLRequired: return [AccessFix(.signURL)]
    case .viewerProtocol: return [AccessFix(.useHTTPS)]
    case .distributionDisabled: return [AccessFix(.enableDistribution, showDistribution)]
    case .aliasMissing, .otherBucket, .stackedDistribution, .hostForwarded, .authorizationForwarded,
      .geoRestriction, .webACL, .edgeFunction:
      return [AccessFix(.showDistribution, showDistribution)]
    case .customErrorPage, .organizationPolicy, .notVisible: return []
    }
  }

  /// A plan, and if only the object's ACL is at fault, the bucket policy too.
  private mutating func repair() -> [AccessFix] {
    guard subject.caller.kind != .anonymous, subject.principal == nil else { return [] }
    var fixes = [AccessFix(.planRepair(bucket: bucket, AccessFix.PlannedReader(subject))), AccessFix(.applyRepair)]
    if explanation.isDenied(by: .readerNotInACL), explanation.report(.objectOwner)?.verdict != .denies,
      let policy = policyWithReader()
    {
      fixes.append(policy)
    }
    return fixes
  }

  private func showPolicy(_ report: LayerReport) -> AccessFix {
    let statements = report.remarks.flatMap { remark -> [String] in
      if case .statements(.deny, let findings) = remark { findings.map(\.statement) } else { [] }
    }
    return AccessFix(
      .showPolicy(statements),
      ["aws", "s3api", "get-bucket-policy", "--bucket", bucket, "--query", "Policy", "--output", "text"])
  }

  private var showKeys: AccessFix {
    AccessFix(
      .showKeys,
      ["aws", "s3api", "list-objects-v2", "--bucket", bucket] + (option("--prefix", folder) ?? [])
        + ["--max-items", "20", "--query", "Contents[].Key"])
  }

  private var payAsBucketOwner: AccessFix {
    AccessFix(
      .payAsBucketOwner,
      [
        "aws", "s3api", "put-bucket-request-payment", "--bucket", bucket, "--request-payment-configuration",
        "Payer=BucketOwner",
        // Also whom else the policy or an ACL allows, and who would not have paid.
      ], widensAccess: true)
  }

  private var showKeyPolicy: AccessFix? {
    facts.decryptionKey.value.map { key in
      AccessFix(
        .showKeyPolicy,
        [
          "aws", "kms", "get-key-policy", "--key-id", key.key.arn, "--policy-name", "default", "--query", "Policy",
          "--output", "text",
        ] + region(ofARN: key.key.arn))
    }
  }

  /// A command of the AWS CLI about the object; empty if it has no word for the key.
  private func object(_ command: String, version: String?) -> [String] {
    option("--key", facts.key.bytes).map { key in
      ["aws", "s3api", command, "--bucket", bucket] + key + (version.map { ["--version-id", $0] } ?? [])
    } ?? []
  }

  /// An option of the AWS CLI with a key, or the beginning of one.
  ///
  /// - Returns: nil if no word means it there: bytes that are no text, and what the AWS CLI takes for the name of a file
  ///   or an address to read.
  private func option(_ name: String, _ value: [UInt8]) -> [String]? {
    guard let text = String(validating: value, as: UTF8.self), !text.utf8.contains(0),
      !["file://", "fileb://", "http://", "https://"].contains(where: { text.hasPrefix($0) })
    else { return nil }
    // What begins as an option does is one, unless it stands in the same word.
    return text.hasPrefix("-") ? ["\(name)=\(text)"] : [name, text]
  }

  /// The option that names an ARN's region.
  private func region(ofARN arn: String) -> [String] {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count > 3 && !parts[3].isEmpty ? ["--region", String(parts[3])] : []
  }

  private var showDistribution: [String] {
    subject.distribution.map { ["aws", "cloudfront", "get-distribution-config", "--id", $0] } ?? []
  }

  /// The beginning of the keys beside a key.
  private var folder: [UInt8] {
    let key = facts.key
    let end = key.bytes.dropLast().lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    return Array(key.bytes[..<end])
  }

  /// Block Public Access of the bucket without the setting that keeps the reader out; without a command if that does not
  /// help.
  private mutating func switchOff(of report: LayerReport) -> AccessFix? {
    // Either lets the reader in. A policy lets fewer in than every public ACL.
    let flags = report.denying.compactMap(\.flag).sorted { $0 == .restrictPublicBuckets && $1 != $0 }
    // The account's setting, or the organization's, stays on regardless of the bucket's.
    let own = flags.first { !$0.isOn(facts.blockElsewhere) }
    guard let flag = own, var block = drafts.block ?? facts.bucketBlock.value else {
      return flags.first.map { AccessFix(.switchOff($0), widensAccess: true) }
    }
    flag.switchOff(in: &block)
    drafts.block = block
    let settings = block.settings.map { "\($0.name)=\($0.isOn)" }.joined(separator: ",")
    return AccessFix(
      .switchOff(flag),
      ["aws", "s3api", "put-public-access-block", "--bucket", bucket, "--public-access-block-configuration", settings],
      widensAccess: true)
  }

  /// The bucket policy with one more statement, which allows just this reader; nil for readers that no statement can name.
  private mutating func policyWithReader() -> AccessFix? {
    let principal: String
    var condition = ""
    let partition = facts.partition
    switch subject.caller.kind {
    case .originAccessIdentity(let id):
      principal = #"{"AWS":"arn:\#(partition):iam::cloudfront:user/CloudFront Origin Access Identity \#(id)"}"#
    case .service(let name):
      guard let arn = subject.sourceARN, !arn.isEmpty else { return nil }
      principal = #"{"Service":"\#(name)"}"#
      condition = #","Condition":{"StringEquals":{"AWS:SourceArn":"\#(arn)"}}"#
    case .account:
      guard let id = subject.caller.canonicalID else { return nil }
      principal = #"{"CanonicalUser":"\#(id)"}"#
    case .principal(let arn): principal = #"{"AWS":"\#(arn.text)"}"#
    case .anonymous:
      let block = facts.knownBlock
      // S3 would refuse the policy, or make nothing of it.
      if block.blockPublicPolicy || block.restrictPublicBuckets { return AccessFix(.useDistribution) }
      principal = "\"*\""
    }
    let action = facts.versionID == nil ? #""s3:GetObject""# : #"["s3:GetObject","s3:GetObjectVersion"]"#
    let rest =
      #""Effect":"Allow","Principal":\#(principal),"Action":\#(action),"#
      + #""Resource":"arn:\#(partition):s3:::\#(bucket)/*"\#(condition)}"#
    let isAdded = drafts.sids[rest] != nil
    let sid = drafts.sids[rest] ?? freeSid
    drafts.sids[rest] = sid
    let statement = #"{"Sid":"\#(sid)",\#(rest)"#
    let widens = subject.caller.kind == .anonymous
    let whole: String
    // S3 takes no policy that stays public while BlockPublicPolicy is on.
    let isBlocked = facts.knownBlock.blockPublicPolicy && facts.policyIsPublic.value ?? false
    switch (drafts.policy, facts.policy) {
    case _ where isBlocked: return AccessFix(.allowInPolicy(statement: statement), widensAccess: widens)
    case (let draft?, _) where isAdded: whole = String(decoding: draft, as: UTF8.self)
    case (nil, .known(nil, _)): whole = #"{"Version":"2012-10-17","Statement":[\#(statement)]}"#
    case (let draft, .known(let document, _)):
      guard let source = draft ?? document?.source, let merged = PolicyText.adding(statement, to: source) else {
        return AccessFix(.allowInPolicy(statement: statement), widensAccess: widens)
      }
      whole = PolicyText.compact(merged)
    case (_, .hidden), (_, .notAsked):
      return AccessFix(.allowInPolicy(statement: statement), widensAccess: widens)
    }
    drafts.policy = Array(whole.utf8)
    // RestrictPublicBuckets and a Deny of others stay as they are.
    return AccessFix(
      .allowInPolicy(statement: nil),
      ["aws", "s3api", "put-bucket-policy", "--bucket", bucket, "--policy", whole],
      widensAccess: widens)
  }

  /// A Sid that no statement has: S3 takes no policy in which one is there twice.
  private var freeSid: String {
    let taken = Set(facts.policyStatements.map(\.name)).union(drafts.sids.values)
    var sid = "FixaclRead"
    var number = 2
    while taken.contains(sid) {
      sid = "FixaclRead\(number)"
      number += 1
    }
    return sid
  }
}

extension AccessReason {
  /// The setting of Block Public Access that it is about.
  fileprivate var flag: AccessFix.PublicAccessBlockFlag? {
    switch self {
    case .publicACLIgnored: .ignorePublicAcls
    case .restrictPublicBuckets: .restrictPublicBuckets
    default: nil
    }
  }
}

extension AccessFix.PublicAccessBlockFlag {
  func isOn(_ block: PublicAccessBlock) -> Bool {
    switch self {
    case .ignorePublicAcls: block.ignorePublicAcls
    case .restrictPublicBuckets: block.restrictPublicBuckets
    }
  }

  fileprivate func switchOff(in block: inout PublicAccessBlock) {
    switch self {
    case .ignorePublicAcls: block.ignorePublicAcls = false
    case .restrictPublicBuckets: block.restrictPublicBuckets = false
    }
  }
}
