internal import FoundationEssentials

/// What AWS Sign-In gives in place of credentials of `aws login`.
struct RenewedLogin: Decodable, Sendable, SecretHolding {
  struct AccessToken: Decodable, Sendable, SecretHolding {
    var accessKeyId, secretAccessKey, sessionToken: String
  }
  var accessToken: AccessToken
  /// In seconds; 900 at most.
  var expiresIn: Int
  var refreshToken: String
}

extension AWSClient {
  /// AWS Sign-In's CreateOAuth2Token with a refresh token, which nobody signs but the key that the session is bound to
  /// (RFC 9449). The client must be Sign-In's.
  ///
  /// - Parameter proof: makes the `DPoP` header for the URL that the request goes to.
  func renewLogin(
    clientID: String, refreshToken: String, proof: (_ url: String) throws(CredentialsError) -> String
  ) async throws -> RenewedLogin {
    struct Question: Encodable {
      var clientId, refreshToken: String
      var grantType = "refresh_token"
    }
    let address = endpoint.address(of: .signIn, bucket: nil, region: region)
    let path = "/v1/token"
    let proof = try proof(address.scheme + "://" + address.authority + address.path + path)
    var operation = AWSOperation(
      "CreateOAuth2Token", .post, path: path,
      headers: AWSOperation<RenewedLogin>.jsonHeaders + [("DPoP", proof)],
      body: (try? JSONEncoder().encode(Question(clientId: clientID, refreshToken: refreshToken))).map(Array.init) ?? []
    ) { response throws(XMLError) in
      try AWSOperation<RenewedLogin>.decode(RenewedLogin.self, response)
    }
    operation.secrets = [refreshToken, proof]
    return try await run(operation)
  }
}
