/// A role that is assumed with a token of an identity provider: STS's AssumeRoleWithWebIdentity.
struct WebIdentityFetcher: CredentialsFetcher {
  let identity: WebIdentity
  let context: CredentialsContext

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    // Read again each time: tokens end too, and what issues them writes the file again.
    let token = try context.secret(inFile: identity.tokenFile, "the web identity token")
    let sts = try context.client(of: .sts, arn: identity.roleARN, credentials: nil)
    let request = AWSClient.RoleRequest(
      roleARN: identity.roleARN, sessionName: identity.sessionName ?? context.sessionName)
    do throws(AWSError) {
      return try await sts.assumeRole(request, webIdentityToken: token)
    } catch {
      let advice =
        error.code == "ExpiredTokenException"
        ? ": the token in \(identity.tokenFile) has expired, and what issues it has not written a new one" : ""
      throw CredentialsError(error, "the role \(identity.roleARN) cannot be assumed with the web identity", advice)
    }
  }
}
