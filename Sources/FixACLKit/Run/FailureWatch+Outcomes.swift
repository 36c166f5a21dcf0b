extension FailureStreak.Failure {
  package init(_ failure: ChangeFailure, of object: ObjectName) {
    switch failure {
    case .s3(let error): self.init(error)
    case .notAsPlanned(let detail): self.init(detail, of: object)
    }
  }
}

extension FailureWatch {
  /// Takes note of how the work on a change ended.
  ///
  /// - Parameter isProgress: whether it shows that the run can succeed.
  /// - Returns: whether the outcome counts.
  func counts(_ outcome: Outcome, of change: Change, isProgress: Bool) -> Bool {
    if case .failed(let failure) = outcome { return counts(FailureStreak.Failure(failure, of: change.name)) }
    if isProgress { noteSuccess() }
    return true
  }
}
