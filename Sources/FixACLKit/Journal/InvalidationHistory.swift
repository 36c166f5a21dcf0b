/// What a journal knows of invalidations. A *round* lasts until a change is undone: what is repaired again afterwards
/// must be invalidated again.
package struct InvalidationHistory: Sendable, Equatable {
  /// The number of the round, from 0.
  package private(set) var round = 0
  private var ids: [Paths: String] = [:]
  private var hasBegun = false

  private struct Paths: Hashable {
    let distribution: String
    let digest: String
  }

  /// The most that are remembered: a plan has one for each distribution, and some more if these change.
  private static let maximumCount = 10_000

  /// The invalidation that was made of just these paths in this round; nil if there is none.
  package func id(of record: InvalidationRecord) -> String? {
    ids[Paths(distribution: record.distribution, digest: record.paths)]
  }

  /// Whether any was made in this round.
  package var isEmpty: Bool { ids.isEmpty }

  mutating func take(_ record: InvalidationRecord) {
    hasBegun = true
    guard let id = record.id, ids.count < Self.maximumCount else { return }
    ids[Paths(distribution: record.distribution, digest: record.paths)] = id
  }

  mutating func endRound() {
    guard hasBegun else { return }
    hasBegun = false
    ids = [:]
    round += 1
  }
}
