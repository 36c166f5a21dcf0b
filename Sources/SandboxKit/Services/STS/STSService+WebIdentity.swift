internal import AWSKit

extension STSService {
  /// Nobody signs this: the token says who asks.
  ///
  /// A role takes the tokens that the accounts file names, in any form. Of one that is a JSON Web Token the
  /// end counts too; its signature is not verified.
  func assumeRoleWithWebIdentity(_ call: STSCall, now: Timestamp) throws(ServiceError) -> Result {
    try call.refuseParameters(besides: ["RoleArn", "RoleSessionName", "DurationSeconds", "WebIdentityToken"])
    let wanted = try RoleSessionRequest(call)
    let token = try call.required("WebIdentityToken", lengths: 4...20_000)
    let claims = JSONWebToken(token)?.payload(as: Claims.self)
    guard state.accounts.accounts.contains(where: { $0.roles.contains { $0.webIdentityTokens.contains(token) } }) else {
      throw ServiceError(
        400, "InvalidIdentityToken",
        claims == nil
          ? "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
          : "No OpenIDConnect provider found in your account for \(claims?.iss ?? "")")
    }
    if let end = claims?.exp, end <= now.seconds {
      throw ServiceError(
        400, "ExpiredTokenException",
        "Token expired: current date/time \(now.seconds) must be before the expiration date/time \(end)")
    }
    let refusal = ServiceError(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    let (account, role) = try wanted.role(among: state.accounts, orThrow: refusal)
    guard role.webIdentityTokens.contains(token) else { throw refusal }
    try wanted.checkLength(for: role)
    let session = state.openSession(
      for: AccountDirectory.Identity(role: role.name, of: account, sessionName: wanted.sessionName),
      seconds: wanted.seconds, now: now)
    return { writer in
      writer.element("SubjectFromWebIdentityToken", text: claims?.sub ?? "subject")
      writer.element("Audience", text: claims?.aud ?? "sts.amazonaws.com")
      writer.element(assumedRole: session)
      writer.element("Provider", text: claims?.iss ?? "https://oidc.sandbox.test")
    }
  }

  /// What of an OpenID Connect token is looked at.
  private struct Claims: Decodable {
    let iss: String?
    let sub: String?
    let aud: String?
    /// Its end, in seconds since 1970.
    let exp: Int?
  }
}
