package import AWSKit

/// Something that would let the reader in, or shows how.
package struct AccessFix: Sendable, Equatable {
  /// What it does; views have the words.
  package enum Action: Sendable, Equatable {
    /// Plan the repair of all objects, and apply the plan.
    case planRepair, applyRepair
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

  package enum PublicAccessBlockFlag: Sendable, Equatable {
    case ignorePublicAcls, restrictPublicBuckets
  }

  package var action: Action
  /// The words of one command; empty if it takes more than one, or none of these tools'.
  package var command: [String]
  /// Whether it lets in more than the reader.
  package var widensAccess = false

  init(_ action: Action, _ command: [String] = [], widensAccess: Bool = false) {
    self.action = action
    self.command = command
    self.widensAccess = widensAccess
  }
}

extension AccessFix {
  /// What would let a reader in that is refused.
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
          add(AccessFix(.planRepair, ["fixacl", "plan", bucket] + readerOptions(subject) + ["-o", "plan.json"]))
          add(AccessFix(.applyRepair, ["fixacl", "apply", "plan.json"]))
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
              aws("s3api", "list-objects-v2", "--bucket", bucket) + (option("--prefix", folder(of: facts.key)) ?? [])
                + ["--max-items", "20", "--query", "Contents[].Key"]))
        case .deleteMarker:
          guard case .deleteMarker(let version)? = facts.existence.value else { continue }
          add(
            AccessFix(
              .removeDeleteMarker,
              option("--key", facts.key.bytes).map { key in
                aws("s3api", "delete-object", "--bucket", bucket) + key + ["--version-id", version]
              } ?? []))
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
              option("--key", facts.key.bytes).map { key in
                aws("s3api", "restore-object", "--bucket", bucket) + key
                  + (facts.versionID.map { ["--version-id", $0] } ?? []) + ["--restore-request", "Days=7"]
              } ?? []))
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
                "text") + region(ofARN: arn)))
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

  /// The options with which `fixacl plan` means this reader; none if the bucket policy names it.
  private static func readerOptions(_ subject: ReadSubject) -> [String] {
    switch subject.source {
    case .bucketPolicy: []
    case .distribution: subject.distribution.map { ["--distribution", $0] } ?? []
    case .oai: subject.originAccessIdentity.map { ["--oai", $0] } ?? []
    case .id: subject.caller.canonicalID.map { ["--grant-read", "id=\($0)"] } ?? []
    case .principal, .anonymous: []
    }
  }

  /// The beginning of the keys beside a key.
  private static func folder(of key: ObjectKey) -> [UInt8] {
    let end = key.bytes.dropLast().lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    return Array(key.bytes[..<end])
  }

  /// An option of the AWS CLI with a key, or the beginning of one.
  ///
  /// - Returns: nil if no word means it there: bytes that are no text, and what the AWS CLI takes for the name of a file
  ///   or an address to read.
  private static func option(_ name: String, _ value: [UInt8]) -> [String]? {
    guard let text = String(validating: value, as: UTF8.self), !text.utf8.contains(0),
      !["file://", "fileb://", "http://", "https://"].contains(where: { text.hasPrefix($0) })
    else { return nil }
    // What begins as an option does is one, unless it stands in the same word.
    return text.hasPrefix("-") ? ["\(name)=\(text)"] : [name, text]
  }

  /// The option that names an ARN's region.
  private static func region(ofARN arn: String) -> [String] {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count > 3 && !parts[3].isEmpty ? ["--region", String(parts[3])] : []
  }

  /// Block Public Access as it is, with a change.
  private static func blockCommand(
    _ facts: AccessFacts, _ change: (inout PublicAccessBlock) -> Void
  ) -> [String] {
    // The account's setting, or the organization's, stays on whatever the bucket's is.
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

  /// The bucket policy with one more statement, which lets just this reader read; nil for whom that makes no sense.
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
      whole = PolicyText.compact(merged)
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
