/// Provides credentials that never change.
package struct StaticCredentialsProvider: CredentialsProvider {
  private let value: Credentials

  /// Provides `credentials`, always.
  package init(_ credentials: Credentials) {
    value = credentials
  }

  /// The same credentials every time.
  package func credentials() -> Credentials { value }
}
