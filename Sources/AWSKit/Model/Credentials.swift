/// The keys that a request is signed with.
package struct Credentials: Sendable, Equatable {
  /// The public half, which is sent with every request.
  package let accessKeyID: String
  /// The secret half, which never leaves the process.
  package let secretAccessKey: String
  /// The token of temporary credentials.
  package let sessionToken: String?
  /// When they end; nil if they do not, or if nobody knows.
  package let expiration: Timestamp?

  /// Does not validate the keys; that happens where they are read.
  package init(
    accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Timestamp? = nil
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiration = expiration
  }

  /// Whether a server cannot tell the two apart.
  package func signLike(_ other: Credentials) -> Bool {
    accessKeyID == other.accessKeyID && secretAccessKey == other.secretAccessKey && sessionToken == other.sessionToken
  }
}

extension Credentials: SecretHolding {
  /// The end of the access key ID, as `aws configure list` shows it: people do swap the two keys, so not all of it.
  package var description: String {
    let shown = accessKeyID.count >= 16 ? String(accessKeyID.suffix(4)) : ""
    return "Credentials(****\(shown)\(sessionToken == nil ? "" : ", temporary"))"
  }
}
