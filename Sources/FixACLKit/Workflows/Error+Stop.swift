internal import AWSKit

extension Error {
  /// Whether it only says that a stop has ended the run's requests, which says nothing of the bucket.
  var isOfStop: Bool {
    let error: any Error = self
    return switch error {
    case let error as AWSError: error.isOfStop
    case WorkflowError.ownerUnknown(_, let error), WorkflowError.swappedProfiles(let error, _, _): error.isOfStop
    case ReaderProblem.cloudFront(_, let error), ReaderProblem.policyUnreadable(let error): error.isOfStop
    case ExplainProblem.distributionsHidden(let error), ExplainProblem.distributionHidden(_, let error),
      ExplainProblem.bucketMissing(let error):
      error.isOfStop
    case is PlanWriter.Interrupted, WorkflowError.interrupted: true
    default: false
    }
  }
}

extension AWSError {
  /// Whether it was not sent after a stop, or is one of the reads that a stop interrupts.
  fileprivate var isOfStop: Bool { isStopped || kind == .transport(.interrupted) }
}
