internal import AWSKit
internal import Synchronization

/// The steps of a submission.
struct BatchSubmission {
  let request: BatchSubmitWorkflow
  let plan: Plan
  let session: ChangeSession
  let journal: Journal
  let replay: JournalReplay
  let stop: StopSignal
  let hold: StopHold
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
      guard !stop.isSet else { throw WorkflowError.interrupted }
      let findings = try await look(at: batch, survey)
      for resolved in batch {
        try gathering.take(resolved, findings[resolved.index], bucketOwner: session.bucket.owner)
      }
      batch = []
      if next == nil { return }
    }
  }

  /// What the survey says about the copies among some changes, by their index in the plan.
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
}

/// A count that another thread reads.
private final class SharedCount: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .relaxed) }

  func set(_ value: Int) { count.store(value, ordering: .relaxed) }
}
