internal import AWSKit

/// From when to when something happened.
struct LogSpan: Sendable, Equatable {
  private(set) var first: Timestamp?
  private(set) var last: Timestamp?

  mutating func note(_ time: Timestamp) {
    first = first.map { min($0, time) } ?? time
    last = last.map { max($0, time) } ?? time
  }
}
