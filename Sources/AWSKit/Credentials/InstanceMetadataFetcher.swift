/// The role of an EC2 instance, from its metadata service (IMDSv2; version 1 only where there is no version 2).
struct InstanceMetadataFetcher: CredentialsFetcher {
  let metadata: InstanceMetadataSettings
  let context: CredentialsContext
  /// What to say if nobody has configured anything and there is no such service either.
  let noCredentials: CredentialsError

  private static let path = "/latest/meta-data/iam/security-credentials/"
  /// Of the token, in seconds: six hours.
  private static let tokenLifetime = "21600"
  private static let name = "the instance's role"

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    guard !metadata.isDisabled else {
      throw metadata.isLastResort
        ? noCredentials
        : CredentialsError(.sourceFailed, "AWS_EC2_METADATA_DISABLED forbids to ask the instance for its role")
    }
    let token = try await token()
    let role = try await get(Self.path, token)
    guard role.status == 200, let name = String(validating: role.body, as: UTF8.self)?.split(separator: "\n").first,
      name.utf8.allSatisfy({ (0x21..<0x7f).contains($0) })
    else {
      throw CredentialsError(
        .sourceFailed, "the instance has no role (its metadata service answered with \(role.status)): attach one to it")
    }
    let response = try await get(Self.path + PercentEncoding.encode(String(name)), token)
    guard response.status == 200 else {
      throw CredentialsError(
        .sourceFailed, "the metadata service answered with \(response.status) for the role \(name)")
    }
    return try MetadataRequest.credentials(response, Self.name, secret: token)
  }

  /// The token of version 2; nil if the service has none, so that version 1 may be asked.
  private func token() async throws(CredentialsError) -> String? {
    let response: HTTPResponse
    do throws(CredentialsError) {
      response = try await send(
        .put, "/latest/api/token", [("x-aws-ec2-metadata-token-ttl-seconds", Self.tokenLifetime)])
    } catch {
      if error.code == .invalidValue { throw error }
      if metadata.isLastResort { throw noCredentials }
      throw CredentialsError(
        .sourceFailed,
        "\(error.message); in a container this is mostly a hop limit of 1: raise HttpPutResponseHopLimit of the instance"
      )
    }
    switch response.status {
    case 200:
      let token = String(decoding: response.body, as: UTF8.self)
      guard !token.isEmpty, token.utf8.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
        throw CredentialsError(.sourceFailed, "the metadata service gave no usable token")
      }
      return token
    case 403, 404, 405:
      guard !metadata.isV1Disabled else {
        throw CredentialsError(
          .sourceFailed,
          "the metadata service gave no token (\(response.status)), and AWS_EC2_METADATA_V1_DISABLED forbids to ask "
            + "without one")
      }
      return nil
    default:
      throw CredentialsError(.sourceFailed, "the metadata service answered with \(response.status) for a token")
    }
  }

  private func get(_ path: String, _ token: String?) async throws(CredentialsError) -> HTTPResponse {
    try await send(.get, path, token.map { [("x-aws-ec2-metadata-token", $0)] } ?? [])
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
