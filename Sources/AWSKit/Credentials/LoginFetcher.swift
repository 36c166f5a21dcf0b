internal import Crypto
internal import FoundationEssentials

/// The session of a person who has signed in with `aws login`.
struct LoginFetcher: CredentialsFetcher {
  /// The value of `login_session`, an ARN.
  let session: String
  let context: CredentialsContext

  /// With less than this left, another program may have renewed the session already, else fixacl does (botocore's
  /// LoginCredentialFetcher).
  private static let renewalWindow = 5 * 60

  /// Where the AWS CLI keeps the session.
  var path: String {
    let name = Hex.encode(SHA256.hash(data: Array(session.utf8)))
    let folder = context.environment[.loginCacheDirectory] ?? "~/.aws/login/cache"
    return context.environment.expanded(path: "\(folder)/\(name).json")
  }

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    let path = path
    return try await context.services.tokenFiles.exclusively(path) { () async throws(CredentialsError) in
      let content: String
      switch context.environment.content(ofFile: path) {
      case .notFound: throw signInAgain("nobody has signed in (there is no \(path))")
      case .bytes(let bytes) where bytes.isEmpty: throw signInAgain("\(path) is empty")
      case .unreadable, .bytes: content = try context.secret(inFile: path, "the saved sign-in")
      }
      guard let document = try? JSONDecoder().decode(JSONValue.self, from: Data(content.utf8)),
        let token = document.member("accessToken"), let refreshToken = document["refreshToken"],
        let clientID = document["clientId"], let key = document["dpopKey"]
      else { throw signInAgain("\(path) holds no sign-in that can be read") }
      if let expiration = token["expiresAt"].flatMap(Timestamp.init(iso8601:)),
        expiration.seconds - context.services.now().seconds > Self.renewalWindow,
        let credentials = try? Credentials(
          answered: token["accessKeyId"], token["secretAccessKey"], token["sessionToken"], expiration: expiration),
        rejected?.signLike(credentials) != true
      {
        return credentials
      }
      let region = document["signInRegion"].flatMap(Region.init) ?? context.settings.region?.value
      return try await renewed(
        document, clientID: clientID, refreshToken: refreshToken, key: key, path: path,
        region: region ?? Partition.of(arn: session)?.mainRegion ?? .standard)
    }
  }

  private func renewed(
    _ document: JSONValue, clientID: String, refreshToken: String, key: String, path: String, region: Region
  ) async throws(CredentialsError) -> Credentials {
    guard let proof = DPoPProof(pem: key) else { throw signInAgain("the key in \(path) cannot be read") }
    let service = try context.client(of: .signIn, region: region)
    let (now, uniqueID) = (context.services.now(), context.services.dependencies.uniqueID)
    let login: RenewedLogin
    do {
      login = try await service.renewLogin(clientID: clientID, refreshToken: refreshToken) {
        url throws(CredentialsError) in
        try proof.header(url: url, at: now, id: uniqueID())
      }
    } catch let error as CredentialsError {
      throw error
    } catch let error as AWSError {
      switch error.argument?.value {
      case "TOKEN_EXPIRED": throw signInAgain("the sign-in has ended")
      case "USER_CREDENTIALS_CHANGED": throw signInAgain("the password has been changed since the sign-in")
      default: throw CredentialsError(error, "AWS Sign-In does not renew the session")
      }
    } catch {
      throw CredentialsError(.sourceFailed, "\(error)")
    }
    let expiration = Timestamp(seconds: now.seconds + max(0, min(login.expiresIn, 86_400)))
    let credentials: Credentials
    do {
      credentials = try Credentials(
        answered: login.accessToken.accessKeyId, login.accessToken.secretAccessKey, login.accessToken.sessionToken,
        expiration: expiration)
    } catch {
      throw CredentialsError(.sourceFailed, "AWS Sign-In's answer makes no sense: \(error)")
    }
    let token = (document.member("accessToken") ?? .object([:])).setting([
      "accessKeyId": .string(credentials.accessKeyID), "secretAccessKey": .string(credentials.secretAccessKey),
      "sessionToken": .string(credentials.sessionToken ?? ""), "expiresAt": .string(expiration.extended),
    ])
    // The old refresh token counts no more, so that not to keep the new one would end the session.
    try TokenFiles.write(
      document.setting(["accessToken": token, "refreshToken": .string(login.refreshToken)]), to: path)
    return credentials
  }

  private func signInAgain(_ reason: String) -> CredentialsError {
    CredentialsError(.sessionEnded, "\(reason): run \(context.command("aws login"))")
  }
}
