import AWSKit
import TestSupport

@testable import FixACLKit

/// One run of a rollback of a sample bucket's plan.
typealias RollbackRun = SampleRun<Rollback>

extension SampleRun<Rollback> {
  init(
    _ plan: Plan, of sample: SampleBucket, concurrency: Int = 16, limit: Int? = nil, isDryRun: Bool = false,
    stop: StopSignal = StopSignal()
  ) async throws {
    try await self.init(concurrency: concurrency, limit: limit, isDryRun: isDryRun, stop: stop) { options in
      Rollback(
        undo: try Undo.open(plan.path, isDryRun: isDryRun), bucket: sample.bucket,
        accounts: sample.accounts(concurrency: 2 * concurrency), options: options)
    }
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
