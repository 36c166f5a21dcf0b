/// Which distributions forget what was repaired.
package struct InvalidationRequest: Sendable, Equatable {
  package var distributions: DistributionFinder.Choice
  /// Whether to wait until CloudFront has done it.
  package var waits = false

  package init(_ distributions: DistributionFinder.Choice, waits: Bool = false) {
    self.distributions = distributions
    self.waits = waits
  }
}

/// What came of an order to invalidate.
package struct InvalidationSummary: Sendable {
  package enum Result: String, Sendable {
    /// Everything is invalidated, by this run or an earlier one.
    case done
    /// A dry run.
    case planned
    /// No distribution serves any of the objects.
    case nothing
    /// Changes are left, so nothing is invalidated yet.
    case notYet = "not-yet"
    case failed
    case interrupted
  }

  package var result: Result
  package var distributions: [DistributionInvalidation] = []
  /// Why the distributions are not known.
  package var problem: EdgeProblem?
  /// The profile that asked CloudFront; nil for the environment's own credentials.
  package var profile: String?

  init(_ result: Result) {
    self.result = result
  }
}
