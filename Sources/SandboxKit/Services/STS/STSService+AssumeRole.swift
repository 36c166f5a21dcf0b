internal import AWSKit

extension STSService {
  /// Parameters that change nothing here: no role asks for an external ID.
  private static let knownParameters: Set = [
    "Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId", "SourceIdentity",
  ]

  func assumeRole(
    _ call: STSCall, as identity: AccountDirectory.Identity, now: Timestamp
  ) throws(ServiceError) -> Result {
    // Session policies and the others would make the session another one.
    if let unknown = call.names.subtracting(Self.knownParameters).min() {
      throw .notImplemented("AssumeRole with \(unknown)")
    }
    let arn = try Self.required("roleArn", call["RoleArn"])
    let sessionName = try Self.sessionName(call)
    let seconds = try Self.duration(call)
    let (account, role) = try role(arn, for: identity)
    guard seconds <= 3600 || !identity.isSession else {
      throw .validationError(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
    }
    let session = state.accounts.assume(
      role, of: account, sessionName: sessionName, until: Timestamp(seconds: now.seconds + seconds))
    return { writer in
      writer.element("AssumedRoleUser") { writer in
        writer.element("AssumedRoleId", text: session.identity.userID)
        writer.element("Arn", text: session.identity.arn)
      }
      writer.element("Credentials") { writer in
        writer.element("AccessKeyId", text: session.credentials.accessKeyID)
        writer.element("SecretAccessKey", text: session.credentials.secretAccessKey)
        writer.element("SessionToken", text: session.credentials.sessionToken ?? "")
        writer.element("Expiration", text: session.expiry.extended)
      }
      if let source = call["SourceIdentity"] { writer.element("SourceIdentity", text: source) }
    }
  }

  /// The role that an ARN names, if it trusts the caller's account. One that does not exist is refused in the same
  /// words, so that nobody can find out which ones do.
  private func role(
    _ arn: String, for identity: AccountDirectory.Identity
  ) throws(ServiceError) -> (SandboxAccount, SandboxAccount.Role) {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[3].isEmpty, parts[5].hasPrefix("role/") else {
      throw .validationError("\(arn) is invalid")
    }
    let name = parts[5].dropFirst("role/".count)
    guard parts[1] == "aws", let account = state.accounts.account(id: parts[4]),
      let role = account.roles.first(where: { $0.name == name }),
      role.trusts.isEmpty || role.trusts.contains(identity.account.name)
    else {
      throw ServiceError(
        403, "AccessDenied",
        "User: \(identity.arn) is not authorized to perform: sts:AssumeRole on resource: \(arn)")
    }
    return (account, role)
  }

  // MARK: Parameters

  private static func required(_ name: String, _ value: String?) throws(ServiceError) -> String {
    guard let value else { throw .constraint("Value null at '\(name)'", "Member must not be null") }
    return value
  }

  private static func sessionName(_ call: STSCall) throws(ServiceError) -> String {
    let name = try required("roleSessionName", call["RoleSessionName"])
    let value = "Value '\(name)' at 'roleSessionName'"
    guard name.count >= 2 else { throw .constraint(value, "Member must have length greater than or equal to 2") }
    guard name.count <= 64 else { throw .constraint(value, "Member must have length less than or equal to 64") }
    guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_+=,.@-".contains($0)) }) else {
      throw .constraint(value, "Member must satisfy regular expression pattern: [\\w+=,.@-]*")
    }
    return name
  }

  /// An hour unless something else is asked for.
  private static func duration(_ call: STSCall) throws(ServiceError) -> Int {
    guard let text = call["DurationSeconds"] else { return 3600 }
    let value = "Value '\(text)' at 'durationSeconds'"
    guard let seconds = Int(text) else { throw .constraint(value, "Member must be a number") }
    guard seconds >= 900 else { throw .constraint(value, "Member must have value greater than or equal to 900") }
    guard seconds <= 43_200 else { throw .constraint(value, "Member must have value less than or equal to 43200") }
    return seconds
  }
}

extension AccountDirectory.Identity {
  /// Whether it is a role's session, so that a role that it assumes is chained.
  fileprivate var isSession: Bool { arn.hasPrefix("arn:aws:sts::") }
}

extension ServiceError {
  fileprivate static func validationError(_ message: String) -> ServiceError {
    ServiceError(400, "ValidationError", message)
  }

  fileprivate static func constraint(_ value: String, _ demand: String) -> ServiceError {
    validationError("1 validation error detected: \(value) failed to satisfy constraint: \(demand)")
  }
}
