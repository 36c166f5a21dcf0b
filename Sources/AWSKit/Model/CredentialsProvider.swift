/// Whatever has credentials for the requests of one account.
package protocol CredentialsProvider: Sendable {
  /// The credentials for the next request; asked for before each one, since they may have been renewed.
  func credentials() async throws -> Credentials
}
