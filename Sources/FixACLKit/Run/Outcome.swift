package import AWSKit

/// How the work on one change ended, whether it was applied, rolled back or verified.
package enum Outcome: Sendable {
  /// It was written, and the server confirmed it. In a dry run: it would be written.
  ///
  /// - Parameter version: the one that a copy made beside the one that was there.
  case done(version: String? = nil)
  /// The object was as it should be already; nothing was written.
  ///
  /// - Parameter version: the current one, if the bucket has versions.
  case already(version: String? = nil)
  /// The object is not what it was when it was last seen, and was left alone.
  case stale(Staleness)
  /// A change was made that cannot be undone.
  case irreversible(Irreversible)
  /// The object still is what the plan saw.
  case pending
  /// The plan can do nothing about the object.
  case blocked(ChangeReason)
  case failed(ChangeFailure)
}

/// Why a change could not be made or confirmed.
package enum ChangeFailure: Sendable {
  case s3(AWSError)
  /// The server confirmed a copy, but the object is not as planned.
  case notAsPlanned(String)
}

extension ChangeFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .s3(let error): "\(error)"
    case .notAsPlanned(let detail): detail
    }
  }
}

/// Why a change cannot be undone.
package enum Irreversible: String, Sendable, Equatable {
  /// A copy replaced the object, and nobody can give an object to another account.
  case ownership
  /// A copy made a version, and the version before it is gone.
  case previousVersion = "previous-version"
  /// The former ACL holds public grants, which Block Public Access refuses.
  case publicGrants = "public-grants"
}

/// What became of one change.
package struct ChangeReport: Sendable {
  package let change: Change
  package let outcome: Outcome

  package init(change: Change, outcome: Outcome) {
    self.change = change
    self.outcome = outcome
  }
}

extension JournalResult {
  /// - Precondition: the outcome is one of apply's or rollback's.
  init(_ outcome: Outcome) {
    switch outcome {
    case .done: self = .done
    case .already: self = .already
    case .stale: self = .stale
    case .irreversible: self = .impossible
    case .failed: self = .failed
    case .pending, .blocked: preconditionFailure("\(outcome) is never recorded")
    }
  }
}

extension JournalCause {
  /// Nil for what ended well.
  package init?(_ outcome: Outcome) {
    switch outcome {
    case .done, .already, .pending: return nil
    case .stale(.ownerChanged(let owner)): self.init(reason: "owner-changed", owner: owner)
    case .stale(let staleness): self.init(reason: staleness.word)
    case .irreversible(let reason): self.init(reason: reason.rawValue)
    case .blocked(let reason): self.init(reason: reason.rawValue)
    case .failed(.notAsPlanned(let detail)): self.init(reason: "not-as-planned", detail: detail)
    case .failed(.s3(let error)): self.init(error: .withProfile(error))
    }
  }
}
