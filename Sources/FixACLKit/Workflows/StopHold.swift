internal import Synchronization

/// Puts off the end of a run's requests while an upload in parts is completed or removed: S3 charges for the parts of one
/// that is left behind.
final class StopHold: Sendable {
  private struct State {
    var isHeld = false
    var end: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// Ends the requests now, or once nothing holds them any more.
  func end(_ end: @escaping @Sendable () -> Void) {
    let isHeld = state.withLock { state in
      if state.isHeld { state.end = end }
      return state.isHeld
    }
    if !isHeld { end() }
  }

  /// Holds the end back until `body` is done.
  func during<Value>(_ body: () async throws -> Value) async throws -> Value {
    state.withLock { $0.isHeld = true }
    defer {
      let end = state.withLock { state in
        state.isHeld = false
        defer { state.end = nil }
        return state.end
      }
      end?()
    }
    return try await body()
  }
}
