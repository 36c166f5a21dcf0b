package import AWSKit
internal import Synchronization

/// How to work through a plan's changes.
package struct WorkOptions: Sendable {
  /// The most changes in progress at once.
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
package final class PlannedChange: Sendable {
  package let change: Change
  /// Its place in the plan, from 0.
  package let index: Int
  /// The ACL that the plan saw; nil if it could not be read.
  package let from: AccessControlList?
  /// The ACL that it aims at; nil if it is blocked.
  package let to: AccessControlList?
  /// The listing that its batch shares, and its index there.
  private let batch: (check: BatchContentCheck, index: Int)?

  init(_ resolved: ResolvedChange, batch: (check: BatchContentCheck, index: Int)? = nil) {
    change = resolved.change
    index = resolved.index
    from = resolved.from
    to = resolved.to
    self.batch = batch
  }

  /// What a listing shows of the object's content.
  func listedContent() async -> BatchContentCheck.Answer {
    guard let batch else { return .unknown }
    return await batch.check.content(at: batch.index)
  }
}

/// Hands out the pending changes, some of them read ahead. Any thread may ask.
final class WorkQueue: Sendable {
  private struct State {
    var reader: any ChangeReader
    /// How many may still be handed out.
    var remaining: Int
    var batch: [PlannedChange] = []
    var handedOut = 0
    var began = ContinuousClock.now
    /// The next batch, if it was read ahead.
    var following: [PlannedChange]?
  }

  /// After a batch that took less, the next one and its listing are made ahead of time.
  private let fastBatch: Duration
  private let isPending: @Sendable (Int) -> Bool
  private let contentCheck: @Sendable ([Change]) -> BatchContentCheck?
  private let state: Mutex<State>

  /// - Parameters:
  ///   - changes: in the order of their keys, if they share listings.
  ///   - isPending: whether a change is still to be worked on, by its place in the plan.
  ///   - contentCheck: makes the listing that a batch of consecutive changes shares.
  init(
    _ changes: any ChangeReader, options: WorkOptions, isPending: @escaping @Sendable (Int) -> Bool,
    contentCheck: @escaping @Sendable ([Change]) -> BatchContentCheck?
  ) {
    fastBatch = .seconds(options.listingFreshness / 5)
    self.isPending = isPending
    self.contentCheck = contentCheck
    state = Mutex(State(reader: changes, remaining: options.limit ?? .max))
  }

  /// - Returns: nil after the last one.
  /// - Throws: `FileFormatError` if the changes cannot be read.
  func next() throws -> PlannedChange? {
    try state.withLock { state in
      if state.handedOut == state.batch.count { try advance(&state) }
      guard state.handedOut < state.batch.count else { return nil }
      defer { state.handedOut += 1 }
      return state.batch[state.handedOut]
    }
  }

  private func advance(_ state: inout State) throws {
    let now = ContinuousClock.now
    let wasFast = !state.batch.isEmpty && state.began.duration(to: now) < fastBatch
    state.began = now
    state.handedOut = 0
    state.batch = try state.following ?? read(&state)
    state.following = wasFast ? try read(&state) : nil
  }

  private func read(_ state: inout State) throws -> [PlannedChange] {
    var batch: [ResolvedChange] = []
    let wanted = min(BatchContentCheck.maximumChanges, state.remaining)
    while batch.count < wanted, let resolved = try state.reader.next() {
      if isPending(resolved.index) { batch.append(resolved) }
    }
    state.remaining -= batch.count
    guard let check = batch.isEmpty ? nil : contentCheck(batch.map(\.change)) else {
      return batch.map { PlannedChange($0) }
    }
    return batch.enumerated().map { PlannedChange($1, batch: (check, $0)) }
  }
}
