import AWSKit
import Synchronization
import TestSupport

@testable import FixACLKit

/// One run of a rollback of a sample bucket's plan, as the command does it.
struct RollbackRun {
  let rollbacker: Rollbacker
  private let collector: Collector

  private final class Collector: Sendable {
    let texts = Mutex<[ObjectKey: String]>([:])
  }

  init(
    _ plan: Plan, of sample: SampleBucket, concurrency: Int = 16, limit: Int? = nil, isDryRun: Bool = false,
    stop: StopSignal = StopSignal()
  ) async throws {
    var options = WorkOptions(concurrency: concurrency)
    options.limit = limit
    options.isDryRun = isDryRun
    let undo = try Undo.open(plan.path, isDryRun: isDryRun)
    let collector = Collector()
    self.collector = collector
    rollbacker = Rollbacker(
      undo: undo, bucket: sample.bucket, accounts: sample.accounts(concurrency: 2 * concurrency), options: options,
      stop: stop
    ) { report in
      collector.texts.withLock { $0[report.change.key] = text(report.outcome) }
    }
  }

  var tally: Rollbacker.Tally { rollbacker.tally }

  /// What was reported, by key.
  var reports: [ObjectKey: String] { collector.texts.withLock { $0 } }

  @discardableResult
  func run() async throws -> Rollbacker.Tally {
    try await rollbacker.run()
    return tally
  }

  /// Runs and lets go of the journal.
  @discardableResult
  static func once(
    _ plan: Plan, of sample: SampleBucket
  ) async throws -> (tally: Rollbacker.Tally, reports: [ObjectKey: String]) {
    let run = try await RollbackRun(plan, of: sample)
    return (try await run.run(), run.reports)
  }
}

/// An outcome as text, to compare with.
func text(_ outcome: RollbackOutcome) -> String {
  switch outcome {
  case .done: "done"
  case .already: "already"
  case .stale(let staleness): "stale: \(staleness.explanation)"
  case .impossible(let reason): "impossible: \(reason)"
  case .failed(let failure): "failed: \(failure)"
  }
}
