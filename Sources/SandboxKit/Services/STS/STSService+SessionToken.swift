internal import AWSKit

extension STSService {
  /// Temporary keys of a user or of an account's root, which may do what these may.
  func sessionToken(
    _ call: STSCall, as identity: AccountDirectory.Identity, isTemporary: Bool, now: Timestamp
  ) throws(ServiceError) -> Result {
    try call.refuseParameters(besides: ["DurationSeconds", "SerialNumber", "TokenCode"])
    guard !isTemporary else {
      throw ServiceError(403, "AccessDenied", "Cannot call GetSessionToken with session credentials")
    }
    _ = try checkMFA(call, of: identity)
    let isRoot = identity.arn.hasSuffix(":root")
    // Of a root's, an hour is the most (API Reference: GetSessionToken).
    var seconds = isRoot ? 3600 : 43_200
    if let text = call["DurationSeconds"] {
      guard let wanted = Int(text), (900...129_600).contains(wanted) else {
        throw .constraint(
          "Value '\(text)' at 'durationSeconds'", "Member must have value between 900 and 129600")
      }
      seconds = isRoot ? min(wanted, 3600) : wanted
    }
    let session = state.openSession(for: identity, seconds: seconds, now: now)
    return { $0.element(credentialsOf: session) }
  }
}
