extension AWSClient {
  /// The credentials of a role that IAM Identity Center gives its users: GetRoleCredentials, which nobody signs. The
  /// client must be the portal's.
  ///
  /// - Parameter token: the access token of a user who has signed in.
  func roleCredentials(account: String, role: String, accessToken token: String) async throws(AWSError) -> Credentials {
    struct Answer: Decodable {
      struct RoleCredentials: Decodable {
        var accessKeyId, secretAccessKey, sessionToken: String
        /// Milliseconds since 1970.
        var expiration: Int
      }
      var roleCredentials: RoleCredentials
    }
    var operation = AWSOperation(
      "GetRoleCredentials", path: "/federation/credentials", query: [("role_name", role), ("account_id", account)],
      headers: [("x-amz-sso_bearer_token", token)]
    ) { response throws(XMLError) -> Credentials in
      let session = try AWSOperation<Credentials>.decode(Answer.self, response).roleCredentials
      // To the end of the year 9999.
      guard (0...253_402_300_799_999).contains(session.expiration) else { throw .invalid("the end of the session") }
      return try Credentials(
        answered: session.accessKeyId, session.secretAccessKey, session.sessionToken,
        expiration: Timestamp(seconds: session.expiration / 1000))
    }
    operation.secrets = [token]
    return try await run(operation)
  }
}
