internal import DequeModule
internal import Synchronization

/// Bounds the bytes of all long answers together, arriving or not yet read. Hundreds of them may be in flight.
///
/// An answer that turns out to be long takes room for all of it, or waits until others are read. So those that have room
/// can always arrive to their end. How long it will be is only known afterwards: the last long ones tell.
final class BodyBudget: Sendable {
  private struct Waiter {
    let bytes: Int
    let grant: @Sendable (BodyRoom) -> Void
  }

  private struct State {
    var taken = 0
    /// What a long answer is expected to have: as much as the longest of late.
    var expected = 256 << 10
    /// First come, first served.
    var waiters: Deque<Waiter> = []
  }

  /// Answers wait for room beyond it.
  private let usual: Int
  /// What those that have room may not exceed together, if they are longer than expected.
  private let most: Int
  private let state = Mutex(State())

  init(usual: Int, most: Int) {
    (self.usual, self.most) = (usual, most)
  }

  /// Room for an answer of which so many bytes are there.
  ///
  /// - Parameters:
  ///   - announced: its length, if the server said it.
  ///   - later: called with the room once there is some, if there is none now; on any thread.
  /// - Returns: nil if it has to wait.
  func room(for count: Int, announced: Int?, later: @escaping @Sendable (BodyRoom) -> Void) -> BodyRoom? {
    state.withLock { state in
      let bytes = max(count, announced ?? state.expected)
      guard state.waiters.isEmpty, isFree(bytes, in: state) else {
        state.waiters.append(Waiter(bytes: bytes, grant: later))
        return nil
      }
      state.taken += bytes
      return BodyRoom(bytes, in: self)
    }
  }

  /// An answer that needs more than all of it has it alone.
  private func isFree(_ bytes: Int, in state: State) -> Bool { state.taken == 0 || state.taken + bytes <= usual }

  /// - Returns: false if there is no room for so much more.
  fileprivate func grow(by count: Int) -> Bool {
    state.withLock { state in
      guard state.taken + count <= most else { return false }
      state.taken += count
      return true
    }
  }

  fileprivate func giveBack(_ count: Int, used: Int) {
    let granted = state.withLock { state in
      state.taken -= count
      if used > 0 { state.expected = max(used, state.expected - state.expected / 16) }
      var granted: [(Waiter, BodyRoom)] = []
      while let next = state.waiters.first, isFree(next.bytes, in: state) {
        state.waiters.removeFirst()
        state.taken += next.bytes
        granted.append((next, BodyRoom(next.bytes, in: self)))
      }
      return granted
    }
    for (waiter, room) in granted { waiter.grant(room) }
  }
}

/// The part of the budget that one answer has taken, until nobody has the answer any more.
final class BodyRoom: Sendable {
  /// Shorter answers are not counted, nor do they wait: all of them together are few megabytes.
  static let freeBytes = 16 << 10
  /// Nor do the answers of requests that allow no more: they are about one object, whose uploader can make its ACL as long
  /// as S3 lets it be, some 25 KB. Pages that have room may wait until such an answer is there.
  static let freeRequestBytes = 256 << 10

  private let budget: BodyBudget
  private let bytes: Atomic<Int>
  private let used = Atomic<Int>(0)

  fileprivate init(_ bytes: Int, in budget: BodyBudget) {
    self.budget = budget
    self.bytes = Atomic(bytes)
  }

  deinit {
    budget.giveBack(bytes.load(ordering: .relaxed), used: used.load(ordering: .relaxed))
  }

  /// Makes room for a body of that length. Only the thread that reads the body may call it.
  ///
  /// - Returns: false if there is none.
  func grow(to count: Int) -> Bool {
    used.store(count, ordering: .relaxed)
    let more = count - bytes.load(ordering: .relaxed)
    guard more > 0 else { return true }
    guard budget.grow(by: more) else { return false }
    bytes.store(count, ordering: .relaxed)
    return true
  }
}
