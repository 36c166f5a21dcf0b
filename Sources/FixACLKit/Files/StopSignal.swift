internal import Synchronization

/// Tells work in flight that no more should be begun. Set once, on any thread.
package final class StopSignal: Sendable {
  /// Who wants the work to end.
  package enum Cause: Sendable {
    /// A person or the system, by a signal.
    case interruption
    /// The time that the run may take is over.
    case deadline
    /// The run itself: it cannot succeed, or nobody reads what it says.
    case run
  }

  private struct State {
    var cause: Cause?
    var actions: [@Sendable (Cause) -> Void] = []
    var hasWorkBegun = false
  }

  private let flag = Atomic<Bool>(false)
  private let state = Mutex(State())
  private let whole: StopSignal?

  /// - Parameter whole: what this is a part of, which ends with it; but what ends a part need not end the whole.
  package init(partOf whole: StopSignal? = nil) {
    self.whole = whole
    whole?.onSet { [self] in set($0) }
  }

  package var isSet: Bool { flag.load(ordering: .relaxed) }

  /// Why it was set; nil if it was not.
  package var cause: Cause? { state.withLock { $0.cause } }

  /// Whether somebody else than the run wants it to end: what is left is for the next run.
  package var isRequested: Bool {
    switch cause {
    case .interruption, .deadline: true
    case .run, nil: false
    }
  }

  /// Whether there is work to bring to an end. Until then, a signal may simply end the program.
  package var hasWorkBegun: Bool { state.withLock { $0.hasWorkBegun } }

  /// Says that from now on there is.
  package func beginWork() {
    state.withLock { $0.hasWorkBegun = true }
    whole?.beginWork()
  }

  /// Sets it; what was set already stays.
  package func set(_ cause: Cause = .run) {
    let actions = state.withLock { state -> [@Sendable (Cause) -> Void] in
      guard state.cause == nil else { return [] }
      state.cause = cause
      flag.store(true, ordering: .relaxed)
      defer { state.actions = [] }
      return state.actions
    }
    for action in actions { action(cause) }
  }

  /// Waits until the time is over, or until it is set.
  package func wait(seconds: Double) async {
    let task = Task { try? await Task.sleep(for: .seconds(seconds)) }
    onSet { _ in task.cancel() }
    await task.value
  }

  /// Has an action called once it is set, on the thread that sets it; now if it is.
  package func onSet(_ action: @escaping @Sendable (Cause) -> Void) {
    let cause = state.withLock { state in
      if state.cause == nil { state.actions.append(action) }
      return state.cause
    }
    if let cause { action(cause) }
  }
}
