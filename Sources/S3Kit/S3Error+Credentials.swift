extension S3Error {
  /// S3's codes for credentials that it does not take, whatever they are used for.
  private static let credentialsCodes: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId",
    "SignatureDoesNotMatch", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidSecurity", "NotSignedUp",
  ]

  /// Whether the credentials themselves are refused: no other request with them would be answered either.
  package var refusesCredentials: Bool {
    kind == .credentials && status == nil || code.map(Self.credentialsCodes.contains) ?? false
  }
}
