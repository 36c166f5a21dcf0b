import AWSKit
import TestSupport

@testable import FixACLKit
@testable import fixacl

/// Messages of batch, inventory, reconcile and explain, and of selections.
extension MessageWordsTests {
  private static let bucket = "a-bucket-with-a-long-name.example.com"
  private static let account = CanonicalID(String(repeating: "03f348407f09806f", count: 4))
  private static let denied = AWSError(
    kind: .service, operation: "CreateJob", bucket: bucket, status: 403, code: "AccessDenied", message: "Access Denied",
    requestID: "TX0000000000001", account: "profile tools")
  private static let unreadable = FileError("open", "/var/lib/fixacl/plan.json")
  private static let job = "a335d4df-46f1-6c86-d944-00bfa753559c"
  private static let keys = [ObjectKey("posts/2026/11/index.html"), ObjectKey("a\r")]

  private static func jobs(_ count: Int) -> [BatchHistory.Job] {
    var history = BatchHistory()
    for number in 1...count {
      history.take(
        .submits(
          BatchJobRecord(
            number: number, submission: 1...count, group: BatchGroup(account: account, to: ACLName("a")),
            account: AccountID("111122223333")!, role: "arn:aws:iam::111122223333:role/fixacl", tasks: 1,
            manifest: BatchManifestLocation(bucket: bucket, key: "m", etag: "e", hasVersions: false),
            reportBucket: bucket, reportPrefix: "r")))
      if number > 1 { history.take(.created(number: number, id: job)) }
    }
    return history.jobs
  }

  static let laterNotices: [Notice] = {
    let obstacles: [BatchObstacle] = [
      .tooLarge, .grantFirst, .tagsHidden, .storageClass, .encryption, .unreadable, .changed, .copy(.customerKey),
      .version,
    ]
    var batch: [BatchNotice] = [
      .limits(hasCopies: true), .limits(hasCopies: false), .nothingToSubmit, .noJobs,
      .notEnded(number: 1, id: nil, status: ""), .notEnded(number: 1, id: job, status: "Suspended"),
      .notEnded(number: 1, id: job, status: "Active"), .gone(number: 1, id: job), .sampled(100, of: 123_456),
      .reportUnreadable(number: 1, id: job, reason: "it is damaged"), .endedUnread(jobs(1)), .endedUnread(jobs(5)),
      .interrupted(created: 0, of: 0), .interrupted(created: 1, of: 12), .interrupted(created: 1, of: 1),
    ]
    for count in [1, 12] {
      batch += [.submittedBefore(jobs: count), .preparing(jobs: count, seconds: 90), .stillPreparing(jobs: count)]
    }
    batch += obstacles.map { .left([(obstacle: $0, changes: 12)]) }
    let reconcile: [ReconcileNotice] = [
      .metricsUnwritten(unreadable), .lastRunUnwritten(unreadable), .pruningFailed(unreadable), .timeIsOver(1800),
      .scanRestarted(CheckpointError(path: "site.checkpoint", reason: .fromTheFuture)),
    ]
    let list = SelectionRequest.KeySource(path: "keys.txt")
    let selection: [SelectionNotice] = [
      .ownAllowed([Reader(.grantRead, .canonicalUser(account, .read))]), .ownNeedsNothing, .readingTerminal,
      .emptyKeyList(name: "keys.txt"), .unusableKeys(1, keys, list), .unusableKeys(12, keys, list),
      .missingKeys(1, of: 2, [keys[0]], bucket: bucket), .missingKeys(12, of: 20, [keys[1]], bucket: bucket),
    ]
    let report = InventoryPlace("s3://reports/site/manifest.json")!
    let begun = Timestamp(seconds: 1_800_000_000)
    let inventory: [InventoryNotice] = [
      .report(report, created: begun, now: Timestamp(seconds: 1_800_003_600)),
      .report(report, created: begun, now: Timestamp(seconds: 1_810_000_000)), .lookedUp(12, .none),
      .lookedUp(12, .changed), .noStorageClasses, .setupInterrupted(bucket: bucket, destination: "b", hasPolicy: true),
      .setupInterrupted(bucket: bucket, destination: "b", hasPolicy: false),
    ]
    return batch.map { .batch($0) } + reconcile.map { .reconcile($0) } + selection.map { .selection($0) }
      + inventory.map { .inventory($0) }
  }()

  static let laterErrors: [any Error] = {
    let account = BatchProblem.JobAccount(
      name: "profile tools", canonicalID: Self.account, id: AccountID("111122223333")!)
    let report = InventoryPlace("s3://reports/site/manifest.json")!
    let inventory: [InventoryProblem] = [
      .unreadable(name: "s3://reports/site/manifest.json", denied), .file(unreadable),
      .notManifest(report, detail: "it is not JSON"), .otherChecksum(report), .incomplete(report),
      .otherBucket(report: "other", planned: bucket), .unknownFormat("ORC"), .missingColumns(["Key", "Size"]),
      .onlyCurrentVersions, .damaged(name: "data/1.csv.gz", detail: "its MD5 is another"), .tooManyVersions(keys[0]),
      .interrupted,
    ]
    let batch: [BatchProblem] = [
      .missingRoles([account]), .accountUnknown(name: "profile tools", Self.account), .noControl(server: nil),
      .noControl(server: "http://127.0.0.1:1"), .tooManyJobs(1234), .otherSubmission(number: 1), .manifest(denied),
      .spool(unreadable), .creation(denied, number: 1, created: 0), .creation(denied, number: 2, created: 1),
      .confirmation(denied, number: 1), .otherJob(number: 1, id: job),
      .underWay(jobs(1), before: .apply, plan: "plan.json", region: .standard),
      .underWay(jobs(5), before: .rollback, plan: nil, region: .standard),
      .underWayOfOther(jobs(2), journal: "plan.json.journal", region: .standard),
      .undescribed(denied, number: 1, id: job),
    ]
    let workflow: [WorkflowError] =
      [
        .badRegion(.journal, "x"), .otherOwner(.journal, bucket: bucket, planned: Self.account, now: Self.account),
        .keyListUnreadable(unreadable), .policyMalformed(bucket: bucket),
        .reconcileBusy(bucket: bucket, lock: "/var/lib/fixacl/lock"),
        .otherState(folder: "/var/lib/fixacl", was: nil, now: "http://127.0.0.1:1"),
        .leftBehind(plan: "a.plan.json", journal: "a.plan.json.journal", FileFormatError("It is damaged.")),
      ]
      + inventory.map { .inventory($0, bucket: bucket, folder: "/tmp", isFolderChosen: true) }
    return batch.map { $0 as any Error } + workflow.map { $0 as any Error }
  }()

  /// What `explain` says, and what stops a reconcile, each as a sentence.
  static let laterTexts: [String] = {
    let sights: [Sight.Holder] = [
      .bucketOwner, .objectOwner(account), .objectOwner(nil), .distributionOwner, .keyOwner, .managementAccount,
      .nobody,
    ]
    var block = PublicAccessBlock()
    block.ignorePublicAcls = true
    let remarks: [AccessRemark] =
      sights.flatMap { [.hidden(Sight($0, "s3:GetObjectAcl")), .hidden(Sight($0, ""))] } + [
        .present, .folder(index: keys[0]), .folder(index: nil), .withoutOriginPath(keys[0]),
        .owner(account, isBucketOwner: true), .owner(account, isBucketOwner: false), .bucketOwner(account), .aclsOff,
        .aclsCount, .noPolicy, .wouldAllow, .onlyDenies, .grants([.user(account, .read)]), .publicGrantsIgnored,
        .blocks(block), .nothingBlocked, .encryption("AES256", keyID: nil), .notEncrypted, .locked,
        .notLocked, .corsRules(0), .corsRules(2), .isRoot, .ofOwnAccount, .noOrganization, .sentByRequester,
        .proofContradicts,
      ]
    let trips: [GuardRails.Trip] = [
      .changes(12_345, limit: 10_000), .changesPercent(changes: 500, listed: 501, limit: 10),
      .copyBytes(1 << 40, limit: 1 << 30), .irreversible(copies: 12, .suspended), .irreversible(copies: 1, nil),
      .newReader(Reader(.grantRead, .canonicalUser(account, .read))), .newGrantee(.user(account, .read)),
      .newOwner(account, objects: 12), .newBucketOwner(was: account, now: account),
      .objectOwnership(was: .objectWriter, now: .bucketOwnerPreferred),
      .blockPublicAccess(ofAccount: true, was: block, now: block),
    ]
    let actions: [AccessFix.Action] = [
      .planRepair(bucket: bucket, nil), .applyRepair, .allowInPolicy(statement: nil), .showPolicy(["1", "DenyAll"]),
      .showKeys, .removeDeleteMarker, .askForVersion, .setDefaultRootObject, .invalidate, .payAsBucketOwner, .restore,
      .switchOff(.ignorePublicAcls), .switchOff(.restrictPublicBuckets), .encryptWithS3Keys, .useAccessControl,
      .showKeyPolicy, .useRegionalEndpoint, .showDistribution, .signURL, .useHTTPS, .enableDistribution,
      .allowIdentity("s3:GetObject"), .useDistribution,
    ]
    let fixes = actions.flatMap { [AccessFix($0), AccessFix($0, ["aws"])] }
    return fixes.map(\.text) + AccessReason.allCases.map(\.explanation) + remarks.compactMap(\.text)
      + trips.map { $0.text(after: Timestamp(seconds: 1_800_000_000)) }
  }()
}
