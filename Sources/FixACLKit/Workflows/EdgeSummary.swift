package import AWSKit

/// What viewers got of a sample.
package struct EdgeSummary: Sendable {
  /// The IDs of the distributions that were asked.
  package var distributions: [String] = []
  /// Objects of the sample.
  package var chosen = 0
  /// The same, each through every distribution that serves it.
  package var asked = 0
  package var served = 0
  package var differing = 0
  /// Those of them for which an error was repeated from a cache.
  package var cachedErrors = 0
  /// The credentials that were used, which another command may need.
  package var credentials = CredentialNames()
  /// One that was not served, by an error of now.
  package var example: ViewerURL?
  /// Nothing answered.
  package var failed = 0
  /// Changed objects that distributions serve, of which the sample was taken.
  package var objects = 0
  /// Changed objects that no distribution serves.
  package var notServed = 0
  /// Why nothing, or not everything, could be asked.
  package var problem: EdgeProblem?
  package var isInterrupted = false

  mutating func count(_ report: EdgeReport) {
    asked += 1
    if report.isCachedError {
      cachedErrors += 1
    } else if !report.isServed, report.answer != nil {
      example = example ?? report.url
    }
    switch report.outcome {
    case .served: served += 1
    case .refused, .errorPage, .otherContent: differing += 1
    case .unanswered: failed += 1
    }
  }
}
