internal import AWSKit
internal import Synchronization

/// How to work through a plan's changes.
package struct WorkOptions: Sendable {
  /// The most changes under way at once.
  package var concurrency: Int
  /// Look at every object, write nothing.
  package var isDryRun = false
  /// After how many failures alike, with no success in between, the run is ended; nil for never.
  package var maximumFailures: Int? = 50
  /// The most changes to take on in this run.
  package var limit: Int?
  /// The most bytes that are copied by one request; larger objects are copied in parts.
  package var maximumCopySize = AWSClient.maximumCopySize
  /// Seconds for which a listing is taken as a look at its objects' content; what is not fresh is looked at one by one.
  package var listingFreshness = 5.0

  package init(concurrency: Int) {
    self.concurrency = concurrency
  }
}

/// A change to be worked on.
final class PlannedChange: Sendable {
  let change: Change
  /// Its place in the plan, from 0.
  let index: Int
  /// The ACL that the plan saw; nil where it could not be read.
  let from: AccessControlList?
  /// The ACL that it aims at.
  let to: AccessControlList
  /// Its place among those that it shares something with.
  let place: Int

  init(_ resolved: ResolvedChange, place: Int) {
    change = resolved.change
    index = resolved.index
    from = resolved.from
    to = resolved.to
    self.place = place
  }
}

enum Work {
  /// Works on changes side by side, from the first on, and returns when nothing is under way any more.
  ///
  /// - Parameters:
  ///   - changes: in the order of their keys where they share something.
  ///   - count: how many there are at most.
  ///   - isMeant: whether a change is to be worked on.
  ///   - companion: makes what some changes that follow one another share, when they are needed or a moment before.
  ///   - executor: where the work of that number is done.
  ///   - body: told the change, and what it shares with its neighbours.
  /// - Throws: `FileFormatError` where the changes cannot be read on, and what `body` throws.
  static func run<Companion: Sendable>(
    _ changes: any ChangeReader, count: Int, _ options: WorkOptions, stop: StopSignal,
    isMeant: @escaping @Sendable (Int) -> Bool,
    companion: @escaping @Sendable ([Change]) -> Companion, executor: (Int) -> (any TaskExecutor)?,
    _ body: @escaping @Sendable (PlannedChange, Companion) async throws -> Void
  ) async throws {
    let queue = WorkQueue(changes, options: options, isMeant: isMeant, companion: companion)
    // A change waits for the disk between its requests, so that more of them keep as many requests in flight.
    let workers = min(options.concurrency + options.concurrency / 4, count)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<workers {
        group.addTask(executorPreference: executor(number)) {
          while !stop.isSet, !Task.isCancelled, let (planned, shared) = try queue.next() {
            try await body(planned, shared)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

/// Hands out the changes that are meant, some of them read ahead. Any thread may ask.
private final class WorkQueue<Companion: Sendable>: Sendable {
  private struct Batch {
    var changes: [PlannedChange] = []
    var shared: Companion?
  }

  private struct State {
    var reader: any ChangeReader
    /// How many may still be handed out.
    var remaining: Int
    var batch = Batch()
    var handedOut = 0
    var began = ContinuousClock.now
    /// What comes behind the batch, where it was fast.
    var following: Batch?
  }

  /// A batch that took less is followed by one that is made before it is needed, with what its changes share.
  private let fastBatch: Duration
  private let isMeant: @Sendable (Int) -> Bool
  private let companion: @Sendable ([Change]) -> Companion
  private let state: Mutex<State>

  init(
    _ changes: any ChangeReader, options: WorkOptions, isMeant: @escaping @Sendable (Int) -> Bool,
    companion: @escaping @Sendable ([Change]) -> Companion
  ) {
    fastBatch = .seconds(options.listingFreshness / 5)
    self.isMeant = isMeant
    self.companion = companion
    state = Mutex(State(reader: changes, remaining: options.limit ?? .max))
  }

  /// Nil after the last one.
  func next() throws -> (PlannedChange, Companion)? {
    try state.withLock { state in
      if state.handedOut == state.batch.changes.count { try advance(&state) }
      guard state.handedOut < state.batch.changes.count, let shared = state.batch.shared else { return nil }
      defer { state.handedOut += 1 }
      return (state.batch.changes[state.handedOut], shared)
    }
  }

  private func advance(_ state: inout State) throws {
    let now = ContinuousClock.now
    let wasFast = !state.batch.changes.isEmpty && state.began.duration(to: now) < fastBatch
    state.began = now
    state.handedOut = 0
    state.batch = try state.following ?? read(&state)
    state.following = wasFast ? try read(&state) : nil
  }

  private func read(_ state: inout State) throws -> Batch {
    var batch = Batch()
    let wanted = min(BatchContentCheck.maximumChanges, state.remaining)
    while batch.changes.count < wanted, let resolved = try state.reader.next() {
      guard isMeant(resolved.index) else { continue }
      batch.changes.append(PlannedChange(resolved, place: batch.changes.count))
    }
    state.remaining -= batch.changes.count
    if !batch.changes.isEmpty { batch.shared = companion(batch.changes.map(\.change)) }
    return batch
  }
}
