import Synchronization

/// What happened, in its order, noted by any number of tasks.
final class Log<Entry: Sendable>: Sendable {
  private let state = Mutex<[Entry]>([])

  var entries: [Entry] { state.withLock { $0 } }

  func note(_ entry: Entry) {
    state.withLock { $0.append(entry) }
  }
}
