internal import FoundationEssentials

/// The role of an ECS task, an EKS pod or a container of the like, from an address in the environment.
struct ContainerFetcher: CredentialsFetcher {
  let uri: ContainerCredentialsURI
  let context: CredentialsContext

  /// As AWS's clients have it (botocore's ContainerMetadataFetcher).
  private static let timeoutSeconds = 2
  private static let attempts = 3

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    var request = try request()
    switch uri.token {
    case .none: break
    case .value(let token): try authorize(&request, token, "AWS_CONTAINER_AUTHORIZATION_TOKEN")
    case .file(let path):
      let token = try context.secret(
        inFile: path, "the token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", isTrimmed: false)
      try authorize(&request, token, path)
    }
    let response = try await MetadataRequest.send(
      request, attempts: Self.attempts, "the container's credentials", context.services)
    let secret = request.headers.last { $0.name == "Authorization" }?.value
    guard response.status == 200 else {
      throw CredentialsError(
        .sourceFailed,
        "the container's credentials at \(shownURL) were answered with \(response.status)"
          + MetadataRequest.error(response, secret: secret))
    }
    return try MetadataRequest.credentials(
      response, "the container's credentials at \(shownURL)", secret: secret)
  }

  private var shownURL: String { AWSEndpoint.shown(url: uri.url) }

  private func authorize(_ request: inout HTTPRequest, _ token: String, _ place: String) throws(CredentialsError) {
    // It could add headers.
    guard token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      throw CredentialsError(
        .invalidValue, "the container's token in \(place) has a line break in it: write it without one")
    }
    request.headers.append(("Authorization", token))
  }

  private func request() throws(CredentialsError) -> HTTPRequest {
    let address = uri.url.prefix { $0 != "?" }
    let query = uri.url.dropFirst(address.count + 1)
    guard let endpoint = AWSEndpoint(exactly: String(address)),
      query.utf8.allSatisfy({ (0x21..<0x7f).contains($0) && $0 != UInt8(ascii: "#") })
    else {
      throw CredentialsError(
        .invalidValue, "AWS_CONTAINER_CREDENTIALS_FULL_URI (\(shownURL)) is not the address of a server")
    }
    let place = endpoint.address(bucket: nil, region: .standard)
    guard place.scheme == "https" || Self.isTrusted(place.authority) else {
      throw CredentialsError(
        .invalidValue,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI (\(shownURL)) is neither https nor an address of this machine or of a "
          + "container's agent (169.254.170.2, 169.254.170.23, [fd00:ec2::23])")
    }
    return HTTPRequest(
      method: .get, scheme: place.scheme, authority: place.authority, path: place.path.isEmpty ? "/" : place.path,
      query: String(query), headers: [("Accept", "application/json")], maximumResponseBytes: 64 << 10,
      deadlineSeconds: Self.timeoutSeconds)
  }

  /// Whether a host may be asked without TLS.
  static func isTrusted(_ authority: String) -> Bool {
    let host: Substring
    if authority.hasPrefix("[") {
      host = authority.dropFirst().prefix { $0 != "]" }
    } else {
      host = authority.prefix { $0 != ":" }
    }
    let bytes = host.split(separator: ".", omittingEmptySubsequences: false)
    if bytes.count == 4, bytes[0] == "127", bytes.allSatisfy({ UInt8($0) != nil }) { return true }
    return ["localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host)
  }
}
