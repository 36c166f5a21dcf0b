extension AWSError {
  /// S3's error codes for credentials that it rejects for any request.
  private static let credentialsCodes: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId",
    "SignatureDoesNotMatch", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidSecurity", "NotSignedUp",
    "AccountProblem", "UserSuspended",
  ]

  /// The codes of S3 and of other services for credentials that were good once.
  private static let expiredCodes: Set<String> = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]

  /// Whether the server says that the credentials have expired: others may do.
  var saysCredentialsExpired: Bool { code.map(Self.expiredCodes.contains) ?? false }

  /// The operation's name in errors about an account without credentials.
  package static let missingCredentials = "credentials"

  /// Whether the credentials themselves are rejected: any other request with them would fail too.
  package var refusesCredentials: Bool {
    if kind == .credentials { return status == nil && operation != Self.missingCredentials }
    return code.map { Self.refusesCredentials(code: $0) } ?? false
  }

  /// Whether a service's error code says so.
  package static func refusesCredentials(code: String) -> Bool { credentialsCodes.contains(code) }
}
