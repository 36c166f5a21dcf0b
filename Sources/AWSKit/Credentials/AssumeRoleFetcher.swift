/// A role that other credentials assume: STS's AssumeRole.
struct AssumeRoleFetcher: CredentialsFetcher {
  let role: RoleAssumption
  /// The credentials that the role trusts.
  let source: any CredentialsProvider
  let context: CredentialsContext

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    var request = AWSClient.RoleRequest(
      roleARN: role.roleARN, sessionName: role.sessionName ?? context.sessionName, externalID: role.externalID,
      durationSeconds: role.durationSeconds)
    guard let serial = role.mfaSerial else { return try await assume(request) }
    if let session = try openSession(insteadOf: rejected) { return session }
    // Those may need a code, too: two prompts at once would take each other's.
    do { _ = try await source.credentials() } catch let error as CredentialsError { throw error } catch {}
    let services = context.services
    await services.mfaSessions.turn.take()
    defer { services.mfaSessions.turn.leave() }
    // Another profile with the same role may have asked meanwhile.
    if let session = try openSession(insteadOf: rejected) { return session }
    guard let code = await services.dependencies.askMFACode(context.name.short, serial) else {
      throw CredentialsError(
        .sourceFailed,
        "the role needs a code of the MFA device \(serial), and nobody can be asked: run plan and apply on a terminal, "
          + "or use a role without MFA on schedules")
    }
    guard !code.isEmpty else {
      throw CredentialsError(
        .sourceFailed,
        "the role needs a code of the MFA device \(serial), and none was typed: run the same command again")
    }
    request.mfa = (serial, code)
    let session = try await assume(request)
    services.mfaSessions[role] = session
    return session
  }

  /// The session that somebody has opened with a code; nil if nobody has.
  ///
  /// - Throws: if it has ended: a code opens one only.
  private func openSession(insteadOf rejected: Credentials?) throws(CredentialsError) -> Credentials? {
    guard let session = context.services.mfaSessions[role] else { return nil }
    if let end = session.expiration, end > context.services.now(), rejected?.signLike(session) != true {
      return session
    }
    throw CredentialsError(
      .sessionEnded,
      "the session that the MFA code opened has ended: run the same command again, which resumes where this one "
        + "stopped; duration_seconds makes sessions longer, as far as the role permits")
  }

  private func assume(_ request: AWSClient.RoleRequest) async throws(CredentialsError) -> Credentials {
    let sts = try context.client(of: .sts, arn: role.roleARN, credentials: source)
    do throws(AWSError) {
      return try await sts.assumeRole(request)
    } catch {
      let isNamed = context.name == .role(role.roleARN)
      throw CredentialsError(
        error, "\(isNamed ? "it" : "the role \(role.roleARN)") cannot be assumed",
        advice(after: error, isNamed: isNamed).map { ": " + $0 } ?? "")
    }
  }

  private func advice(after error: AWSError, isNamed: Bool) -> String? {
    // STS has no code of its own for it.
    if role.mfaSerial != nil, error.message.contains("MultiFactorAuthentication failed") {
      return "run the same command again, and type the code that the device shows then"
    }
    if let renewal = error.renewalFailure { return renewal }
    guard error.isAccessDenied else { return nil }
    let setting = isNamed ? "--owner-external-id" : "external_id"
    return "the role must trust who assumes it\(role.externalID == nil ? ", and may want \(setting)" : ""), and its "
      + "caller needs sts:AssumeRole"
  }
}
