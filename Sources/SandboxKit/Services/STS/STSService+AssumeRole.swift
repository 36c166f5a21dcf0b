internal import AWSKit

extension STSService {
  func assumeRole(
    _ call: STSCall, as identity: AccountDirectory.Identity, now: Timestamp
  ) throws(ServiceError) -> Result {
    // What is not known would make the session another one.
    try call.refuseParameters(besides: [
      "RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId", "SerialNumber", "TokenCode", "SourceIdentity",
      "Tags", "Policy",
    ])
    let wanted = try RoleSessionRequest(call)
    let externalID = try call.optional("ExternalId", lengths: 2...1224)
    let hasMFA = try checkMFA(call, of: identity)
    let refusal = ServiceError(
      403, "AccessDenied",
      "User: \(identity.arn) is not authorized to perform: sts:AssumeRole on resource: \(wanted.roleARN)")
    let (account, role) = try wanted.role(among: state.accounts, orThrow: refusal)
    guard role.trusts.isEmpty || role.trusts.contains(identity.account.name), hasMFA || !role.needsMFA,
      role.externalID == nil || role.externalID == externalID
    else { throw refusal }
    guard wanted.seconds <= 3600 || !identity.isRoleSession else {
      throw .validationError(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
    }
    try wanted.checkLength(for: role)
    var session = AccountDirectory.Identity(role: role.name, of: account, sessionName: wanted.sessionName)
    session.tags = try call.tags()
    let policy = try call.optional("Policy", lengths: 1...2048)
    if let policy { session.rights.limits.append(try IdentityRights(sessionPolicy: policy)) }
    let keys = state.openSession(for: session, policy: policy, seconds: wanted.seconds, now: now)
    return { writer in
      writer.element(assumedRole: keys)
      if let source = call["SourceIdentity"] { writer.element("SourceIdentity", text: source) }
    }
  }

  /// Whether a code of the caller's MFA device was given.
  ///
  /// - Throws: `AccessDenied` where it is wrong, also for a role that needs none.
  func checkMFA(_ call: STSCall, of identity: AccountDirectory.Identity) throws(ServiceError) -> Bool {
    func denied(_ reason: String) -> ServiceError {
      ServiceError(403, "AccessDenied", "MultiFactorAuthentication failed\(reason)")
    }
    let serial = try call.optional("SerialNumber", lengths: 9...256)
    let code = try call.optional("TokenCode", lengths: 6...6)
    guard serial != nil || code != nil else { return false }
    guard let serial, let code else { throw denied(", must provide both MFA serial number and one time pass code.") }
    guard let device = identity.mfaDevice, device.serial == serial else {
      throw denied(
        ", unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.")
    }
    guard device.code == code else { throw denied(" with invalid MFA one time pass code. ") }
    return true
  }
}

extension DocumentWriter {
  /// What all ways to assume a role answer.
  mutating func element(assumedRole session: AccountDirectory.Session) {
    element("AssumedRoleUser") { writer in
      writer.element("AssumedRoleId", text: session.identity.userID)
      writer.element("Arn", text: session.identity.arn)
    }
    element(credentialsOf: session)
  }

  mutating func element(credentialsOf session: AccountDirectory.Session) {
    element("Credentials") { writer in
      writer.element("AccessKeyId", text: session.credentials.accessKeyID)
      writer.element("SecretAccessKey", text: session.credentials.secretAccessKey)
      writer.element("SessionToken", text: session.credentials.sessionToken ?? "")
      writer.element("Expiration", text: session.expiry.extended)
    }
  }
}
