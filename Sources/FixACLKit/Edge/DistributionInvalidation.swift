internal import AWSKit

/// What a distribution has to forget, and what came of it.
package struct DistributionInvalidation: Sendable {
  /// The distribution's ID.
  package let distribution: String
  /// The name that people know it by.
  package let name: String
  /// Repaired objects that it serves.
  package let objects: Int
  /// In the order of their bytes; empty if it serves none of the objects.
  package let paths: [String]
  /// How many of them end with an asterisk.
  package let wildcards: Int
  /// The same in so few paths that a command line holds them.
  package let fewPaths: [String]
  /// Whether code at the edge may change the paths that are cached.
  package let mayBeRewritten: Bool
  /// The profile that asks CloudFront; nil for the environment's own credentials.
  package let profile: String?
  /// CloudFront's ID of the invalidation; nil before it is made.
  package internal(set) var id: String?
  /// Whether this run made it.
  package internal(set) var isNew = false
  /// Whether CloudFront says that it is completed; nil if nobody asked.
  package internal(set) var isCompleted: Bool?
  /// What went wrong.
  package internal(set) var problem: EdgeProblem?

  init(
    _ distribution: Distribution, objects: Int, _ paths: InvalidationPaths, mayBeRewritten: Bool = false,
    profile: String? = nil
  ) {
    self.profile = profile
    self.mayBeRewritten = mayBeRewritten
    self.distribution = distribution.id
    name = distribution.name
    self.objects = objects
    self.paths = paths.paths
    wildcards = paths.wildcardCount
    fewPaths = paths.reduced(to: InvalidationPaths.Budget(paths: 10, wildcards: 5)).paths
    if distribution.isTenantOnly { problem = .tenantOnly(distribution.id) }
  }

  /// Whether there is something to be done.
  var isPending: Bool { id == nil && problem == nil && !paths.isEmpty }
}
