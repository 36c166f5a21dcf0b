/// Counts any number of things in bounded memory: exactly while they fit, and then the frequent ones.
///
/// This is lossy counting (Manku and Motwani, 2002) with a threshold that follows from the room there is. When the table is
/// full, the rarer half is dropped, and `missed` becomes the most that any dropped entry may have been seen. What enters
/// later may have been seen so often before. So an entry's true number is between `count` and `count + missed`, and whatever
/// is not in the table was seen at most `missed` times.
struct FrequentTable<Key: Hashable & Comparable & Sendable, Value: Sendable>: Sendable {
  struct Entry: Sendable {
    /// How often it was seen since it entered.
    fileprivate(set) var count = 0
    /// How often it may have been seen before that.
    let missed: Int
    /// Whether nothing had been dropped when it entered, so that everything said of it is exact.
    let isExact: Bool
    fileprivate(set) var value: Value
  }

  /// The most entries.
  let capacity: Int
  private(set) var entries: [Key: Entry] = [:]
  /// How often something that is not in the table may have been seen.
  private(set) var missed = 0
  private(set) var hasDropped = false

  init(capacity: Int) {
    self.capacity = max(2, capacity)
  }

  /// Counts a thing.
  ///
  /// - Parameters:
  ///   - weight: 0 for what is recorded but does not count: such entries are dropped first.
  ///   - new: the value of a thing that was not in the table.
  /// - Returns: whether it was not in the table.
  @discardableResult
  mutating func note(
    _ key: Key, weight: Int = 1, new: @autoclosure () -> Value, _ update: (inout Value) -> Void
  ) -> Bool {
    let before = entries.count
    let (missed, isExact) = (missed, !hasDropped)
    func change(_ entry: inout Entry) {
      entry.count += weight
      update(&entry.value)
    }
    change(&entries[key, default: Entry(missed: missed, isExact: isExact, value: new())])
    let isNew = entries.count != before
    if entries.count > capacity { dropRarerHalf() }
    return isNew
  }

  private mutating func dropRarerHalf() {
    let rarer = entries.sorted { Self.isBefore($1, $0) }.prefix(entries.count / 2)
    for (key, entry) in rarer {
      missed = max(missed, entry.count + entry.missed)
      entries[key] = nil
    }
    hasDropped = true
  }

  /// The more frequent first, then by key: the same things give the same table.
  private static func isBefore(_ left: (key: Key, value: Entry), _ right: (key: Key, value: Entry)) -> Bool {
    let (leftCount, rightCount) = (left.value.count + left.value.missed, right.value.count + right.value.missed)
    return leftCount == rightCount ? left.key < right.key : leftCount > rightCount
  }

  /// The entries, the most frequent first.
  var sorted: [(key: Key, entry: Entry)] {
    entries.sorted(by: Self.isBefore).map { (key: $0.key, entry: $0.value) }
  }
}
