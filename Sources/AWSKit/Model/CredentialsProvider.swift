/// Provides the credentials for the requests of one account.
package protocol CredentialsProvider: Sendable {
  /// The credentials for the next request. Called before each request, since they may have been renewed.
  func credentials() async throws -> Credentials

  /// Credentials in place of ones that a server says have expired; the same ones if there are no others.
  func credentials(insteadOf rejected: Credentials) async throws -> Credentials
}

extension CredentialsProvider {
  package func credentials(insteadOf rejected: Credentials) async throws -> Credentials { try await credentials() }
}
