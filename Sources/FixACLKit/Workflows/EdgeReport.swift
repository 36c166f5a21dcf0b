package import AWSKit

/// What a viewer got of one object through a distribution.
package struct EdgeReport: Sendable {
  package let change: Change
  /// The distribution's ID.
  package let distribution: String
  package let url: ViewerURL
  package let outcome: Outcome

  package enum Outcome: Sendable {
    case served(ProbeAnswer)
    case refused(ProbeAnswer)
    /// A custom error page, or another function's answer, with a status that looks well.
    case errorPage(ProbeAnswer)
    /// The content has another ETag than the plan saw.
    case otherContent(ProbeAnswer)
    case unanswered(TransportError)
  }

  /// - Parameter answer: to a GET of the first byte.
  init(
    _ change: Change, distribution: String, url: ViewerURL, answer: Result<ProbeAnswer, TransportError>
  ) {
    self.change = change
    self.distribution = distribution
    self.url = url
    outcome =
      switch answer {
      case .failure(let error): .unanswered(error)
      case .success(let answer): Self.outcome(answer, of: change)
      }
  }

  private static func outcome(_ answer: ProbeAnswer, of change: Change) -> Outcome {
    // An empty object has no first byte.
    guard answer.isSuccess || change.size == 0 && answer.status == 416 else { return .refused(answer) }
    if ProbeAnswer.isMarkedAsError(answer.cacheStatus), answer.isSuccess { return .errorPage(answer) }
    // A copy may have another ETag than the object that it replaced.
    guard change.action == .grant, answer.isSuccess, let etag = answer.etag else { return .served(answer) }
    return ProbeAnswer.isETag(etag, of: change.etag) ? .served(answer) : .otherContent(answer)
  }

  package var isServed: Bool {
    if case .served = outcome { true } else { false }
  }

  /// Whether CloudFront repeats an error from its cache.
  package var isCachedError: Bool {
    guard case .refused(let answer) = outcome else { return false }
    return (answer.ageSeconds ?? 0) > 0
  }

  /// What the viewer got; nil if nothing answered.
  package var answer: ProbeAnswer? {
    switch outcome {
    case .served(let answer), .refused(let answer), .errorPage(let answer), .otherContent(let answer): answer
    case .unanswered: nil
    }
  }
}
