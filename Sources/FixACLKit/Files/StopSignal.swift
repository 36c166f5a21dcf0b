internal import Synchronization

/// Tells work under way that no more should be begun. Set once, on any thread.
package final class StopSignal: Sendable {
  private let flag = Atomic<Bool>(false)
  private let action: @Sendable () -> Void

  /// - Parameter action: called once, by whoever sets it first.
  package init(_ action: @escaping @Sendable () -> Void = {}) {
    self.action = action
  }

  package var isSet: Bool { flag.load(ordering: .relaxed) }

  package func set() {
    if !flag.exchange(true, ordering: .relaxed) { action() }
  }
}
