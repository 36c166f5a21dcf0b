/// Something to know about invalidations, while they are made.
package enum InvalidationNotice: Sendable {
  /// What is about to be invalidated, or would be.
  case planned([DistributionInvalidation], isDryRun: Bool)
  /// An earlier run has done it.
  case already(DistributionInvalidation)
  /// The distribution serves none of the repaired objects.
  case nothingServed(DistributionInvalidation)
  /// CloudFront has too many in progress; it is asked again after so many seconds.
  case busy(distribution: String, seconds: Double)
  /// Code at the edge may change paths, so the invalidation may miss some.
  case mayMiss(DistributionInvalidation)
  case created(DistributionInvalidation, isAwaited: Bool)
  /// It is waited for.
  case inProgress(DistributionInvalidation, seconds: Int)
  case completed(DistributionInvalidation)
  /// So many changes are left, so nothing is invalidated yet.
  case notYet(changes: Int)
  /// It was not done in a distribution.
  case failed(DistributionInvalidation, EdgeProblem)
  /// It was not done at all.
  ///
  /// - Parameter profile: the profile that asked; nil for the environment's own credentials.
  case unknownDistributions(EdgeProblem, DistributionFinder.Choice, profile: String?)
}
