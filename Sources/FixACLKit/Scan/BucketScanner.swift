package import AWSKit
internal import Synchronization

/// Lists a bucket, asks for the keys of a list or reads a report, and finds out what the objects to look at need.
///
/// One task owns the source and the spool. Other tasks list and parse pages, on Dispatch's queues (where Swift's tasks
/// run), or assess objects, on the transport's threads. Memory is bounded by the number of pages in flight and of foreign
/// objects that wait.
package final class BucketScanner: Sendable {
  /// How far a scan has come. Safe to read from any thread.
  package struct Progress: Sendable {
    package var listed = 0
    package var foreign = 0
    package var changes = 0
    /// Listed objects that are finished: assessed if they needed it.
    package var finished = 0
    /// Whether the whole bucket is listed, so that the total is known.
    package var isListed = false
    /// Objects that a report tells of and that were looked up in the bucket.
    package var lookedUp = 0
  }

  /// What a scan has found.
  package struct Result: Sendable {
    package var summary = PlanSummary()
    package var acls = ACLTable()
    package var spool: PlanSpool
    /// How many of the objects looked at grant something to each grantee, as far as their ACLs could be read.
    package var grantees: [Grantee: Int] = [:]
    /// Some keys of the list that name no object, of those that this run asked for; in order.
    package fileprivate(set) var missingKeys: [ObjectKey] = []
    /// The parts that are still to be listed, in order; nil for the whole bucket.
    var gaps: [KeyInterval]?

    /// The place of the page of a report that was recorded last.
    fileprivate var lastOrder = -1
    /// ACLs already written to the checkpoint.
    fileprivate var recordedACLs: Set<ACLName> = []

    /// The state before anything is scanned.
    package init(spool: PlanSpool) {
      self.spool = spool
    }
  }

  /// Why a scan ended early.
  package enum Failure: Error, Sendable {
    case s3(AWSError)
    case file(FileError)
    /// The result cannot be written as a plan.
    case plan(FileFormatError)
    /// What is wrong with the report.
    case report(InventoryProblem)
    /// The server's listing does not name owners.
    case ownerMissing(ObjectKey)
    /// Reads kept failing in the same way, with no success in between.
    case hopeless(FailureStreak.Stop)
    case interrupted
  }

  /// The result of one task of a scan.
  private enum Event: Sendable {
    case listed(KeySpaceSplitter.PageRequest, ObjectPage, DividedPage)
    /// Without an answer if the server gave none.
    case children(KeySpaceSplitter.ChildrenRequest, CommonPrefixes?)
    case found(KeyLookup.Answer)
    case reported(ReportedObjects.Answer)
    /// An object of a chunk.
    case assessed(ScanQueue.Entry, ObjectAssessor.Finding)
    /// An object of a chunk could not be read.
    case failed(ScanQueue.Entry, AWSError)
    case finished(ScanRecord)
  }

  /// Backpressure: no more pages are requested while this many objects wait to be assessed.
  private static let maximumWaiting = 16_384
  /// A page takes some 350 KB until it is looked at; the transport bounds how many do so at once.
  private static let maximumPagesUnderWay = 512
  /// A page of a report takes some 700 KB until it is written.
  private static let maximumReportPagesUnderWay = 8
  /// The most missing keys that are kept to be shown.
  private static let maximumMissingKeys = 5

  private let bucket: BucketSettings
  private let keyFilter: KeyFilter
  private let filter: ScanFilter
  private let keys: KeyList?
  private let reported: ReportedObjects?
  private let lookup: KeyLookup
  private let firstPage: FirstPage?
  private let assessor: ObjectAssessor
  private let budget: ACLBudget
  private let lister: AWSClient
  private let allVersions: Bool
  private let concurrency: Int
  private let stop: StopSignal
  private let maximumFailures: Int?
  private let counts = Mutex(Progress())
  private let namesOwners = Atomic<Bool>(false)

  /// - Parameters:
  ///   - keys: the keys to ask for; nil to list the bucket.
  ///   - inventory: the report to read instead; nil for none.
  ///   - firstPage: the page with which the listing begins, if it was asked for before.
  ///   - maximumFailures: how many consecutive reads may fail in the same way before the scan gives up; nil for any
  ///     number.
  package init(
    bucket: BucketSettings, desired: Intent, keys: KeyList? = nil, inventory: InventoryScan? = nil,
    firstPage: FirstPage? = nil, accounts: Accounts, concurrency: Int, maximumFailures: Int? = 50,
    aclBudget: ACLBudget = ACLBudget(),
    stop: StopSignal
  ) {
    self.bucket = bucket
    self.keys = keys
    keyFilter = desired.filter
    filter = ScanFilter(bucketOwner: bucket.owner, desired: desired)
    assessor = ObjectAssessor(
      bucket: bucket, strategy: desired.strategy, policy: ACLPolicy(bucket: bucket, desired: desired),
      accounts: accounts)
    budget = aclBudget
    lister = accounts.main.client
    lookup = KeyLookup(
      lister: accounts.main.client, bucket: bucket.name, prefix: desired.filter.prefix.map { ObjectKey($0) },
      allVersions: desired.allVersions)
    allVersions = desired.allVersions
    reported = inventory.map { [filter, assessor, lookup] in
      ReportedObjects(
        $0, bucket: bucket, filter: filter, assessor: assessor, lookup: lookup, allVersions: desired.allVersions)
    }
    self.firstPage = firstPage
    self.concurrency = concurrency
    self.maximumFailures = maximumFailures
    self.stop = stop
  }

  package var progress: Progress { counts.withLock { $0 } }

  /// Scans the rest of the bucket.
  ///
  /// - Parameter known: the result so far.
  package func scan(from known: Result) async throws(Failure) -> Result {
    do {
      return try await scan(known)
    } catch let error as Failure {
      throw error
    } catch let error as AWSError {
      throw stop.isSet ? .interrupted : .s3(error)
    } catch let error as FileError {
      throw .file(error)
    } catch let error as FileFormatError {
      throw .plan(error)
    } catch let error as InventoryProblem {
      throw .report(error)
    } catch {
      fatalError("an error of another type: \(error)")
    }
  }

  private func scan(_ known: Result) async throws -> Result {
    var result = known
    budget.count(known.acls)
    counts.withLock {
      $0 = Progress(
        listed: known.summary.listed, foreign: known.summary.foreign, changes: known.summary.changes,
        finished: known.summary.listed)
    }
    var source = ScanSource(keys: keys, reported: reported?.pages(), gaps: known.gaps, filter: keyFilter)
    var queue = ScanQueue()
    var ahead = RecordsAhead()
    let maximumPages = min(
      reported == nil ? Self.maximumPagesUnderWay : Self.maximumReportPagesUnderWay, concurrency)
    var pagesUnderWay = 0
    var objectsUnderWay = 0
    // Only a new page can bring new ones.
    var mayAskForPages = true
    var failure: (any Error)?
    var streak = FailureStreak(limit: maximumFailures)
    // The last object that was read. If it still can be read, a failure concerns other objects only.
    var control: ScanQueue.Entry?
    try await withThrowingTaskGroup(of: Event.self) { group in
      func finish(_ entry: ScanQueue.Entry, _ finding: ObjectAssessor.Finding) {
        counts.withLock { $0.finished += 1 }
        if let (chunk, findings) = queue.assessed(entry.index, of: entry.chunk, finding) {
          group.addTask { [budget] in .finished(ScanRecord(chunk, findings: findings, budget: budget)) }
        }
      }
      func assess(_ entry: ScanQueue.Entry) {
        group.addTask(executorPreference: lister.executor(number: objectsUnderWay)) { [control] in
          try await self.assess(entry, control: control)
        }
        objectsUnderWay += 1
      }
      func take(_ chunks: [ScanChunk]) throws {
        for chunk in chunks {
          note(chunk)
          if chunk.candidates.isEmpty {
            try record([ScanRecord(chunk, findings: [], budget: budget)], in: &result)
          } else {
            queue.add(chunk)
          }
        }
      }
      while true {
        // Work in flight completes, and goes into the checkpoint.
        let isStopping = stop.isSet || failure != nil
        while !isStopping, mayAskForPages, pagesUnderWay < maximumPages,
          queue.waiting == 0 || queue.expected(fromPages: pagesUnderWay + 1) <= Self.maximumWaiting
        {
          guard let request = try source.next() else {
            mayAskForPages = false
            break
          }
          pagesUnderWay += 1
          group.addTask { try await self.ask(for: request) }
        }
        let isListed = !mayAskForPages && pagesUnderWay == 0
        // Asked once: those that begin now wait nowhere yet.
        let wanted = isStopping ? 0 : min(concurrency, lister.wantedWork(underWay: objectsUnderWay))
        while objectsUnderWay < wanted,
          let next = queue.next() ?? (isListed ? queue.nextPostponed() : nil)
        {
          assess(next)
        }
        if isListed { counts.withLock { $0.isListed = true } }
        let next: Event?
        do {
          next = try await group.next()
        } catch {
          failure = failure ?? error
          // Requests in flight need not be retried.
          group.cancelAll()
          continue
        }
        guard let event = next else { break }
        switch event {
        case .listed(let request, let page, let divided):
          pagesUnderWay -= 1
          mayAskForPages = true
          queue.notePage(candidates: divided.candidateCount)
          try take(divided.chunks(of: source.listed(page, of: request)))
        case .children(let request, let children):
          pagesUnderWay -= 1
          mayAskForPages = true
          source.found(children, of: request)
        case .found(let answer):
          pagesUnderWay -= 1
          mayAskForPages = true
          source.found(answer)
          queue.notePage(candidates: answer.candidateCount)
          result.missingKeys = Array((result.missingKeys + answer.missing).sorted().prefix(Self.maximumMissingKeys))
          try take(answer.chunks)
        case .reported(let answer):
          pagesUnderWay -= 1
          mayAskForPages = true
          if answer.namesOwners { namesOwners.store(true, ordering: .relaxed) }
          counts.withLock { $0.lookedUp += answer.lookedUp }
          note(answer.chunk)
          queue.notePage(candidates: answer.record == nil ? answer.chunk.unknownCount : 0)
          if let record = answer.record {
            try self.record(ahead.take(record), in: &result)
          } else {
            queue.add(answer.chunk)
          }
        case .assessed(let entry, let finding):
          objectsUnderWay -= 1
          if entry.problem == nil {
            control = entry
            streak.noteSuccess()
          }
          finish(entry, finding)
        case .failed(let entry, let error):
          objectsUnderWay -= 1
          guard failure == nil else { continue }
          // Second looks come at the end, among objects that failed before, so no success can interrupt their streak.
          if !entry.isSecondLook, let stop = streak.note(FailureStreak.Failure(error)) {
            guard let control, await canBeRead(control) else {
              failure = Failure.hopeless(stop)
              group.cancelAll()
              continue
            }
            streak.noteSuccess()
          }
          if entry.isSecondLook || !error.mayPass {
            finish(entry, .unreadable(ObjectFailure(error)))
          } else if !queue.postpone(entry) {
            assess(entry.again)
          }
        case .finished(let record):
          try self.record(reported == nil ? [record] : ahead.take(record), in: &result)
        }
      }
    }
    try record(ahead.rest(), in: &result)
    if let failure { throw failure }
    if stop.isSet { throw Failure.interrupted }
    result.gaps = []
    return result
  }

  private func note(_ chunk: ScanChunk) {
    counts.withLock {
      $0.listed += chunk.listed
      $0.foreign += chunk.foreignCount
      $0.finished += chunk.listed - chunk.unknownCount
    }
  }

  private func record(_ records: [ScanRecord], in result: inout Result) throws {
    for record in records { try self.record(record, in: &result) }
  }

  private func record(_ record: ScanRecord, in result: inout Result) throws {
    var head: [UInt8] = []
    if result.spool.isCheckpoint {
      // A partly listed key may be skipped later, with everything that only it has recorded.
      var acls = record.acls
      if !record.interval.isWithinKey {
        acls.remove(result.recordedACLs)
        result.recordedACLs.formUnion(acls.acls.keys)
      }
      head = CheckpointRecord.head(of: record, acls: acls)
    }
    result.summary.add(record.summary)
    try result.acls.merge(record.acls)
    result.grantees.merge(record.grantees) { $0.saturatingSum($1) }
    let isNext = reported != nil && record.order == result.lastOrder + 1
    result.lastOrder = record.order
    try result.spool.append(
      record.lines, head: head, firstKey: record.firstKey, page: record.order, isNext: isNext)
    counts.withLock { $0.changes += record.summary.changes }
  }

  private func ask(for request: ScanSource.Request) async throws -> Event {
    if stop.isSet { throw Failure.interrupted }
    switch request {
    case .page(let request): return try await list(request)
    case .children(let request):
      // Whatever keeps it from being answered, the pages show it if it matters.
      return .children(
        request,
        try? await lister.listCommonPrefixes(
          bucket: bucket.name, prefix: request.prefix, delimiter: request.delimiter, after: request.after,
          ofVersions: allVersions))
    case .keys(let batch):
      let answer = try await lookup.find(
        batch, filter: filter, namesOwners: namesOwners.load(ordering: .relaxed))
      if answer.namesOwners { namesOwners.store(true, ordering: .relaxed) }
      return .found(answer)
    case .reported(let page):
      guard let reported else { throw Failure.interrupted }
      return .reported(
        try await reported.answer(to: page, namesOwners: namesOwners.load(ordering: .relaxed), budget: budget))
    }
  }

  private func list(_ request: KeySpaceSplitter.PageRequest) async throws -> Event {
    let page: ObjectPage
    if request.after == nil, let first = try await firstPage?.take() {
      page = first
    } else {
      page = try await lister.page(
        of: bucket.name, filter: keyFilter, after: request.after, limit: request.limit, allVersions: allVersions)
    }
    let divided = try DividedPage(
      page, of: request, filter: filter, namesOwners: namesOwners.load(ordering: .relaxed))
    if !page.objects.owners.isEmpty { namesOwners.store(true, ordering: .relaxed) }
    return .listed(request, page, divided)
  }

  /// - Parameter control: an object that was read successfully before.
  private func assess(_ entry: ScanQueue.Entry, control: ScanQueue.Entry?) async throws -> Event {
    if stop.isSet { throw Failure.interrupted }
    if let problem = entry.problem { return .assessed(entry, .unreadable(problem)) }
    do throws(AWSError) {
      return .assessed(
        entry, try await assessor.assess(entry.object, owner: entry.owner, reported: entry.reported))
    } catch {
      guard error.mayConcernOneObject, !stop.isSet else { throw error }
      // If the server no longer answers anything, it is at fault, and not the object.
      if entry.isSecondLook, error.mayPass, await !canBeRead(control) { throw error }
      return .failed(entry, error)
    }
  }

  /// Whether an object that was read before can be read again; without one, whether the bucket can be listed.
  private func canBeRead(_ control: ScanQueue.Entry?) async -> Bool {
    do throws(AWSError) {
      if let control {
        _ = try await assessor.assess(control.object, owner: control.owner)
      } else {
        _ = try await lister.listObjects(bucket: bucket.name, prefix: nil, startAfter: nil, limit: 1)
      }
      return true
    } catch {
      return false
    }
  }
}
