internal import AWSKit
internal import Synchronization

/// Hands the changes of a plan to S3 Batch Operations, in the fewest jobs, each of which waits to be confirmed.
package struct BatchSubmitWorkflow: Sendable {
  /// The plan's path.
  package var plan: String
  package var session: Session.Options
  /// The ARNs of the roles that the jobs assume, one for each account that a job is in.
  package var roles: [String]
  package var report: BatchPlace
  package var manifest: BatchPlace
  /// Whether the jobs that wait are confirmed.
  package var runs = false

  /// For how many seconds `runs` waits until S3 has read the manifests.
  package static let preparationSeconds = 600.0

  package init(plan: String, session: Session.Options, roles: [String], report: BatchPlace, manifest: BatchPlace) {
    self.plan = plan
    self.session = session
    self.roles = roles
    self.report = report
    self.manifest = manifest
  }

  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    let start = ContinuousClock.now
    let plan = try Plan(path: plan)
    let changeSession = try await ChangeSession(
      of: .plan, bucket: plan.header.bucket, desired: plan.header.desired, credentials: plan.header.credentials,
      owners: plan.ownersNeeded, hasCopies: plan.header.summary.copies > 0, options: session, events: events)
    try await changeSession.checkSurroundings(for: .apply, events: events) { try plan.work() }
    let (journal, replay) = try Journal.open(for: plan, bucket: changeSession.bucket)
    defer { journal.finish() }
    if let path = journal.setAside { events(.notice(.journalSetAside(path: path))) }
    let submission = BatchSubmission(
      request: self, plan: plan, session: changeSession, journal: journal, replay: replay, events: events)
    var left: [(obstacle: BatchObstacle, changes: Int)] = []
    var jobs = replay.batch.underWay
    if jobs.isEmpty {
      (jobs, left) = try await submission.prepare()
      if jobs.isEmpty { events(.notice(.batch(.nothingToSubmit))) }
    } else {
      try check(jobs)
      events(.notice(.batch(.submittedBefore(jobs: jobs.count))))
    }
    let accounts = try await BatchAccounts(Journal.accounts(of: jobs), in: changeSession)
    let reports = try await submission.create(jobs, accounts)
    let states = runs ? try await submission.confirm(reports, accounts, stop: stop) : reports
    for report in states { events(.job(report)) }
    let waiting = states.count { $0.job.map { $0.status == .suspended || $0.status.isBeforeConfirmation } ?? true }
    let isPartial = states.contains { $0.job?.status == .failed } || runs && waiting > 0
    let result: RunResult = isPartial || jobs.isEmpty && !left.isEmpty ? .partlyDone : .done
    var summary = BatchSummary(
      command: .submit, path: self.plan, result: result, jobs: jobs.count,
      tasks: jobs.reduce(0) { $0.saturatingSum($1.record.tasks) }, waiting: waiting,
      ended: states.count { $0.job?.status.isFinal == true }, statistics: changeSession.session.throttle.statistics,
      seconds: start.seconds(until: .now))
    summary.left = left
    events(.batch(summary))
    return result
  }

  /// Sees that jobs that were submitted before are what this command would submit: a journal can come from somebody else,
  /// and a manifest decides what is written to.
  private func check(_ jobs: [BatchHistory.Job]) throws(BatchProblem) {
    for job in jobs {
      let record = job.record
      guard roles.contains(record.role), BatchAccounts.account(ofRole: record.role) == record.account,
        record.reportBucket == report.bucket, record.reportPrefix == report.prefix,
        record.manifest.bucket == manifest.bucket, record.manifest.key.hasPrefix(manifest.folder)
      else { throw .otherSubmission(number: job.number) }
    }
  }
}

/// A place in a bucket, for manifests or reports.
package struct BatchPlace: Sendable, Equatable {
  package let bucket: String
  /// Without a slash at its end; empty for the bucket itself.
  package let prefix: String

  package init(bucket: String, prefix: String) {
    self.bucket = bucket
    var prefix = prefix[...]
    while prefix.hasSuffix("/") { prefix.removeLast() }
    self.prefix = String(prefix)
  }

  /// What keys in it begin with.
  package var folder: String { prefix.isEmpty ? "" : prefix + "/" }

  package var description: String { "s3://\(bucket)/\(folder)" }
}

/// The steps of a submission.
private struct BatchSubmission {
  let request: BatchSubmitWorkflow
  let plan: Plan
  let session: ChangeSession
  let journal: Journal
  let replay: JournalReplay
  let events: RunEventHandler

  /// Objects of copies that are looked at side by side.
  private static let looksInFlight = 64
  /// Records that are written to the journal at once.
  private static let recordsAtOnce = 1000

  // MARK: Groups and manifests

  /// The account that a change's job is in; nil if no job can make it, or it is made.
  private func account(of change: Change, at index: Int) -> CanonicalID? {
    guard !replay.isFinished(index) else { return nil }
    switch change.action {
    case .grant: return change.owner
    case .copy: return change.reason == .grantFirst ? nil : session.bucket.owner
    case .blocked: return nil
    }
  }

  /// Writes the manifests and the journal's records, so that the jobs can be created.
  ///
  /// - Returns: the jobs, and how many changes stay with apply.
  func prepare() async throws -> (jobs: [BatchHistory.Job], left: [(obstacle: BatchObstacle, changes: Int)]) {
    var owners: Set<CanonicalID> = []
    var changes = plan.changes()
    while let (index, change) = try changes.next() {
      if let account = account(of: change, at: index) { owners.insert(account) }
    }
    let accounts = try await BatchAccounts(owners, in: session)
    // Before anything is asked for object by object.
    let roles = try accounts.roles(request.roles)
    var gathering = BatchGathering(bucket: session.bucket.name)
    do {
      try await gather(into: &gathering)
    } catch let error as FileError {
      throw BatchProblem.spool(error)
    }
    let left = gathering.left
    if !left.isEmpty { events(.notice(.batch(.left(left)))) }
    let entries = gathering.manifests.entries
    guard !entries.isEmpty else { return ([], left) }
    let first = replay.batch.nextNumber
    guard entries.count <= Self.maximumJobs, first + entries.count <= BatchJobRecord.maximumNumber else {
      throw BatchProblem.tooManyJobs(entries.count)
    }
    let copies = entries.reduce(0) { $0 + ($1.group.copy == nil ? 0 : $1.tasks) }
    events(.notice(.batch(.limits(hasCopies: copies > 0))))
    if copies > 0 { events(.notice(.copies(copies, session.bucket.versioning))) }
    var records: [BatchJobRecord] = []
    for (index, entry) in entries.enumerated() {
      let account = accounts[entry.group.account]
      var record = BatchJobRecord(
        number: first + index, submission: first...first + entries.count - 1, group: entry.group, account: account.id,
        role: roles[entry.group.account] ?? "", tasks: entry.tasks,
        manifest: BatchManifestLocation(
          bucket: request.manifest.bucket, key: manifestKey(first + index), etag: "",
          hasVersions: entry.group.hasVersions),
        reportBucket: request.report.bucket, reportPrefix: request.report.prefix)
      if entry.group.copy != nil { record.unmodifiedSince = entry.newest?.extended }
      if let acl = plan.acl(entry.group.to) {
        events(
          .notice(
            .batch(
              .willSubmit(
                record, acl, account: account.name, bucket: session.bucket.name,
                readers: plan.header.desired.readers))))
      }
      record.manifest.etag = try await upload(
        gathering.manifests.pieces(of: index), length: entry.length, to: record.manifest, with: account.s3)
      records.append(record)
    }
    try await record(gathering, first: first)
    // None is created before all are recorded: what a kill leaves is no submission, or a whole one.
    try await journal.append(contentsOf: records.map { .batch(.submits($0)) })
    var history = replay.batch
    for record in records { history.take(.submits(record)) }
    return (history.underWay, left)
  }

  /// More than S3 has active in an account and a region at once.
  private static let maximumJobs = 1000

  private func manifestKey(_ number: Int) -> String {
    "\(request.manifest.folder)fixacl-\(plan.digest.suffix(64).prefix(24))/job-\(number).csv"
  }

  /// Reads the plan once; copies are looked at on the way.
  private func gather(into gathering: inout BatchGathering) async throws {
    let survey = CopySurvey(
      bucket: session.bucket, accounts: session.accounts,
      policy: ACLPolicy(bucket: plan.header.bucket, desired: plan.header.desired))
    var changes = PlanChangeReader(plan)
    var batch: [ResolvedChange] = []
    let (seen, total) = (SharedCount(), plan.changeCount)
    events(.progress { .preparingJobs(seen.value, of: total) })
    defer { events(.progressEnded) }
    while true {
      let next = try changes.next()
      if let next { seen.set(next.index + 1) }
      if let next, !replay.isFinished(next.index) { batch.append(next) }
      guard next == nil || batch.count >= Self.looksInFlight * 4 else { continue }
      let findings = try await look(at: batch, survey)
      for resolved in batch {
        try gathering.take(resolved, findings[resolved.index], bucketOwner: session.bucket.owner)
      }
      batch = []
      if next == nil { return }
    }
  }

  /// What was found out about the copies among some changes, by their index in the plan.
  private func look(at changes: [ResolvedChange], _ survey: CopySurvey) async throws -> [Int: CopySurvey.Finding] {
    try await withThrowingTaskGroup(of: (Int, CopySurvey.Finding).self) { group in
      var findings: [Int: CopySurvey.Finding] = [:]
      var inFlight = 0
      for change in changes where change.change.action == .copy {
        if inFlight == Self.looksInFlight, let (index, finding) = try await group.next() {
          findings[index] = finding
          inFlight -= 1
        }
        group.addTask { (change.index, try await survey.look(at: change)) }
        inFlight += 1
      }
      for try await (index, finding) in group { findings[index] = finding }
      return findings
    }
  }

  /// Records what the jobs are about to change, with what is needed to undo it.
  private func record(_ gathering: BatchGathering, first: Int) async throws {
    var tasks = gathering.tasks()
    var changes = PlanChangeReader(plan)
    var records: [JournalRecord] = []
    var task = try tasks.next()
    while let resolved = try changes.next() {
      guard let current = task, current.index == resolved.index, let to = resolved.to else { continue }
      records.append(
        .begins(
          index: resolved.index, resolved.change, from: resolved.from, to: to,
          task: BatchTask(job: first + current.entry, replaces: current.replaces)))
      if records.count == Self.recordsAtOnce {
        try await journal.append(contentsOf: records)
        records = []
      }
      task = try tasks.next()
    }
    if !records.isEmpty { try await journal.append(contentsOf: records) }
  }

  // MARK: Uploads

  /// Writes a manifest, in parts unless it is short.
  ///
  /// - Returns: its ETag.
  private func upload(
    _ pieces: GroupedSpool.Pieces, length: Int, to place: BatchManifestLocation, with client: AWSClient
  ) async throws -> String {
    do {
      do {
        return try await attempt(pieces, length: length, to: place, with: client)
      } catch let error as AWSError where error.isOutcomeUnknown {
        // Whatever became of it, the same bytes take its place.
        return try await attempt(pieces, length: length, to: place, with: client)
      }
    } catch let error as AWSError {
      throw BatchProblem.manifest(error)
    } catch let error as FileError {
      throw BatchProblem.spool(error)
    }
  }

  private func attempt(
    _ pieces: GroupedSpool.Pieces, length: Int, to place: BatchManifestLocation, with client: AWSClient
  ) async throws -> String {
    let key = ObjectKey(place.key)
    var parts = BatchManifestParts(pieces, length: length)
    if length <= parts.partLength {
      return try await client.putObject(
        bucket: place.bucket, key: key, type: "text/csv", body: try parts.next() ?? [])
    }
    let uploadID = try await client.createUpload(bucket: place.bucket, key: key, type: "text/csv")
    do {
      var uploaded: [UploadedPart] = []
      while let part = try parts.next() {
        uploaded.append(
          try await client.uploadPart(
            uploaded.count + 1, bucket: place.bucket, key: key, uploadID: uploadID, body: part))
      }
      return try await client.completeUpload(bucket: place.bucket, key: key, uploadID: uploadID, parts: uploaded)
    } catch {
      try? await client.abortMultipartUpload(bucket: place.bucket, key: key, uploadID: uploadID)
      throw error
    }
  }

  // MARK: Jobs

  /// Creates the jobs that have no ID. Their tokens make it once, however often it is asked for.
  func create(_ jobs: [BatchHistory.Job], _ accounts: BatchAccounts) async throws -> [BatchJobReport] {
    var reports: [BatchJobReport] = []
    for job in jobs {
      let account = accounts[job.record.group.account]
      var id = job.id
      if id == nil {
        do throws(AWSError) {
          id = try await account.control.createJob(try creation(of: job.record), in: job.record.account)
        } catch {
          if error.isStopped { throw WorkflowError.interrupted }
          throw BatchProblem.creation(error, number: job.number, created: reports.count)
        }
        try await journal.append(.batch(.created(number: job.number, id: id ?? "")))
      }
      var report = BatchJobReport(
        command: .submit, record: job.record, id: id, account: account.name, job: nil)
      report.isNew = job.id == nil
      reports.append(report)
    }
    // Whether they exist at all is seen by looking; what a job that was just created is, is known.
    for index in reports.indices {
      guard let id = reports[index].id else { continue }
      let account = accounts[reports[index].record.group.account]
      let found: BatchJob
      do throws(AWSError) {
        found = try await account.control.describeJob(id, in: account.id)
      } catch {
        if error.isStopped { throw WorkflowError.interrupted }
        reports[index].problem = error
        continue
      }
      try check(found, reports[index].record)
      reports[index] = reports[index].described(as: found)
    }
    return reports
  }

  private func creation(of record: BatchJobRecord) throws(AWSError) -> BatchJobRequest {
    guard let acl = plan.acl(record.group.to) else {
      throw AWSError(
        kind: .malformedAnswer, operation: "CreateJob", message: "the journal names an ACL that the plan does not have")
    }
    let operation: BatchOperation =
      if let attributes = record.group.copy {
        .copy(
          BatchCopy(
            bucket: session.bucket.name, acl: acl, attributes: attributes,
            unmodifiedSince: record.unmodifiedSince.flatMap { Timestamp(iso8601: $0) }))
      } else { .putACL(acl) }
    return BatchJobRequest(
      token: BatchJobRecord.token(plan: plan.digest, number: record.number),
      description: BatchJobRecord.description(plan: plan.digest, number: record.number), roleARN: record.role,
      operation: operation, manifest: record.manifest, reportBucket: record.reportBucket,
      reportPrefix: record.reportPrefix)
  }

  /// A journal can come from somebody else: only a job of this plan is confirmed.
  private func check(_ job: BatchJob, _ record: BatchJobRecord) throws(BatchProblem) {
    guard job.description == BatchJobRecord.description(plan: plan.digest, number: record.number) else {
      throw .otherJob(number: record.number, id: job.id)
    }
  }

  /// Lets the jobs run that wait for it, once S3 has read their manifests.
  func confirm(
    _ reports: [BatchJobReport], _ accounts: BatchAccounts, stop: StopSignal
  ) async throws -> [BatchJobReport] {
    var reports = reports
    var patience = Patience(from: 1, total: BatchSubmitWorkflow.preparationSeconds)
    let start = ContinuousClock.now
    while true {
      var preparing = 0
      for index in reports.indices {
        guard let job = reports[index].job else { continue }
        if job.status == .suspended {
          try await confirm(&reports[index], accounts[reports[index].record.group.account])
        } else if job.status.isBeforeConfirmation {
          preparing += 1
        }
      }
      guard preparing > 0 else { return reports }
      guard !stop.isSet, let seconds = patience.next() else {
        events(.notice(.batch(.stillPreparing(jobs: preparing))))
        return reports
      }
      events(.notice(.batch(.preparing(jobs: preparing, seconds: Int(start.seconds(until: .now))))))
      await stop.wait(seconds: seconds)
      for index in reports.indices where reports[index].job?.status.isBeforeConfirmation == true {
        try await describe(&reports[index], accounts[reports[index].record.group.account])
      }
    }
  }

  private func confirm(_ report: inout BatchJobReport, _ account: BatchAccounts.Entry) async throws {
    guard let id = report.id else { return }
    do throws(AWSError) {
      try await account.control.confirmJob(id, in: account.id)
    } catch {
      if error.isStopped { throw WorkflowError.interrupted }
      // It was confirmed by somebody else meanwhile, or by a request whose answer was lost.
      guard error.code?.hasPrefix("JobStatus") == true else {
        throw BatchProblem.confirmation(error, number: report.record.number)
      }
    }
    try await describe(&report, account)
    report.isStarted = true
  }

  private func describe(_ report: inout BatchJobReport, _ account: BatchAccounts.Entry) async throws {
    guard let id = report.id else { return }
    do throws(AWSError) {
      let found = try await account.control.describeJob(id, in: account.id)
      report = report.described(as: found)
    } catch {
      if error.isStopped { throw WorkflowError.interrupted }
      throw BatchProblem.confirmation(error, number: report.record.number)
    }
  }
}

extension BatchJobReport {
  fileprivate func described(as job: BatchJob) -> BatchJobReport {
    var report = BatchJobReport(command: command, record: record, id: id, account: account, job: job)
    report.isNew = isNew
    report.isStarted = isStarted
    return report
  }
}

/// A count that another thread reads.
private final class SharedCount: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .relaxed) }

  func set(_ value: Int) { count.store(value, ordering: .relaxed) }
}

/// What one reading of a plan finds for jobs: manifests, and which change is a task of which job.
private struct BatchGathering {
  private(set) var manifests: BatchManifests
  /// The tasks in the order of the plan: index, entry, and the version that a copy replaces.
  private var assignments = GroupedSpool(maximumBytes: 1 << 20)
  private var counts: [BatchObstacle: Int] = [:]

  init(bucket: String) {
    manifests = BatchManifests(bucket: bucket)
  }

  /// How many changes stay with apply, and why, the most first.
  var left: [(obstacle: BatchObstacle, changes: Int)] {
    counts.sorted { $0.value == $1.value ? $0.key.word < $1.key.word : $0.value > $1.value }
      .map { (obstacle: $0.key, changes: $0.value) }
  }

  /// - Parameter finding: what was found out about the object of a copy.
  mutating func take(
    _ resolved: ResolvedChange, _ finding: CopySurvey.Finding?, bucketOwner: CanonicalID
  ) throws(FileError) {
    let change = resolved.change
    if let version = change.versionID, !BatchManifests.canName(version: version) {
      counts[.version, default: 0] += 1
      return
    }
    switch (change.action, finding) {
    case (.copy, .task(let attributes, let replaces)?):
      guard let to = change.to else { return }
      let group = BatchGroup(account: bucketOwner, to: to, copy: attributes)
      try assign(resolved.index, try manifests.add(change, to: group), replaces: replaces)
    case (.copy, .obstacle(let obstacle)?): counts[obstacle, default: 0] += 1
    case (.grant, _):
      guard let group = BatchGroup(grant: change) else { return }
      try assign(resolved.index, try manifests.add(change, to: group), replaces: nil)
    default: return
    }
  }

  private mutating func assign(_ index: Int, _ entry: Int, replaces: String?) throws(FileError) {
    let version = Array((replaces ?? "").utf8.prefix(4096))
    func bytes(_ number: Int, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * (width - 1 - $0))) }
    }
    try assignments.append(bytes(index, 8) + bytes(entry, 4) + bytes(version.count, 2) + version, to: 0)
  }

  func tasks() -> Tasks { Tasks(pieces: assignments.pieces(of: 0)) }

  /// Iterates over the tasks.
  struct Tasks {
    fileprivate var pieces: GroupedSpool.Pieces
    private var rest: ArraySlice<UInt8> = []

    fileprivate init(pieces: GroupedSpool.Pieces) {
      self.pieces = pieces
    }

    mutating func next() throws(FileError) -> (index: Int, entry: Int, replaces: String?)? {
      if rest.isEmpty {
        guard let piece = try pieces.next() else { return nil }
        rest = piece
      }
      let (index, entry, length) = (number(8), number(4), number(2))
      defer { rest = rest.dropFirst(length) }
      return (index, entry, length == 0 ? nil : String(decoding: rest.prefix(length), as: UTF8.self))
    }

    private mutating func number(_ width: Int) -> Int {
      defer { rest = rest.dropFirst(width) }
      return rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
    }
  }
}
