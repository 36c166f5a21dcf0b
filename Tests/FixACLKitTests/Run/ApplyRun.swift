import AWSKit
import Synchronization
import TestSupport

@testable import FixACLKit

/// One run of an apply of a sample bucket's plan, as the command does it.
struct ApplyRun {
  private let runner: Runner<Apply>
  private let collector: ReportCollector

  init(
    _ plan: Plan, of sample: SampleBucket, concurrency: Int = 16, limit: Int? = nil, isDryRun: Bool = false,
    stop: StopSignal = StopSignal()
  ) async throws {
    var options = WorkOptions(concurrency: concurrency)
    options.limit = limit
    options.isDryRun = isDryRun
    // On a busy machine, too, the number of requests is the same each time.
    options.listingFreshness = 3600
    var journal: Journal?
    var replay = try Journal.replay(of: plan)
    if !isDryRun { (journal, replay) = try await Self.openJournal(of: plan, bucket: sample.bucket) }
    let collector = ReportCollector(isDryRun: isDryRun)
    self.collector = collector
    let apply = Apply(
      plan: plan, bucket: sample.bucket, accounts: sample.accounts(concurrency: 2 * concurrency), options: options,
      journal: journal, replay: replay)
    runner = Runner(apply, options: options, stop: stop, report: { collector.take($0) })
  }

  /// A task of an earlier run may hold its journal for a moment after its end.
  static func openJournal(
    of plan: Plan, bucket: BucketSettings
  ) async throws -> (journal: Journal, replay: JournalReplay) {
    var attempts = 0
    while true {
      let result = Result { try Journal.open(for: plan, bucket: bucket) }
      attempts += 1
      guard case .failure(let error as FileFormatError) = result, error.description.hasPrefix("another fixacl"),
        attempts < 10_000
      else { return try result.get() }
      await Task.yield()
    }
  }

  var tally: Tally { runner.tally }

  /// What was reported, by key.
  var reports: [ObjectKey: String] { collector.reports }

  /// Runs and lets go of the journal.
  static func once(
    _ plan: Plan, of sample: SampleBucket
  ) async throws -> (tally: Tally, reports: [ObjectKey: String]) {
    let run = try await ApplyRun(plan, of: sample)
    return (try await run.run(), run.reports)
  }

  @discardableResult
  func run() async throws -> Tally {
    try await runner.run()
    return runner.tally
  }
}

/// Keeps what was reported of each key; what went well only in a dry run.
final class ReportCollector: Sendable {
  private let texts = Mutex<[ObjectKey: String]>([:])
  private let isDryRun: Bool

  init(isDryRun: Bool) {
    self.isDryRun = isDryRun
  }

  var reports: [ObjectKey: String] { texts.withLock { $0 } }

  func take(_ report: ChangeReport) {
    switch report.outcome {
    case .done, .already: guard isDryRun else { return }
    default: break
    }
    texts.withLock { $0[report.change.key] = text(report.outcome) }
  }
}

/// An outcome as text, to compare with.
func text(_ outcome: Outcome) -> String {
  switch outcome {
  case .done: "done"
  case .already: "already"
  case .stale(let staleness): "stale: \(staleness.word)"
  case .irreversible(let reason): "impossible: \(reason)"
  case .pending: "not yet"
  case .blocked(let reason): "blocked \(reason.rawValue)"
  case .failed(let failure): "failed: \(failure)"
  }
}
