extension AWSError {
  /// S3's error codes for credentials that it rejects whatever the request.
  private static let credentialsCodes: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId",
    "SignatureDoesNotMatch", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidSecurity", "NotSignedUp",
  ]

  /// The operation's name in errors about an account without credentials.
  package static let missingCredentials = "credentials"

  /// Whether the credentials themselves are rejected: any other request with them would fail too.
  package var refusesCredentials: Bool {
    if kind == .credentials { return status == nil && operation != Self.missingCredentials }
    return code.map(Self.credentialsCodes.contains) ?? false
  }
}
