extension AWSError {
  /// S3's codes for credentials that it does not take, whatever they are used for.
  private static let credentialsCodes: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId",
    "SignatureDoesNotMatch", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidSecurity", "NotSignedUp",
  ]

  /// Stands for the operation where there are no credentials of an account to do it with.
  package static let missingCredentials = "credentials"

  /// Whether the credentials themselves are refused: no other request with them would be answered either.
  package var refusesCredentials: Bool {
    if kind == .credentials { return status == nil && operation != Self.missingCredentials }
    return code.map(Self.credentialsCodes.contains) ?? false
  }
}
