internal import AWSKit

extension Error {
  /// Whether it only says that a stop has ended the run's requests, which says nothing of the bucket.
  var isOfStop: Bool {
    let error: any Error = self
    return switch error {
    case let error as AWSError: error.isStopped
    case WorkflowError.ownerUnknown(_, let error), WorkflowError.swappedProfiles(let error, _, _): error.isStopped
    case ReaderProblem.cloudFront(_, let error), ReaderProblem.policyUnreadable(let error): error.isStopped
    case ExplainProblem.distributionsHidden(let error), ExplainProblem.distributionHidden(_, let error),
      ExplainProblem.bucketMissing(let error):
      error.isStopped
    case is PlanWriter.Interrupted: true
    default: false
    }
  }
}
