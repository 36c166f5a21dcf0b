internal import Crypto
internal import Foundation
internal import AWSKit

/// What a session token says of its session: so that it is good after a restart too, as long as its account is there.
///
/// The AWS CLI keeps temporary keys in files, and would else send keys that nobody knows.
struct SealedSession: Codable {
  let accountID: String
  let arn: String
  let userID: String
  /// Keys and values, in turns.
  let tags: [String]
  /// A session policy, as it came.
  let policy: String?
  /// Both in seconds since 1970.
  let start: Int
  let end: Int
  /// Of the sessions of one start, so that no two are the same.
  let number: Int

  private static let prefix = "sandbox-session-"
  // Of no worth: the sandbox's keys are good for nothing anywhere else.
  private static let key = SymmetricKey(data: SHA256.hash(data: Array("fixacl-sandbox session tokens".utf8)))

  /// The token, which is all that the keys are made of.
  var token: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let content = (try? encoder.encode(self)) ?? Data()
    return Self.prefix
      + (content + Data(HMAC<SHA256>.authenticationCode(for: content, using: Self.key)))
      .base64EncodedString()
  }

  init(
    _ identity: AccountDirectory.Identity, policy: String?, start: Timestamp, end: Timestamp, number: Int
  ) {
    accountID = identity.account.accountID
    arn = identity.arn
    userID = identity.userID
    tags = identity.tags.flatMap { [$0.key, $0.value] }
    self.policy = policy
    self.start = start.seconds
    self.end = end.seconds
    self.number = number
  }

  /// Nil for a token that no sandbox has made.
  init?(token: String) {
    guard token.hasPrefix(Self.prefix), let data = Data(base64Encoded: String(token.dropFirst(Self.prefix.count))),
      data.count > SHA256.byteCount
    else { return nil }
    let content = data.dropLast(SHA256.byteCount)
    guard
      HMAC<SHA256>.isValidAuthenticationCode(
        data.suffix(SHA256.byteCount), authenticating: content, using: Self.key),
      let session = try? JSONDecoder().decode(SealedSession.self, from: Data(content))
    else { return nil }
    self = session
  }

  /// Keys as they were given out with the token.
  static func credentials(token: String) -> Credentials {
    let keys = SandboxAccount.credentials(for: token, isTemporary: true)
    return Credentials(
      accessKeyID: keys.accessKeyID, secretAccessKey: keys.secretAccessKey, sessionToken: token)
  }
}
