internal import FixACLKit
internal import AWSKit
internal import Synchronization

/// Shows the progress that a workflow's events tell of.
final class ProgressDisplay: Sendable {
  private let throttle = Mutex<Throttle?>(nil)
  private let reporter = Mutex<ProgressReporter?>(nil)

  /// Takes note of what counts the requests that follow.
  func count(by throttle: Throttle) { self.throttle.withLock { $0 = throttle } }

  /// Shows the progress from now on, if it is known what counts the requests.
  func begin(_ current: @escaping @Sendable () -> RunProgress) {
    guard let throttle = throttle.withLock({ $0 }) else { return }
    reporter.withLock { $0 = ProgressReporter(throttle: throttle) { ProgressReporter.State(current()) } }
  }

  func end() {
    reporter.withLock { reporter in
      reporter?.finish()
      reporter = nil
    }
  }
}
