internal import Synchronization

/// Tells running work to begin nothing more. Set once, from any thread.
package final class StopSignal: Sendable {
  private let flag = Atomic<Bool>(false)
  private let action: @Sendable () -> Void

  /// - Parameter action: called once, by the first call of `set()`.
  package init(_ action: @escaping @Sendable () -> Void = {}) {
    self.action = action
  }

  package var isSet: Bool { flag.load(ordering: .relaxed) }

  package func set() {
    if !flag.exchange(true, ordering: .relaxed) { action() }
  }
}
