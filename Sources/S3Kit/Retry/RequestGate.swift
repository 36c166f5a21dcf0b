internal import Synchronization

/// Lets as many requests through at once as the concurrency controller says, first come first served.
package final class RequestGate: Sendable {
  private struct State {
    var controller: ConcurrencyController
    var inFlight = 0
    /// A queue with its head at `firstWaiter`, so that taking from it costs nothing.
    var waiters: [UnsafeContinuation<Int, Never>?] = []
    var firstWaiter = 0

    mutating func admit() -> [(UnsafeContinuation<Int, Never>, Int)] {
      var admitted: [(UnsafeContinuation<Int, Never>, Int)] = []
      while firstWaiter < waiters.count, inFlight < controller.limit {
        guard let waiter = waiters[firstWaiter] else { break }
        waiters[firstWaiter] = nil
        firstWaiter += 1
        inFlight += 1
        admitted.append((waiter, controller.requestBegan()))
      }
      if firstWaiter > 1024 || firstWaiter == waiters.count {
        waiters.removeFirst(firstWaiter)
        firstWaiter = 0
      }
      return admitted
    }
  }

  private let state: Mutex<State>

  package init(maximum: Int) {
    state = Mutex(State(controller: ConcurrencyController(maximum: maximum)))
  }

  /// The number of requests that may be in flight now.
  package var limit: Int { state.withLock { $0.controller.limit } }

  /// Waits for a place.
  ///
  /// - Returns: what to hand to `leave`.
  func enter() async -> Int {
    let admitted: Int? = state.withLock { state in
      guard state.inFlight < state.controller.limit, state.firstWaiter == state.waiters.count else {
        return nil
      }
      state.inFlight += 1
      return state.controller.requestBegan()
    }
    if let admitted { return admitted }
    return await withUnsafeContinuation { continuation in
      let admitted = state.withLock { state in
        state.waiters.append(continuation)
        return state.admit()
      }
      for (waiter, sequence) in admitted { waiter.resume(returning: sequence) }
    }
  }

  func leave(_ sequence: Int, throttled: Bool) {
    let admitted = state.withLock { state in
      state.inFlight -= 1
      state.controller.requestEnded(sequence, throttled: throttled)
      return state.admit()
    }
    for (waiter, sequence) in admitted { waiter.resume(returning: sequence) }
  }
}
