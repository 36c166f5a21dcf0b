internal import FoundationEssentials

/// What renews the sign-in of a user of IAM Identity Center.
struct RenewedToken: Decodable, Sendable, SecretHolding {
  var accessToken: String
  /// In seconds.
  var expiresIn: Int
  /// A new one, if the old one counts no more.
  var refreshToken: String?
}

extension AWSClient {
  /// IAM Identity Center's CreateToken with a refresh token, which nobody signs. The client must be SSO OIDC's.
  func renewToken(clientID: String, clientSecret: String, refreshToken: String) async throws(AWSError) -> RenewedToken {
    struct Question: Encodable {
      var grantType = "refresh_token"
      var clientId, clientSecret, refreshToken: String
    }
    let question = Question(clientId: clientID, clientSecret: clientSecret, refreshToken: refreshToken)
    var operation = AWSOperation(
      "CreateToken", .post, path: "/token", headers: AWSOperation<RenewedToken>.jsonHeaders,
      body: (try? JSONEncoder().encode(question)).map(Array.init) ?? []
    ) { response throws(XMLError) in
      try AWSOperation<RenewedToken>.decode(RenewedToken.self, response)
    }
    operation.secrets = [clientSecret, refreshToken]
    return try await run(operation)
  }
}
