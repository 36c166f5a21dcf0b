internal import Crypto
internal import FoundationEssentials

/// A role of IAM Identity Center, for a person who has signed in with `aws sso login`.
struct SSOFetcher: CredentialsFetcher {
  let role: SSORole
  let context: CredentialsContext

  /// With less than this left, a token is renewed (botocore's tokens.py).
  private static let renewalWindow = 15 * 60

  /// Where the AWS CLI keeps the token: a file for each session, or for the legacy form for each start URL.
  var path: String {
    let name = Hex.encode(Insecure.SHA1.hash(data: Array((role.sessionName ?? role.startURL).utf8)))
    return context.environment.expanded(path: "~/.aws/sso/cache/\(name).json")
  }

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    let token = try await accessToken()
    let portal = try context.client(of: .sso, region: role.region)
    do throws(AWSError) {
      return try await portal.roleCredentials(account: role.accountID, role: role.roleName, accessToken: token)
    } catch {
      if error.kind == .service, error.status == 401 {
        throw signInAgain("IAM Identity Center refuses the saved sign-in")
      }
      throw CredentialsError(
        error, "IAM Identity Center gives no credentials for the role \(role.roleName) of account \(role.accountID)")
    }
  }

  /// The token of the file, renewed if necessary.
  private func accessToken() async throws(CredentialsError) -> String {
    let path = path
    return try await context.services.tokenFiles.exclusively(path) { () async throws(CredentialsError) in
      let document = try context.savedSignIn(inFile: path, orElse: signInAgain)
      guard let token = document["accessToken"], let expiry = document["expiresAt"].flatMap(Timestamp.init(iso8601:))
      else { throw signInAgain(CredentialsContext.unreadableSignIn(path)) }
      let remaining = expiry.seconds - context.services.now().seconds
      guard remaining < Self.renewalWindow, role.sessionName != nil,
        let renewed = try await renewed(document, path: path, isNeeded: remaining <= 0)
      else {
        guard remaining > 0 else { throw signInAgain("the sign-in ended at \(expiry.extended)") }
        return token
      }
      return renewed
    }
  }

  /// Renews the token and writes the file again.
  ///
  /// - Parameter isNeeded: whether the old one has ended, so that a failure is one.
  /// - Returns: nil if it cannot be renewed.
  private func renewed(
    _ document: JSONValue, path: String, isNeeded: Bool
  ) async throws(CredentialsError) -> String? {
    let now = context.services.now()
    guard let refreshToken = document["refreshToken"], let clientID = document["clientId"],
      let clientSecret = document["clientSecret"],
      let registration = document["registrationExpiresAt"].flatMap(Timestamp.init(iso8601:)), registration > now
    else { return nil }
    let service = try context.client(of: .ssoOIDC, region: role.region)
    let token: RenewedToken
    do throws(AWSError) {
      token = try await service.renewToken(clientID: clientID, clientSecret: clientSecret, refreshToken: refreshToken)
    } catch {
      guard isNeeded else { return nil }
      if error.kind == .service, error.status == 400 || error.status == 401 { return nil }
      throw CredentialsError(error, "IAM Identity Center does not renew the sign-in")
    }
    let changes: [String: JSONValue] = [
      "startUrl": .string(role.startURL), "region": .string(role.region.name),
      "accessToken": .string(token.accessToken),
      "expiresAt": .string(Timestamp(seconds: now.seconds + max(0, min(token.expiresIn, 1 << 31))).extended),
      "refreshToken": .string(token.refreshToken ?? refreshToken),
    ]
    do throws(CredentialsError) {
      try TokenFiles.write(document.setting(changes), to: path)
    } catch {
      // The old one is still good for those that come next.
      if isNeeded { throw error }
    }
    return token.accessToken
  }

  private func signInAgain(_ reason: String) -> CredentialsError {
    CredentialsError(.sessionEnded, "\(reason): run \(context.command("aws sso login"))")
  }
}
