internal import AWSKit
internal import Synchronization

/// One scan of a bucket, from its settings to the plan.
final class PlanRun: Sendable {
  let request: PlanRequest
  /// The keys to ask for; nil to list the bucket.
  let keys: KeyList?
  let session: Session
  let tool: String
  let spoolFolder: String
  let stop: StopSignal
  let events: RunEventHandler
  private let start = ContinuousClock.now
  /// Set once the same command would resume.
  private let hasCheckpoint = Atomic<Bool>(false)

  init(
    request: PlanRequest, keys: KeyList?, session: Session, tool: String, spoolFolder: String, stop: StopSignal,
    events: @escaping RunEventHandler
  ) {
    self.request = request
    self.keys = keys
    self.session = session
    self.tool = tool
    self.spoolFolder = spoolFolder
    self.stop = stop
    self.events = events
  }

  func run() async throws -> RunResult {
    stop.onSet { [self] cause in
      if cause == .interruption {
        tell(.interrupted(.scan(hasCheckpoint: hasCheckpoint.load(ordering: .relaxed))))
      }
      session.stopRequests()
    }
    let firstPage = firstPage()
    var (inspection, callers) = try await session.inspect(request.bucket) { firstPage?.begin() }
    for omission in inspection.omissions { tell(.settingUnknown(omission.setting, omission.error)) }
    guard inspection.bucket.objectOwnership != .bucketOwnerEnforced else {
      return try writeEmptyPlan(for: inspection)
    }
    if !request.selection.includesOwn, request.selection.owners.contains(inspection.bucket.owner) {
      throw WorkflowError.ownerIsBucketOwner(inspection.bucket.owner)
    }
    let accounts = try session.accounts(callers, bucketOwner: inspection.bucket.owner, events: events)
    for remark in accounts.remarks { tell(.account(remark)) }
    inspection.bucket.accountPublicAccessBlock = await session.accountPublicAccessBlock(of: accounts, events: events)
    try checkPayer(of: inspection.bucket, accounts: accounts)
    let desired = try await intent(for: inspection, selection: selection(in: inspection.bucket))
    if inspection.bucket.effectivePublicAccessBlock.ignorePublicAcls { tell(.publicGrantsHidden) }
    await warnOfDenials(inspection, desired: desired, accounts: accounts)

    // A report is read again faster than it would be worth a checkpoint.
    let checkpoint =
      request.inventory == nil
      ? try openCheckpoint(inspection.bucket, desired: desired, accounts: accounts) : nil
    if checkpoint != nil { hasCheckpoint.store(true, ordering: .relaxed) }
    stop.beginWork()
    let inventory = try await readInventory(inspection.bucket, desired: desired, accounts: accounts)
    let result = try await scan(
      inspection.bucket, desired: desired, accounts: accounts, checkpoint: checkpoint, inventory: inventory?.scan,
      firstPage: firstPage)
    var header = PlanHeader(
      tool: tool, createdAt: Timestamp.now().extended, bucket: inspection.bucket, desired: desired,
      summary: result.summary, alternative: alternative(to: result, inspection: inspection, desired: desired))
    header.credentials = session.credentialNames
    header.inventory = inventory?.source
    let path = try write(header, acls: result.acls, spool: result.spool)
    checkpoint?.remove()
    if result.summary.missing > 0, let keys {
      tell(
        .selection(
          .missingKeys(
            result.summary.missing, of: keys.digest.count, result.missingKeys, bucket: inspection.bucket.name)))
    }
    if result.summary.listed > 0 {
      for remark in accounts.remarks(onOwners: Set(result.summary.owners.keys)) { tell(.account(remark)) }
    }
    report(
      header, path: path, accounts: accounts, known: checkpoint?.state.summary.listed ?? 0,
      uploadFix: uploadFix(for: header, inspection: inspection))
    return result.summary.changes > 0 ? .changes : .done
  }

  private func tell(_ notice: Notice) { events(.notice(notice)) }

  // MARK: - Before the scan

  /// What is selected; an age counts from the start of the run that is resumed.
  private func selection(in bucket: BucketSettings) -> ObjectSelection {
    var recorded: Timestamp?
    if case .ago(let seconds) = request.selection.modifiedSince, !request.startsOver,
      let path = try? checkpointPath(for: bucket)
    {
      recorded = Checkpoint.modifiedSince(within: seconds, at: path)
    }
    return request.selection.selection(keys: keys?.digest, recorded: recorded, now: .now())
  }

  /// Writes a plan without changes: if ACLs are disabled, there is nothing to list.
  private func writeEmptyPlan(for inspection: BucketInspection) throws -> RunResult {
    tell(.aclsOff)
    let bucket = inspection.bucket
    let header = PlanHeader(
      tool: tool, createdAt: Timestamp.now().extended, bucket: bucket,
      desired: request.intent(
        bucketOwner: bucket.owner, readers: request.readers.explicitReaders,
        requestPayer: session.options.requestPayer, selection: selection(in: bucket)),
      summary: PlanSummary(), alternative: nil)
    let path = try write(header, acls: ACLTable(), spool: try PlanSpool(folder: spoolFolder))
    report(header, path: path, accounts: nil, known: 0, uploadFix: nil)
    return .done
  }

  /// Sees that a bucket with Requester Pays is asked as it demands, before everything is refused for a reason that S3 does
  /// not tell.
  private func checkPayer(of bucket: BucketSettings, accounts: Accounts) throws {
    guard bucket.payer == .requester, session.options.requestPayer == nil,
      !accounts.canonicalIDs.subtracting([bucket.owner]).isEmpty || accounts.main.canonicalID != bucket.owner
    else { return }
    throw WorkflowError.requesterPays
  }

  /// Warns of what the bucket policy refuses of the repair itself.
  private func warnOfDenials(_ inspection: BucketInspection, desired: Intent, accounts: Accounts) async {
    guard case .document(let document) = inspection.policy else { return }
    let actors = accounts.repairActors(
      strategy: desired.needsBucketOwnership ? .copy : desired.strategy, allVersions: desired.allVersions,
      hasObjectLock: inspection.bucket.objectLock?.isEnabled ?? false, looksAtOwn: desired.looksAtOwn)
    let scope = PolicyScope(bucket: inspection.bucket.name, prefix: desired.filter.prefix)
    let identified = await accounts.identified(actors, for: document)
    for denial in document.repairDenials(of: identified, in: scope, usesTLS: true) { tell(.repairDenied(denial)) }
  }

  /// Determines the readers, and tells who they are.
  private func intent(for inspection: BucketInspection, selection: ObjectSelection) async throws -> Intent {
    let bucket = inspection.bucket
    let finder = ReaderFinder(
      bucket: bucket.name, prefix: request.filter.prefix,
      partition: Partition.of(Region(bucket.region) ?? .standard), policy: inspection.policy,
      cloudFront: session.client(of: .cloudFront))
    let findings = try await finder.find(request.readers)
    let intent = request.intent(
      bucketOwner: bucket.owner, readers: findings.readers, requestPayer: session.options.requestPayer,
      selection: selection)
    for reader in intent.readers { tell(.reader(reader)) }
    for id in intent.droppedGrantees {
      guard id != bucket.owner, !intent.grants.contains(where: { $0.grantee == .canonicalUser(id) }) else {
        throw WorkflowError.neededGrantee(id, isBucketOwner: id == bucket.owner)
      }
      tell(.granteeDropped(id))
    }
    for warning in findings.warnings { tell(.readerWarning(warning)) }
    if selection.includesOwn {
      let allowed = intent.readers.filter { $0.source == .bucketPolicy && $0.grant != nil }
      if intent.grants.isEmpty {
        tell(.selection(.ownNeedsNothing))
      } else if !allowed.isEmpty {
        tell(.selection(.ownAllowed(allowed)))
      }
    }
    return intent
  }

  // MARK: - The scan

  /// Nil if nothing is listed from the beginning, as far as is known before the bucket is.
  private func firstPage() -> FirstPage? {
    guard keys == nil, request.inventory == nil else { return nil }
    return FirstPage(
      of: request.bucket, filter: request.filter, allVersions: request.allVersions, client: session.mainClient)
  }

  /// Opens the checkpoint, and tells what is in it; nil if there can be none, which is told too.
  private func openCheckpoint(_ bucket: BucketSettings, desired: Intent, accounts: Accounts) throws -> Checkpoint? {
    var modifiedWithin: Int?
    if case .ago(let seconds) = request.selection.modifiedSince { modifiedWithin = seconds }
    let identity = CheckpointIdentity(
      tool: tool, bucket: bucket, desired: desired, accounts: accounts.canonicalIDs, modifiedWithin: modifiedWithin)
    do {
      let path = try checkpointPath(for: bucket)
      guard
        let checkpoint = try Checkpoint.open(
          path, identity: identity, startsOver: request.startsOver, maximumAge: request.maximumAge)
      else {
        tell(.checkpointBusy(path: path))
        return nil
      }
      if checkpoint.isResumed {
        let summary = checkpoint.state.summary
        tell(.resumed(begun: checkpoint.begun, listed: summary.listed, foreign: summary.foreign))
      }
      return checkpoint
    } catch let error as FileError {
      tell(.checkpointUnavailable(error))
      return nil
    }
  }

  /// Where the checkpoint is: beside the plan's file, else in the folder for state, by the bucket and the request.
  private func checkpointPath(for bucket: BucketSettings) throws(FileError) -> String {
    if let output = request.output.namedFile { return Checkpoint.path(forPlan: output) }
    return "\(try StateFolder.make())/\(bucket.name)-\(request.digest(of: bucket, keys: keys?.digest)).checkpoint"
  }

  /// Reads the report; nil if this run lists the bucket.
  private func readInventory(
    _ bucket: BucketSettings, desired: Intent, accounts: Accounts
  ) async throws -> (scan: InventoryScan, source: InventorySource)? {
    guard let place = request.inventory else { return nil }
    do throws(InventoryProblem) {
      let reading = try await InventoryReading(place, client: accounts.main.client, stop: stop)
      let manifest = reading.manifest
      guard manifest.sourceBucket == bucket.name else {
        throw .otherBucket(report: manifest.sourceBucket, planned: bucket.name)
      }
      guard !desired.allVersions || manifest.hasAllVersions else { throw .onlyCurrentVersions }
      tell(.inventory(.report(place, created: manifest.created, now: .now())))
      if !manifest.hasStorageClasses { tell(.inventory(.noStorageClasses)) }
      events(.progress { .readingReport(reading.progress) })
      defer { events(.progressEnded) }
      let report = try await reading.read(desired: desired, bucketOwner: bucket.owner, folder: spoolFolder)
      return (
        InventoryScan(report: report, refresh: request.refresh),
        InventorySource(
          manifest: place.text, createdAt: manifest.created.extended, md5: reading.md5, refresh: request.refresh)
      )
    } catch {
      if case .interrupted = error { throw WorkflowError.interrupted }
      throw inventoryError(error, bucket: bucket.name)
    }
  }

  private func inventoryError(_ problem: InventoryProblem, bucket: String) -> WorkflowError {
    .inventory(problem, bucket: bucket, folder: spoolFolder, isFolderChosen: request.output.namedFile == nil)
  }

  /// Scans what the checkpoint does not know.
  private func scan(
    _ bucket: BucketSettings, desired: Intent, accounts: Accounts, checkpoint: Checkpoint?, inventory: InventoryScan?,
    firstPage: FirstPage?
  ) async throws -> BucketScanner.Result {
    let scanner = BucketScanner(
      bucket: bucket, desired: desired, keys: keys, inventory: inventory, firstPage: firstPage, accounts: accounts,
      concurrency: session.options.concurrency,
      maximumFailures: session.options.maximumFailures, stop: stop)
    let known = checkpoint?.state.summary.listed ?? 0
    events(.progress { .scanning(scanner.progress, known: known) })
    defer { events(.progressEnded) }
    do throws(BucketScanner.Failure) {
      let state: BucketScanner.Result
      do throws(FileError) {
        state =
          if let checkpoint { checkpoint.state } else {
            BucketScanner.Result(spool: try PlanSpool(folder: spoolFolder))
          }
      } catch {
        throw .file(error)
      }
      let result = try await scanner.scan(from: state)
      if let inventory {
        let asked = scanner.progress.lookedUp
        if asked > 0 { tell(.inventory(.lookedUp(asked, inventory.refresh))) }
      }
      return result
    } catch {
      switch error {
      case .report(let problem): throw inventoryError(problem, bucket: bucket.name)
      case .interrupted: throw WorkflowError.interrupted
      case .plan(let error): throw error
      default:
        throw WorkflowError.scan(
          error, checkpoint: checkpoint?.path, spoolFolder: spoolFolder,
          isSpoolChosen: request.output.namedFile == nil)
      }
    }
  }

  /// Nil if the server has not shown that it knows Object Ownership.
  private func alternative(
    to result: BucketScanner.Result, inspection: BucketInspection, desired: Intent
  ) -> OwnershipAlternative? {
    guard inspection.supportsOwnershipControls else { return nil }
    let scope = PolicyScope(bucket: inspection.bucket.name, prefix: desired.filter.prefix)
    let policyReaders: Set<PolicyPrincipal>? =
      switch inspection.policy {
      case .none: []
      case .document(let document): Set(document.readers(of: scope).readers.map(\.principal))
      case .malformed, .unreadable: nil
      }
    return OwnershipAlternative(
      bucket: inspection.bucket, bucketACL: inspection.acl, policyReaders: policyReaders, desired: desired,
      foreign: result.summary.foreign, grantees: result.grantees, cliOptions: session.options.cliOptions)
  }

  /// Nil if there is nothing to fix, or the server has not shown that it supports Object Ownership.
  private func uploadFix(for header: PlanHeader, inspection: BucketInspection) -> UploadFix? {
    guard let alternative = header.alternative else { return nil }
    return UploadFix(
      bucket: inspection.bucket, desired: header.desired, policy: inspection.policy,
      allowsReaders: alternative.allowsReaders, owners: header.summary.owners,
      cliOptions: session.options.cliOptions)
  }

  // MARK: - The plan

  /// - Returns: the plan's file; nil for a stream.
  private func write(_ header: PlanHeader, acls: ACLTable, spool: PlanSpool) throws -> String? {
    try PlanWriter.check(header: header, acls: acls, spool: spool)
    let path: String? =
      switch request.output {
      case .file(let path): path
      case .standardOutput: nil
      case .stateFolder:
        "\(try StateFolder.make())/\(header.bucket.name)-\(request.digest(of: header.bucket, keys: keys?.digest)).plan.json"
      }
    do {
      try PlanWriter.write(
        header: header, acls: acls, spool: spool,
        to: try path.map { .file($0) } ?? .descriptor(try OpenFile.standardOutput()), stop: stop)
    } catch is PlanWriter.Interrupted {
      throw WorkflowError.interrupted
    }
    return path
  }

  private func report(
    _ header: PlanHeader, path: String?, accounts: Accounts?, known: Int, uploadFix: UploadFix?
  ) {
    var isSaved = false
    if case .stateFolder = request.output { isSaved = true }
    let isMissing = (header.summary.blockedReasons[.ownerCredentialsMissing] ?? 0) > 0
    let missing = header.summary.owners.filter { id, owner in
      isMissing && owner.changes > 0 && id != header.bucket.owner && accounts?.client(of: id) == nil
    }.sorted { ($1.value.changes, $0.key) < ($0.value.changes, $1.key) }
    events(
      .planned(
        PlanReport(
          header: header, path: path, isSaved: isSaved, listedNow: header.summary.listed - known,
          statistics: session.throttle.statistics, seconds: start.seconds(until: .now),
          missingOwners: missing.map { ($0.key, $0.value.changes) }, uploadFix: uploadFix,
          cost: CostEstimate(header.summary, prices: request.prices))))
  }
}
