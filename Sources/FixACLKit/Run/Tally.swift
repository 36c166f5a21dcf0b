/// Counts of a run.
package struct Tally: Sendable, Equatable {
  /// Changes that the run is about, without the blocked ones.
  package var planned = 0
  /// Changes that nothing can be done about.
  package var blocked = 0
  /// Finished by earlier runs, according to the journal.
  package var finishedBefore = 0
  package var done = 0
  package var already = 0
  package var stale = 0
  package var irreversible = 0
  package var pending = 0
  package var failed = 0

  package init(
    planned: Int = 0, blocked: Int = 0, finishedBefore: Int = 0, done: Int = 0, already: Int = 0, stale: Int = 0,
    irreversible: Int = 0, pending: Int = 0, failed: Int = 0
  ) {
    self.planned = planned
    self.blocked = blocked
    self.finishedBefore = finishedBefore
    self.done = done
    self.already = already
    self.stale = stale
    self.irreversible = irreversible
    self.pending = pending
    self.failed = failed
  }

  /// Changes that this run has dealt with, without the blocked ones.
  package var handled: Int { done + already + stale + irreversible + pending + failed }
  /// Changes that this run did not get to.
  package var unhandled: Int { planned - finishedBefore - handled }
  /// What the next run will take on.
  package var remaining: Int { planned - finishedBefore - done - already }
  /// All changes that the run is about, the blocked ones too.
  package var total: Int { planned + blocked }
  /// Whether everything is as it should be, or was put there.
  package var isComplete: Bool { blocked + stale + irreversible + pending + failed == 0 }

  mutating func count(_ outcome: Outcome) {
    switch outcome {
    case .done: done += 1
    case .already: already += 1
    case .stale: stale += 1
    case .irreversible: irreversible += 1
    case .pending: pending += 1
    case .blocked:
      blocked += 1
      planned -= 1
    case .failed: failed += 1
    }
  }
}
