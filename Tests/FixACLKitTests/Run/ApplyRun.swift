import AWSKit
import TestSupport

@testable import FixACLKit

/// One run of an apply of a sample bucket's plan.
typealias ApplyRun = SampleRun<Apply>

extension SampleRun<Apply> {
  init(
    _ plan: Plan, of sample: SampleBucket, concurrency: Int = 16, limit: Int? = nil, isDryRun: Bool = false,
    stop: StopSignal = StopSignal()
  ) async throws {
    try await self.init(concurrency: concurrency, limit: limit, isDryRun: isDryRun, stop: stop) { options in
      var journal: Journal?
      var replay = try Journal.replay(of: plan)
      if !isDryRun { (journal, replay) = try await Self.openJournal(of: plan, bucket: sample.bucket) }
      return Apply(
        plan: plan, bucket: sample.bucket, accounts: sample.accounts(concurrency: 2 * concurrency), options: options,
        journal: journal, replay: replay)
    }
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

  /// Runs and lets go of the journal.
  static func once(
    _ plan: Plan, of sample: SampleBucket
  ) async throws -> (tally: Tally, reports: [ObjectKey: String]) {
    let run = try await ApplyRun(plan, of: sample)
    return (try await run.run(), run.reports)
  }
}
