package import AWSKit

/// Something that would give the reader access, or shows how.
package struct AccessFix: Sendable, Equatable {
  /// What it does; views have the words.
  package enum Action: Sendable, Equatable {
    /// Plan the repair of all objects of the bucket, for a reader; without one, for those that the bucket policy allows.
    case planRepair(bucket: String, PlannedReader?)
    /// Apply that plan.
    case applyRepair
    /// Add a statement to the bucket policy.
    case allowInPolicy(statement: String?)
    /// Look at the statements that deny, to change them.
    case showPolicy([String])
    case showKeys
    case removeDeleteMarker
    case setDefaultRootObject
    case invalidate
    case payAsBucketOwner
    case restore
    case switchOff(PublicAccessBlockFlag)
    case encryptWithS3Keys
    case useAccessControl
    case showKeyPolicy
    case useRegionalEndpoint
    case showDistribution
    case signURL
    case useHTTPS
    case enableDistribution
    /// Of the reader's own policies.
    case allowIdentity
  }

  /// How a plan names a reader.
  package enum PlannedReader: Sendable, Equatable {
    case distribution(String)
    case originAccessIdentity(String)
    case canonicalID(CanonicalID)
  }

  package enum PublicAccessBlockFlag: Sendable, Equatable {
    case ignorePublicAcls, restrictPublicBuckets
  }

  package var action: Action
  /// The words of one command of the AWS CLI; empty if it takes more than one, or another tool.
  package var command: [String]
  /// Whether it gives others access, too.
  package var widensAccess = false

  init(_ action: Action, _ command: [String] = [], widensAccess: Bool = false) {
    self.action = action
    self.command = command
    self.widensAccess = widensAccess
  }
}

extension AccessFix {
  /// What would give a refused reader access.
  static func fixes(for explanation: ReaderExplanation, _ facts: AccessFacts) -> [AccessFix] {
    guard explanation.verdict != .allowed else { return [] }
    var fixes: [AccessFix] = []
    let subject = explanation.subject
    let bucket = facts.bucket
    func aws(_ words: String...) -> [String] { ["aws"] + words }
    func add(_ fix: AccessFix) {
      if !fixes.contains(fix) { fixes.append(fix) }
    }
    for report in explanation.layers where report.verdict == .denies {
      for reason in report.reasons {
        switch reason {
        case .foreignOwner, .readerNotInACL:
          guard subject.caller.kind != .anonymous, subject.principal == nil else { continue }
          add(AccessFix(.planRepair(bucket: bucket, plannedReader(subject))))
          add(AccessFix(.applyRepair))
          if explanation.isDenied(by: .readerNotInACL), explanation.report(.objectOwner)?.verdict != .denies,
            let policy = policyWith(subject, facts)
          {
            add(policy)
          }
        case .noAllow where report.layer == .iam, .explicitDeny where report.layer == .iam:
          add(AccessFix(.allowIdentity))
        case .noAllow, .oacNotInPolicy, .oacSourceARN, .oaiMismatch, .oaiGone, .conditionNotMet:
          // A distribution that reads as anybody is to read as somebody.
          guard report.layer == .bucketPolicy, subject.distribution == nil || subject.caller.kind != .anonymous,
            let fix = policyWith(subject, facts)
          else { continue }
          add(fix)
        case .explicitDeny:
          guard report.layer == .bucketPolicy else { continue }
          let statements = report.remarks.flatMap { remark -> [String] in
            if case .statements(.deny, let findings) = remark { findings.map(\.statement) } else { [] }
          }
          add(
            AccessFix(
              .showPolicy(statements),
              aws("s3api", "get-bucket-policy", "--bucket", bucket, "--query", "Policy", "--output", "text")))
        case .missingKey, .directoryKey, .originPath:
          add(
            AccessFix(
              .showKeys,
              aws(
                "s3api", "list-objects-v2", "--bucket", bucket, "--prefix", folder(of: facts.key), "--max-items", "20",
                "--query", "Contents[].Key")))
        case .deleteMarker:
          guard case .deleteMarker(let version)? = facts.existence.value else { continue }
          add(
            AccessFix(
              .removeDeleteMarker,
              aws(
                "s3api", "delete-object", "--bucket", bucket, "--key", facts.key.text, "--version-id", version)))
        case .defaultRootObject:
          guard let id = subject.distribution else { continue }
          add(
            AccessFix(
              .setDefaultRootObject,
              aws("cloudfront", "update-distribution", "--id", id, "--default-root-object", "index.html")))
        case .cachedError:
          guard let id = subject.distribution, let url = facts.url else { continue }
          add(
            AccessFix(
              .invalidate,
              aws("cloudfront", "create-invalidation", "--distribution-id", id, "--paths", url.path)))
        case .requesterPays:
          add(
            AccessFix(
              .payAsBucketOwner,
              aws(
                "s3api", "put-bucket-request-payment", "--bucket", bucket, "--request-payment-configuration",
                "Payer=BucketOwner")))
        case .archived:
          add(
            AccessFix(
              .restore,
              aws(
                "s3api", "restore-object", "--bucket", bucket, "--key", facts.key.text, "--restore-request", "Days=7")))
        case .publicACLIgnored:
          add(
            AccessFix(
              .switchOff(.ignorePublicAcls), blockCommand(facts) { $0.ignorePublicAcls = false }, widensAccess: true))
        case .restrictPublicBuckets:
          add(
            AccessFix(
              .switchOff(.restrictPublicBuckets), blockCommand(facts) { $0.restrictPublicBuckets = false },
              widensAccess: true))
        case .kmsOAI: add(AccessFix(.useAccessControl))
        case .kmsAnonymous, .customerKey: add(AccessFix(.encryptWithS3Keys))
        case .kmsKeyPolicy:
          guard let arn = facts.decryptionKey.value?.key.arn else { continue }
          add(
            AccessFix(
              .showKeyPolicy,
              aws(
                "kms", "get-key-policy", "--key-id", arn, "--policy-name", "default", "--query", "Policy", "--output",
                "text")))
        case .globalEndpoint: add(AccessFix(.useRegionalEndpoint, show(subject)))
        case .regionWithoutOAI, .oacNeverSigns, .oaiNotOnOrigin, .websiteEndpoint:
          add(AccessFix(.useAccessControl, show(subject)))
        case .signedURLRequired: add(AccessFix(.signURL))
        case .viewerProtocol: add(AccessFix(.useHTTPS))
        case .distributionDisabled: add(AccessFix(.enableDistribution, show(subject)))
        case .aliasMissing, .otherBucket, .stackedDistribution, .hostForwarded, .authorizationForwarded,
          .geoRestriction, .webACL, .edgeFunction:
          add(AccessFix(.showDistribution, show(subject)))
        case .customErrorPage, .organizationPolicy, .notVisible: continue
        }
      }
    }
    return fixes
  }

  private static func show(_ subject: ReadSubject) -> [String] {
    subject.distribution.map { ["aws", "cloudfront", "get-distribution-config", "--id", $0] } ?? []
  }

  /// How a plan names this reader; nil if the bucket policy names it.
  private static func plannedReader(_ subject: ReadSubject) -> PlannedReader? {
    switch subject.source {
    case .distribution: subject.distribution.map { .distribution($0) }
    case .oai: subject.originAccessIdentity.map { .originAccessIdentity($0) }
    case .id: subject.caller.canonicalID.map { .canonicalID($0) }
    case .bucketPolicy, .principal, .anonymous: nil
    }
  }

  /// The beginning of the keys beside a key.
  private static func folder(of key: ObjectKey) -> String {
    let end = key.bytes.dropLast().lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    return String(decoding: key.bytes[..<end], as: UTF8.self)
  }

  /// Block Public Access as it is, with a change.
  private static func blockCommand(
    _ facts: AccessFacts, _ change: (inout PublicAccessBlock) -> Void
  ) -> [String] {
    // The account's setting, or the organization's, stays on regardless of the bucket's.
    guard var block = facts.bucketBlock.value else { return [] }
    let before = block
    change(&block)
    guard block != before else { return [] }
    let settings = block.settings.map { "\($0.name)=\($0.isOn)" }.joined(separator: ",")
    return [
      "aws", "s3api", "put-public-access-block", "--bucket", facts.bucket, "--public-access-block-configuration",
      settings,
    ]
  }

  /// The bucket policy with one more statement, which allows just this reader; nil for readers that no statement can name.
  private static func policyWith(_ subject: ReadSubject, _ facts: AccessFacts) -> AccessFix? {
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
    case .anonymous: principal = "\"*\""
    }
    let statement =
      #"{"Sid":"FixaclRead","Effect":"Allow","Principal":\#(principal),"Action":"s3:GetObject","#
      + #""Resource":"arn:\#(partition):s3:::\#(facts.bucket)/*"\#(condition)}"#
    let widens = subject.caller.kind == .anonymous
    guard case .known(let document, _) = facts.policy else {
      return AccessFix(.allowInPolicy(statement: statement), widensAccess: widens)
    }
    let whole: String
    if let document {
      guard let source = document.source, let merged = PolicyText.adding(statement, to: source) else {
        return AccessFix(.allowInPolicy(statement: statement), widensAccess: widens)
      }
      whole = merged
    } else {
      whole = #"{"Version":"2012-10-17","Statement":[\#(statement)]}"#
    }
    // RestrictPublicBuckets and a Deny of others stay as they are.
    return AccessFix(
      .allowInPolicy(statement: nil),
      ["aws", "s3api", "put-bucket-policy", "--bucket", facts.bucket, "--policy", whole],
      widensAccess: widens)
  }
}
