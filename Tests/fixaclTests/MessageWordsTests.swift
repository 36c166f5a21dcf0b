import AWSKit
import TestSupport
import Testing

@testable import FixACLKit
@testable import fixacl

/// What every message has in common: it fits 80 columns, and its sentences are short and plain.
@Suite struct MessageWordsTests {
  /// An account's ID as long as Amazon's.
  private static let id = CanonicalID(String(repeating: "03f348407f09806f", count: 4))
  private static let bucket = "a-bucket-with-a-long-name.example.com"
  private static let error = AWSError(
    kind: .service, operation: "GetObjectAcl", bucket: bucket, key: ObjectKey("posts/2026/11/index.html"), status: 403,
    code: "AccessDenied", message: "Access Denied", requestID: "TX0000000000001", account: "profile tools")
  private static let denial = PolicyDocument.Denial(
    statement: "DenyAll", isCertain: false, resources: ["arn:aws:s3:::b/private/*"])
  private static let repairDenial = PolicyDocument.RepairDenial(
    statement: "DenyACLs", isCertain: true, actions: ["s3:PutObject", "s3:PutObjectAcl"],
    actors: ["profile tools", "profile site"], conditions: ["s3:x-amz-acl"], resources: [])
  private static let oai = Reader(
    .bucketPolicy, .canonicalUser(id, .read), statement: "1", originAccessIdentity: "E2QWRUHEXAMPLE")
  private static let readers = [
    oai, Reader(.grantRead, .canonicalUser(id, .read)),
    Reader(.distribution, .canonicalUser(id, .read), distribution: "E1", originAccessIdentity: "E2QWRUHEXAMPLE"),
    Reader(.bucketPolicy, .service("cloudfront.amazonaws.com", sources: []), statement: "AllowCloudFront"),
  ]
  private static let fileError = FileError("open", "/var/lib/fixacl/plan.json")
  private static let formatError = FileFormatError("plan.json is not a usable plan.")
  private static let stops = [
    FailureStreak.Stop(cause: .credentialsRefused, example: FailureStreak.Failure(error)),
    FailureStreak.Stop(cause: .alike(50), example: FailureStreak.Failure(error)),
    FailureStreak.Stop(
      cause: .alike(50), example: FailureStreak.Failure("it is odd", of: ObjectName(ObjectKey("a"), versionID: nil))),
  ]

  private static let explainProblems: [ExplainProblem] = [
    .noDistribution(host: "www.example.com"), .distributionUnknown("E2QWRUHEXAMPLE"), .distributionsHidden(error),
    .distributionHidden("E2QWRUHEXAMPLE", error), .noBucket(domain: "example.com"), .badPath("/%zz"), .noCloudFront,
    .bucketMissing(error), .identityUnknown("E2QWRUHEXAMPLE"),
  ]

  private static let warnings: [ReaderWarning] = [
    .policyUnreadable(error), .remark(.negated(statement: "S")),
    .remark(.deletedPrincipal(.deleted("AIDAIOSFODNN7EXAMPLE"), statement: "S")),
    .remark(.partial(.canonicalUser(id), statement: "S", resources: ["arn:aws:s3:::b/img/*"], prefix: "img/")),
    .remark(.conditional(.originAccessIdentity("E2"), statement: "S", keys: ["aws:Referer"])),
    .remark(.conditional(.cloudFront, statement: "S", keys: ["aws:SourceVpc"])),
    .identityIsGone("E2QWRUHEXAMPLE", statement: "S"),
    .anonymousOrigin(AnonymousOrigin(distribution: "E1", domain: "b.s3.amazonaws.com", isWebsite: false)),
    .anonymousOrigin(AnonymousOrigin(distribution: "E1", domain: "b.s3-website.amazonaws.com", isWebsite: true)),
    .accessControlUnknown(distribution: "E1"),
    .accessControlNotAllowed(distribution: "E1", bucket: bucket, .of(.standard)),
    .denialsUnknownMalformed("it is not the JSON of a policy"), .denialsUnknown(error), .denied(oai, denial),
  ]

  private static let block = PublicAccessBlock()
  private static let changes: [SurroundingsChange] =
    [
      .aclsOff(for: .apply, was: nil), .aclsOff(for: .rollback, was: .objectWriter),
      .objectOwnership(was: .objectWriter, now: .bucketOwnerPreferred),
      .encryption(was: .s3Managed, now: ObjectEncryption(algorithm: "aws:kms")), .objectLock, .requesterPays,
      .policyUnreadable, .policy, .readerNotAllowed(oai), .readerDenied(oai, denial), .repairDenied(repairDenial),
    ]
    + [.none, .blocksRollback, .blocksPlan, .wouldDrop(.whenBlocked), .wouldKeep(.whenBlocked), .reveals].map {
      .publicAccess(was: block, now: block, $0)
    }
    + [.none, .makesCopiesFinal, .leavesVersions].map { .versioning(was: .enabled, now: .suspended, $0) }

  private static let remarks: [AccountRemark] = [
    .isNotBucketOwner(profile: "profile site", id, bucketOwner: id),
    .isSameAccount(first: "profile site", second: "profile tools", id), .isBucketOwner(profile: "profile site"),
    .ownsNothing(profile: "profile tools", id),
  ]
  private static let settings: [BucketInspection.Setting] = [
    .location, .versioning, .objectOwnership, .publicAccessBlock, .encryption, .objectLock,
  ]
  private static let interruptions: [Notice.Interrupted] = [
    .scan(hasCheckpoint: true), .scan(hasCheckpoint: false), .writing, .reading,
  ]
  private static let beneficiaries: [Notice.Beneficiary] =
    readers.map { .reader($0) } + [true, false].map { .grantee(.user(id, .fullControl), isBucketOwner: $0) }
  private static let versionings: [VersioningState?] = [.unversioned, .enabled, .suspended, nil]

  private static let edgeProblems: [EdgeProblem] = [
    .noCloudFront, .noDistribution(bucket: bucket), .distributionUnknown("E1OVCHQG79KV2B"),
    .otherOrigins(distribution: "E1OVCHQG79KV2B", bucket: bucket, domains: ["a.s3.amazonaws.com", "b.example.com"]),
    .tenantOnly("E1OVCHQG79KV2B"), .unanswered(error), .badDomainName(distribution: "E1OVCHQG79KV2B"),
    .refused(distribution: "E1OVCHQG79KV2B", error), .busy(distribution: "E1OVCHQG79KV2B", error),
    .unreachable(distribution: "E1OVCHQG79KV2B", TransportError(.cannotConnect, "connection refused")),
  ]

  private static let invalidations: [InvalidationNotice] = {
    var distribution = Distribution(id: "E1OVCHQG79KV2B", domainName: "d111111abcdef8.cloudfront.net")
    distribution.aliases = ["www.example.com"]
    var paths = InvalidationPaths(budget: InvalidationPaths.Budget(paths: 3, wildcards: 3))
    for path in ["/index.html", "/img/a", "/img/b", "/img/c"] { paths.insert(path) }
    let planned = DistributionInvalidation(distribution, objects: 4, paths)
    var made = planned
    made.id = "I2J0I21PCUYOIK"
    var completed = made
    completed.isCompleted = true
    var notices: [InvalidationNotice] = [
      .planned([planned], isDryRun: false), .planned([planned, planned], isDryRun: true), .already(made),
      .nothingServed(planned), .mayMiss(planned), .busy(distribution: "E1OVCHQG79KV2B", seconds: 20),
      .created(made, isAwaited: false),
      .created(made, isAwaited: true), .created(completed, isAwaited: false), .inProgress(made, seconds: 90),
      .completed(completed), .notYet(changes: 1), .notYet(changes: 1234), .failed(made, .unanswered(error)),
    ]
    for problem in edgeProblems {
      notices += [
        .failed(planned, problem), .unknownDistributions(problem, .readers, profile: nil),
        .unknownDistributions(problem, .named(["E1OVCHQG79KV2B"]), profile: "site"),
      ]
    }
    return notices
  }()

  static let notices: [Notice] = {
    var notices: [Notice] = settings.map { .settingUnknown($0, error) }
    notices += [
      .callerUnknown(profile: "profile site", error), .accountPublicAccessBlockUnknown(error), .aclsOff,
      .publicGrantsHidden, .repairDenied(repairDenial), .granteeDropped(id),
      .checkpointBusy(path: "plan.json.checkpoint"), .checkpointUnavailable(fileError),
      .resumed(begun: Timestamp(seconds: 1_800_000_000), listed: 12_345_678, foreign: 1_234_567),
      .journalSetAside(path: "plan.json.03f348407f09.journal"), .planUnused(journal: "plan.json.journal", formatError),
      .journalCut(path: "plan.json.journal"), .nothingToApply(Tally(planned: 3)), .nothingToApply(Tally(blocked: 1)),
      .nothingToRollBack,
    ]
    notices += remarks.map { .account($0) }
    notices += readers.map { .reader($0) }
    notices += warnings.map { .readerWarning($0) }
    notices += changes.map { .surroundings($0) }
    notices += [.noCloudFront, .unknown, .failed(error)].map { .readerUnverified(oai, $0) }
    notices += interruptions.map { .interrupted($0) }
    notices += invalidations.map { .invalidation($0) } + edgeProblems.map { .edgeUnasked($0, profile: "site") }
    notices.append(.willRestore([Grant(.canonicalUser(id), .read)], bucket: bucket))
    notices += versionings.map { .copies(1_234, $0) }
    notices += beneficiaries.map {
      .willGrant($0, objects: 10_000_000, bucket: bucket, signers: [Notice.Signer(name: "profile tools", id: id)])
    }
    return notices
  }()

  static let errors: [any Error] = {
    let path = "/var/lib/fixacl/plan.json"
    let setting = SessionProblem.Setting(value: "/etc/ca.pem", source: "AWS_CA_BUNDLE")
    var errors: [any Error] = [
      WorkflowError.otherServer(.plan, planned: "http://127.0.0.1:1", now: nil),
      WorkflowError.otherServer(.journal, planned: nil, now: "http://127.0.0.1:1"), WorkflowError.badRegion(.plan, "x"),
      WorkflowError.otherOwner(.plan, bucket: bucket, planned: id, now: id),
      WorkflowError.missingCredentials(.plan, [id, id]), WorkflowError.missingBucketOwner(.plan, id),
      WorkflowError.otherIdentity(oai, id), WorkflowError.surroundings([.policy, .readerNotAllowed(oai)], .apply),
      WorkflowError.swappedProfiles(error, bucketOwner: "profile site", other: "profile tools"),
      WorkflowError.ownerUnknown(profile: "profile tools", error), WorkflowError.requesterPays,
      WorkflowError.notCanonicalID("123456789012", .grantRead), WorkflowError.neededGrantee(id, isBucketOwner: true),
      WorkflowError.neededGrantee(id, isBucketOwner: false), WorkflowError.outputUnusable(path: path, .isFolder),
      WorkflowError.outputUnusable(path: path, .isSpecial),
      WorkflowError.outputUnusable(path: path, .file(fileError)), WorkflowError.journal(fileError, changed: 3),
      SessionProblem.certificatesUnreadable(setting), SessionProblem.otherCertificates(setting),
      SessionProblem.noFIPS(source: "AWS_USE_FIPS_ENDPOINT"), SessionProblem.badEndpoint(setting),
      SessionProblem.otherVariant(.fips, source: "AWS_USE_FIPS_ENDPOINT", url: setting),
      SessionProblem.badRegion(setting), OpenFileLimit.TooLow(limit: 20), fileError, formatError, error,
      PlanWriter.Unusable(detail: "it is cut short"),
      ReaderProblem.policyMalformed("it is not the JSON of a policy"), ReaderProblem.policyUnreadable(error),
      ReaderProblem.noReader(hasPolicy: false, warnings: [], others: []),
      ReaderProblem.noReader(
        hasPolicy: true, warnings: warnings,
        others: [UngrantablePrincipal(principal: .everyone, statement: "1")]), ReaderProblem.identityUnknown("E2"),
      ReaderProblem.distributionUnknown("E1"),
      ReaderProblem.otherOrigins(distribution: "E1", bucket: bucket, domains: ["a.s3.amazonaws.com"]),
      ReaderProblem.anonymousOrigin(
        AnonymousOrigin(distribution: "E1", domain: "b.s3.amazonaws.com", isWebsite: false)),
    ]
    for question in [
      ReaderProblem.Question.origins(distribution: "E1"), .canonicalID(originAccessIdentity: "E2QWRUHEXAMPLE"),
    ] {
      errors += [ReaderProblem.noCloudFront(question), ReaderProblem.cloudFront(question, error)]
    }
    let reasons: [CheckpointError.Reason] = [
      .otherFile, .unusable("it is damaged at its byte 12"), .differs(["accounts was a and is b"]), .fromTheFuture,
      .tooOld(age: 100_000, maximum: 3600),
    ]
    errors += reasons.map { CheckpointError(path: path, reason: $0) }
    let failures: [BucketScanner.Failure] =
      [.s3(error), .file(fileError), .plan(formatError), .ownerMissing(ObjectKey("a"))] + stops.map { .hopeless($0) }
    errors += explainProblems.map { $0 as any Error }
    errors.append(
      NoLogs(
        problem: LogProblem(place: "s3://logs/site/2026-11-27", kind: .unreadable("no such file or directory"))))
    for failure in failures {
      errors += [path, nil].map {
        WorkflowError.scan(failure, checkpoint: $0, spoolFolder: "/tmp", isSpoolChosen: true)
      }
    }
    return errors
  }()

  /// Each message, with the texts about objects that stand in some.
  static let messages: [Message] = {
    var messages = (notices + laterNotices).map(\.message)
    messages += (errors + laterErrors).compactMap { Message.report(on: $0)?.message }
    let explanations =
      ChangeReason.allCases.map(\.explanation)
      + [
        Staleness.deleted, .overwritten, .ownerChanged(id), .aclChanged, .propertiesChanged, .tagsChanged, .changedBack,
      ].map(
        \.explanation) + [Irreversible.ownership, .previousVersion, .publicGrants].map(\.explanation)
    messages += explanations.map { Message(.warning, "object", "blocked: posts/2026/index.html: \($0).") }
    messages += laterTexts.map { Message(.note, "layer", "\($0).") }
    messages += AdviceTests.rows.map { row in
      Message(
        .error, "aws",
        AWSError(
          kind: .service, operation: row.operation, status: row.status, code: row.code, message: "",
          account: "profile tools", service: row.service,
          argument: row.argument.map { AWSError.Argument(name: "CanonicalUser/ID", value: $0) }))
    }
    return messages
  }()

  @Test(arguments: messages.map { $0.lines(TextLayout(columns: nil)) })
  func wordsArePlain(message: [String]) {
    let text = message[0]
    for word in [
      " at hand", " whom ", " lets ", " let in", "found out", " drawn", " anew", " no more ", "is not known whether",
      " goes on", " go on ", "let the reader in", " of before", "under way", " whoever ", "anybody", "(s)",
    ] {
      #expect(!text.contains(word), "'\(word)' in: \(text)")
    }
    for sentence in text.split(omittingEmptySubsequences: true, whereSeparator: { ".;:".contains($0) }) {
      let words = sentence.split(separator: " ").count
      #expect(words <= 25, "\(words) words: \(sentence)")
    }
    #expect(!text.contains("  "), "two blanks in: \(text)")
    #expect(!text.contains(". ."), "\(text)")
    #expect(!text.contains("..") && !text.contains("?."), "\(text)")
    let hasEnd = text.hasSuffix(".") || text.hasSuffix("?") || text.hasSuffix(":") && message.count > 1
    #expect(hasEnd, "no end: \(text)")
  }

  @Test(arguments: messages.map { $0.lines(TextLayout(columns: 80)) })
  func linesFitATerminal(message: [String]) {
    // Below the paragraph come commands, two blanks deep.
    let paragraph = message.prefix { line in !line.hasPrefix("  ") || line.hasPrefix("      ") }
    for line in paragraph { #expect(line.count <= 80, "\(line)") }
  }

  @Test func statementsHaveARNsOfThePartition() throws {
    let region = try #require(Region("cn-north-1"))
    let warning = ReaderWarning.accessControlNotAllowed(distribution: "E1", bucket: "b", .of(region))
    let statement = try #require(warning.message.commands.first)
    #expect(statement.contains("\"arn:aws-cn:s3:::b/*\"") && statement.contains("\"arn:aws-cn:cloudfront::ACCOUNT:"))
  }
}
