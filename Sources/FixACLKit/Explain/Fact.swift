package import AWSKit

/// Something that was asked, and what came of it.
package enum Fact<Value: Sendable>: Sendable {
  case known(Value, Evidence?)
  /// It may not be seen, or there was no answer.
  case hidden(Evidence, Sight)
  /// Nobody asked: it does not matter, or there is nobody to ask.
  case notAsked

  package var value: Value? {
    if case .known(let value, _) = self { value } else { nil }
  }

  package var evidence: Evidence? {
    switch self {
    case .known(_, let evidence): evidence
    case .hidden(let evidence, _): evidence
    case .notAsked: nil
    }
  }

  /// Whether what was asked does not know the whole service: another server has its address, or none; or there was nothing
  /// to ask by, since that server knows no accounts.
  var isOfUnknownService: Bool {
    guard case .hidden(let evidence, _) = self else { return false }
    guard let error = evidence.error else { return evidence.status == nil }
    switch error.kind {
    case .transport(.cannotConnect): return true
    case .service: return [400, 404, 405, 501].contains(error.status) && !error.refusesCredentials
    default: return isOfUnknownSetting
    }
  }

  /// Whether the server does not know the setting that was asked for, or takes the question for another.
  var isOfUnknownSetting: Bool {
    guard case .hidden(let evidence, _) = self else { return false }
    if let error = evidence.error, error.kind == .malformedAnswer {
      return error.status.map { (200..<300).contains($0) } ?? false
    }
    return [404, 405, 501].contains(evidence.status) && evidence.code != "NoSuchBucket"
  }

  /// Who could see it, if it is hidden.
  package var sight: Sight? {
    if case .hidden(_, let sight) = self { sight } else { nil }
  }
}

/// One request that was made to learn something, and what it showed.
package struct Evidence: Sendable {
  /// The operation's name.
  package var operation: String
  /// Whose credentials signed it; nil if nobody's did.
  package var profile: String?
  /// The HTTP status; nil if there was no answer.
  package var status: Int?
  package var code: String?
  package var requestID: String?
  /// What the answer shows, in a few words.
  package var seen: String
  /// Why nothing was seen; nil if something was.
  private(set) var error: AWSError?

  package init(
    operation: String, profile: String? = nil, status: Int? = nil, code: String? = nil, requestID: String? = nil,
    seen: String = ""
  ) {
    self.operation = operation
    self.profile = profile
    self.status = status
    self.code = code
    self.requestID = requestID
    self.seen = seen
  }

  init(_ error: AWSError) {
    self.init(
      operation: error.operation, profile: error.account, status: error.status, code: error.code,
      requestID: error.requestID, seen: error.message)
    self.error = error
  }
}

/// Who could see something that is hidden, and the right that it takes.
package struct Sight: Sendable, Hashable {
  package enum Holder: Sendable, Hashable {
    case bucketOwner
    case objectOwner(CanonicalID?)
    case distributionOwner
    case keyOwner
    case managementAccount
    case account(AccountID)
    /// No service tells.
    case nobody
  }

  package var holder: Holder
  /// An IAM action; empty if no right helps. Of what nobody tells, what it depends on, as far as that has a name.
  package var right: String

  package init(_ holder: Holder, _ right: String) {
    self.holder = holder
    self.right = right
  }
}
