internal import Synchronization

/// How many bytes of long answers there may be at once, arriving or not yet read. Each answer has a limit of its own, and
/// hundreds of them may be in flight.
final class BodyBudget: Sendable {
  private let left: Atomic<Int>

  init(bytes: Int) {
    left = Atomic(bytes)
  }

  /// - Returns: false if there is no room for so much more.
  fileprivate func take(_ count: Int) -> Bool {
    if left.wrappingSubtract(count, ordering: .relaxed).newValue >= 0 { return true }
    giveBack(count)
    return false
  }

  fileprivate func giveBack(_ count: Int) {
    left.wrappingAdd(count, ordering: .relaxed)
  }
}

/// The part of the budget that one answer has taken, until nobody has the answer any more.
final class BodyRoom: Sendable {
  /// Shorter answers are not counted: all of them together are few megabytes.
  static let freeBytes = 64 << 10

  private let budget: BodyBudget
  private let bytes = Atomic<Int>(0)

  init(in budget: BodyBudget) {
    self.budget = budget
  }

  deinit {
    budget.giveBack(bytes.load(ordering: .relaxed))
  }

  /// Makes room for a body of that length. Only the thread that reads the body may call it.
  ///
  /// - Returns: false if there is none.
  func grow(to count: Int) -> Bool {
    let more = count - bytes.load(ordering: .relaxed)
    guard more > 0 else { return true }
    guard budget.take(more) else { return false }
    bytes.store(count, ordering: .relaxed)
    return true
  }
}
