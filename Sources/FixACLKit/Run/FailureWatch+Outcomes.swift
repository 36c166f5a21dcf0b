internal import Synchronization

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
  /// - Returns: whether that counts.
  func counts(_ outcome: ChangeOutcome, of change: Change) -> Bool {
    switch outcome {
    case .done, .already: noteSuccess()
    case .stale: break
    case .failed(let failure): return counts(FailureStreak.Failure(failure, of: change.name))
    }
    return true
  }

  /// The same of what is undone.
  func counts(_ outcome: RollbackOutcome, of change: Change) -> Bool {
    switch outcome {
    case .done, .already: noteSuccess()
    case .stale, .impossible: break
    case .failed(let failure): return counts(FailureStreak.Failure(failure, of: change.name))
    }
    return true
  }
}
