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
    let services = context.services
    if let session = services.mfaSessions[role] {
      if let end = session.expiration, end > services.now(), rejected?.signLike(session) != true { return session }
      throw CredentialsError(
        .sessionEnded,
        "the session that the MFA code opened has ended: run the same command again, which goes on where this one "
          + "stopped; duration_seconds makes sessions longer, as far as the role permits")
    }
    guard let code = await services.dependencies.askMFACode(context.name.short, serial) else {
      throw CredentialsError(
        .sourceFailed,
        "the role needs a code of the MFA device \(serial), and there is no terminal to ask on: run this on a "
          + "terminal, or use a role without MFA on schedules")
    }
    request.mfa = (serial, code)
    let session = try await assume(request)
    services.mfaSessions[role] = session
    return session
  }

  private func assume(_ request: AWSClient.RoleRequest) async throws(CredentialsError) -> Credentials {
    let sts = try context.client(of: .sts, arn: role.roleARN, credentials: source)
    do throws(AWSError) {
      return try await sts.assumeRole(request)
    } catch {
      let advice =
        error.isAccessDenied
        ? ": the role must trust who assumes it\(role.externalID == nil ? ", and may want external_id" : ""), and its "
          + "caller needs sts:AssumeRole" : ""
      throw CredentialsError(error, "the role \(role.roleARN) cannot be assumed", advice)
    }
  }
}
