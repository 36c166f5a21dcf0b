internal import Synchronization

/// The workers of a run: as many as keep the server busy.
///
/// Requests are sent in the order in which workers ask for it. With more workers than needed, each would wait with a
/// change under way, on a connection of its own, and all threads of the transport would have a few requests each.
final class Crew: Sendable {
  private struct State {
    /// Whether each worker is at work, by its number.
    var isWorking: [Bool]
    var count = 0
  }

  /// The numbers of workers to start: the lowest that are free. Ends when the work does.
  let starts: AsyncStream<Int>
  private let continuation: AsyncStream<Int>.Continuation
  private let state: Mutex<State>

  /// - Parameter most: the most workers.
  init(initial: Int, most: Int) {
    (starts, continuation) = AsyncStream.makeStream()
    state = Mutex(State(isWorking: [Bool](repeating: false, count: most)))
    if most == 0 { end() } else { grow(to: max(1, initial)) }
  }

  /// How many workers there are.
  var count: Int { state.withLock { $0.count } }

  /// Starts workers as needed. Called by a worker before it takes on more.
  ///
  /// - Parameter wanted: how many workers are needed now.
  /// - Returns: whether this worker is needed. If not, it must end.
  func keeps(_ number: Int, ofWanted wanted: Int) -> Bool {
    let isKept = state.withLock { state in
      guard number >= max(1, wanted) else { return true }
      state.isWorking[number] = false
      state.count -= 1
      return false
    }
    if isKept { grow(to: wanted) }
    return isKept
  }

  /// Says that there is no more work. Workers end when what they have taken on is done.
  func end() { continuation.finish() }

  private func grow(to wanted: Int) {
    let numbers = state.withLock { state in
      var started: [Int] = []
      var number = 0
      while state.count < min(wanted, state.isWorking.count) {
        if !state.isWorking[number] {
          state.isWorking[number] = true
          state.count += 1
          started.append(number)
        }
        number += 1
      }
      return started
    }
    for number in numbers { continuation.yield(number) }
  }
}
