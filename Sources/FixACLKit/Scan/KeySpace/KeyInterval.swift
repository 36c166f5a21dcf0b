package import AWSKit

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
    // Nil means the beginning for one bound and the end for the other.
    func isBefore(_ left: KeyInterval, _ right: KeyInterval) -> Bool {
      if left.after?.key != right.after?.key {
        guard let first = left.after?.key, let second = right.after?.key else { return left.after == nil }
        return first < second
      }
      guard let first = left.through?.key, let second = right.through?.key else { return left.through != nil }
      return first < second
    }
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
}
