/// Fetches credentials from one source, without a cache.
protocol CredentialsFetcher: Sendable {
  /// - Parameter rejected: credentials that a server says have expired, so that they must not come from a cache again.
  /// - Throws: what failed, and what to do next. The profile's name is added by the caller.
  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials
}

/// Keys that stand in a variable or a file.
struct StaticFetcher: CredentialsFetcher {
  let credentials: Credentials

  func fetch(insteadOf rejected: Credentials?) throws(CredentialsError) -> Credentials { credentials }
}
