package import AWSKit
internal import Algorithms

/// A part of a bucket's listing: everything after one place, up to and including another.
package struct KeyInterval: Hashable, Sendable {
  /// Nil for the beginning.
  package var after: ListingMarker?
  /// Nil for the end.
  package var through: ListingMarker?

  package init(after: ListingMarker? = nil, through: ListingMarker? = nil) {
    self.after = after
    self.through = through
  }

  /// Whether it holds only versions of one key, and not all of them.
  var isWithinKey: Bool { after?.versionID != nil || through?.versionID != nil }

  /// Whether its end is not before its beginning.
  var isInOrder: Bool {
    guard let after, let through else { return true }
    return after.key <= through.key
  }

  /// Whether it may contain objects with that key.
  func mayHold(_ key: ObjectKey) -> Bool {
    if let after, after.versionID == nil ? key <= after.key : key < after.key { return false }
    return through.map { key <= $0.key } ?? true
  }

  /// The gaps between intervals, which may come in any order and begin and end between keys; nil if two overlap.
  static func gaps(between intervals: [KeyInterval]) -> [KeyInterval]? {
    var gaps: [KeyInterval] = []
    var known: ListingMarker?
    var isAtEnd = false
    for interval in intervals.sorted(by: isBefore) {
      if interval.after?.key != known?.key {
        guard !isAtEnd, let after = interval.after, known.map({ $0.key < after.key }) ?? true else { return nil }
        gaps.append(KeyInterval(after: known, through: after))
      } else if isAtEnd {
        return nil
      }
      known = interval.through
      isAtEnd = interval.through == nil
    }
    return isAtEnd ? gaps : gaps + [KeyInterval(after: known)]
  }

  /// Which of the intervals, by index, share no key with any of `others`, nor with one that was chosen before.
  ///
  /// - Parameter others: in any order; none shares keys with another.
  static func disjoint(_ intervals: [KeyInterval], from others: [KeyInterval]) -> [Int] {
    let others = others.sorted(by: isBefore)
    var last: KeyInterval?
    return intervals.indices.sorted { isBefore(intervals[$0], intervals[$1]) }.filter { index in
      let interval = intervals[index]
      let next = others.partitioningIndex { !isBefore($0, interval) }
      let neighbours = others[max(0, next - 1)..<min(others.count, next + 1)] + (last.map { [$0] } ?? [])
      guard neighbours.allSatisfy({ !$0.sharesKeys(with: interval) }) else { return false }
      last = interval
      return true
    }
  }

  /// Whether both have room for the same key.
  private func sharesKeys(with other: KeyInterval) -> Bool {
    func begins(_ left: KeyInterval, beforeEndOf right: KeyInterval) -> Bool {
      guard let after = left.after?.key, let through = right.through?.key else { return true }
      return after < through
    }
    return begins(self, beforeEndOf: other) && begins(other, beforeEndOf: self)
  }

  /// By their beginnings, then by their ends. Nil means the beginning for one bound and the end for the other.
  private static func isBefore(_ left: KeyInterval, _ right: KeyInterval) -> Bool {
    if left.after?.key != right.after?.key {
      guard let first = left.after?.key, let second = right.after?.key else { return left.after == nil }
      return first < second
    }
    guard let first = left.through?.key, let second = right.through?.key else { return left.through != nil }
    return first < second
  }
}
