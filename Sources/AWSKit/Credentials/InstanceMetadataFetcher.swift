/// The role of an EC2 instance, from its metadata service (IMDSv2; version 1 only where there is no version 2).
struct InstanceMetadataFetcher: CredentialsFetcher {
  let metadata: InstanceMetadataSettings
  let context: CredentialsContext
  /// What to say if nobody has configured anything and there is no such service either.
  let noCredentials: CredentialsError

  private static let path = "/latest/meta-data/iam/security-credentials/"
  /// Of the token, in seconds: six hours.
  private static let tokenLifetime = "21600"
  private static let name = "the metadata service"
  /// How long credentials count that have ended by their own word.
  private static let extensionSeconds = 15 * 60

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    guard !metadata.isDisabled else {
      throw metadata.isLastResort
        ? noCredentials
        : CredentialsError(.sourceFailed, "AWS_EC2_METADATA_DISABLED forbids to ask the instance for its role")
    }
    let token = try await token()
    let (role, name) = try await role(token)
    guard let name else {
      throw CredentialsError(
        .sourceFailed,
        "the instance has no role (its metadata service answered with \(role.status)\(token.reason)): attach one to it"
          + (token.isLost ? "; \(Self.hopLimit)" : ""))
    }
    let response = try await get(Self.path + PercentEncoding.encode(name), token)
    guard response.status == 200 else {
      throw CredentialsError(
        .sourceFailed, "the metadata service answered with \(response.status) for the role \(name)")
    }
    let credentials = try MetadataRequest.credentials(response, Self.name, secret: token.value)
    // While what renews them is out of order, the service gives old ones, which AWS goes on to accept (botocore's
    // _evaluate_expiration).
    let now = context.services.now()
    guard let end = credentials.expiration, end <= now else { return credentials }
    return Credentials(
      accessKeyID: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey,
      sessionToken: credentials.sessionToken, expiration: Timestamp(seconds: now.seconds + Self.extensionSeconds))
  }

  /// What the service gave in place of a token, if it gave none.
  private struct Token {
    var value: String?
    var status: Int?
    /// Whether the answer did not arrive.
    var isLost = false

    /// Why it was asked without one, in a few words.
    var reason: String {
      if isLost { return ", and not at all for a token" }
      return status.map { ", and with \($0) for a token" } ?? ""
    }
  }

  /// The name of the instance's role; nil if there is none.
  private func role(_ token: Token) async throws(CredentialsError) -> (HTTPResponse, String?) {
    let response: HTTPResponse
    do throws(CredentialsError) {
      response = try await get(Self.path, token)
    } catch {
      throw token.isLost ? lost(error) : error
    }
    guard response.status == 200,
      let name = String(validating: response.body, as: UTF8.self)?.split(separator: "\n").first,
      name.utf8.allSatisfy({ (0x21..<0x7f).contains($0) })
    else { return (response, nil) }
    return (response, String(name))
  }

  /// The token of version 2, or why there is none, so that version 1 may be asked. Like the AWS CLI it asks version 1
  /// whatever happened, unless the service says that it does not understand (botocore's IMDSFetcher).
  private func token() async throws(CredentialsError) -> Token {
    let response: HTTPResponse
    do throws(CredentialsError) {
      response = try await send(
        .put, "/latest/api/token", [("x-aws-ec2-metadata-token-ttl-seconds", Self.tokenLifetime)])
    } catch {
      if error.code == .invalidValue { throw error }
      // Where nobody listens, there is no other version either.
      guard error.isUnanswered, !metadata.isV1Disabled else { throw lost(error) }
      return Token(isLost: true)
    }
    switch response.status {
    case 200:
      let token = String(decoding: response.body, as: UTF8.self)
      guard !token.isEmpty, token.utf8.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
        throw CredentialsError(.sourceFailed, "the metadata service gave no usable token")
      }
      return Token(value: token)
    case 400:
      throw CredentialsError(.sourceFailed, "the metadata service answered with \(response.status) for a token")
    default:
      guard !metadata.isV1Disabled else {
        throw CredentialsError(
          .sourceFailed,
          "the metadata service gave no token (\(response.status)), and AWS_EC2_METADATA_V1_DISABLED forbids to ask "
            + "without one")
      }
      return Token(status: response.status)
    }
  }

  /// What to say if the service does not answer.
  private func lost(_ error: CredentialsError) -> CredentialsError {
    guard metadata.isLastResort else {
      return CredentialsError(.sourceFailed, "\(error.message); \(Self.hopLimit)")
    }
    // On most machines without credentials there is no such service.
    return error.isUnanswered
      ? CredentialsError(.noCredentials, "\(noCredentials.message); \(Self.hopLimit)") : noCredentials
  }

  private static let hopLimit =
    "in a container on an EC2 instance this is mostly a hop limit of 1: raise HttpPutResponseHopLimit of the instance"

  private func get(_ path: String, _ token: Token) async throws(CredentialsError) -> HTTPResponse {
    try await send(.get, path, token.value.map { [("x-aws-ec2-metadata-token", $0)] } ?? [])
  }

  private func send(
    _ method: HTTPMethod, _ path: String, _ headers: [(name: String, value: String)]
  ) async throws(CredentialsError) -> HTTPResponse {
    guard let endpoint = AWSEndpoint(exactly: metadata.endpoint) else {
      throw CredentialsError(
        .invalidValue,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT (\(AWSEndpoint.shown(url: metadata.endpoint))) is not the address of a server"
      )
    }
    let place = endpoint.address(bucket: nil, region: .standard)
    return try await MetadataRequest.send(
      HTTPRequest(
        method: method, scheme: place.scheme, authority: place.authority, path: place.path + path, headers: headers,
        maximumResponseBytes: 64 << 10, deadlineSeconds: metadata.timeoutSeconds), attempts: metadata.attempts,
      Self.name, context.services)
  }
}
