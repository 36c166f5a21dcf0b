import AWSKit
import TestSupport

@testable import FixACLKit

/// One run of a rollback of a sample bucket's plan, as the command does it.
struct RollbackRun {
  private let runner: Runner<Rollback>
  private let collector: ReportCollector

  init(
    _ plan: Plan, of sample: SampleBucket, concurrency: Int = 16, limit: Int? = nil, isDryRun: Bool = false,
    stop: StopSignal = StopSignal()
  ) async throws {
    var options = WorkOptions(concurrency: concurrency)
    options.limit = limit
    options.isDryRun = isDryRun
    let undo = try Undo.open(plan.path, isDryRun: isDryRun)
    let collector = ReportCollector(isDryRun: isDryRun)
    self.collector = collector
    let rollback = Rollback(
      undo: undo, bucket: sample.bucket, accounts: sample.accounts(concurrency: 2 * concurrency), options: options)
    runner = Runner(rollback, options: options, stop: stop, report: { collector.take($0) })
  }

  var tally: Tally { runner.tally }

  /// What was reported, by key.
  var reports: [ObjectKey: String] { collector.reports }

  @discardableResult
  func run() async throws -> Tally {
    try await runner.run()
    return tally
  }

  /// Runs and lets go of the journal.
  @discardableResult
  static func once(
    _ plan: Plan, of sample: SampleBucket
  ) async throws -> (tally: Tally, reports: [ObjectKey: String]) {
    let run = try await RollbackRun(plan, of: sample)
    return (try await run.run(), run.reports)
  }
}
