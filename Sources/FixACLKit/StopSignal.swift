internal import Synchronization

/// Tells work under way that no more should be begun. Set once, on any thread.
package final class StopSignal: Sendable {
  private let flag = Atomic<Bool>(false)

  package init() {}

  package var isSet: Bool { flag.load(ordering: .relaxed) }

  package func set() {
    flag.store(true, ordering: .relaxed)
  }
}
