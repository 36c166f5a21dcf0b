/// Provides the credentials for the requests of one account.
package protocol CredentialsProvider: Sendable {
  /// The credentials for the next request. Called before each request, since they may have been renewed.
  func credentials() async throws -> Credentials
}
