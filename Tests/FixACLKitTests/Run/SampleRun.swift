import AWSKit
import Synchronization

@testable import FixACLKit

/// One run of a sample bucket's plan or journal, as the command does it.
struct SampleRun<Work: Undertaking> {
  private let runner: Runner<Work>
  private let collector: ReportCollector

  init(
    concurrency: Int, limit: Int?, isDryRun: Bool, stop: StopSignal,
    _ work: (WorkOptions) async throws -> Work
  ) async throws {
    var options = WorkOptions(concurrency: concurrency)
    options.limit = limit
    options.isDryRun = isDryRun
    // On a busy machine, too, the number of requests is the same each time.
    options.listingFreshness = 3600
    let collector = ReportCollector(isDryRun: isDryRun)
    self.collector = collector
    runner = Runner(try await work(options), options: options, stop: stop, report: { collector.take($0) })
  }

  var tally: Tally { runner.tally }

  /// What was reported, by key.
  var reports: [ObjectKey: String] { collector.reports }

  @discardableResult
  func run() async throws -> Tally {
    try await runner.run()
    return tally
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
