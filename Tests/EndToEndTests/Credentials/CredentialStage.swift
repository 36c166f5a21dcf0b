import Crypto
import Foundation
import AWSKit
import TestSupport
import Testing

/// A sandbox with accounts that can be reached in every way that the AWS CLI knows, and a folder with nobody's keys in it,
/// to which profiles are added.
final class CredentialStage: Sendable {
  let server: S3TestServer
  let control: SandboxControl
  let place: Workplace
  /// The secrets that were written into files and variables.
  private let planted = SharedList<String>()

  static let accounts = """
    {"accounts": {
      "site": {"accountId": "111122223333", "accessKey": "AKIASITE", "secretKey": "secret-of-site",
               "users": {"dev": {"accessKey": "AKIADEV", "secretKey": "secret-of-dev",
                                 "mfa": {"serial": "arn:aws:iam::111122223333:mfa/dev", "code": "314159"}}},
               "roles": {"fixacl": {}, "external": {"externalId": "ours"}, "ci": {"webIdentityTokens": ["token-of-site"]}}},
      "tools": {"accountId": "444455556666", "accessKey": "AKIATOOLS", "secretKey": "secret-of-tools",
                "roles": {"fixacl": {}, "external": {"externalId": "ours"}, "ci": {"webIdentityTokens": ["token-of-tools"]},
                          "mfa": {"mfa": true}}},
      "oai": {"accountId": "555566667777"},
      "other": {"accountId": "777788889999", "accessKey": "AKIAOTHER", "secretKey": "secret-of-other"},
      "large": {"accountId": "888899990000", "largeQuota": true}},
     "ssoUsers": {"alice": {"roles": {"site": ["Admin"], "tools": ["Admin"]}}}}
    """

  private init(_ server: S3TestServer) throws {
    self.server = server
    control = try #require(server.control)
    place = try Workplace(server, environment: ["AWS_PROFILE": ""])
    for secret in server.secrets { planted.append(secret) }
  }

  /// Runs `body` with a sandbox of its own, and expects that no secret of its was told or written anywhere.
  static func with(
    _ options: [String] = [], _ body: (CredentialStage) async throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let folder = try Workplace(.nowhere)
    try folder.write(accounts, to: "accounts.json")
    try await OwnSandbox.with(["--accounts", folder.path("accounts.json")] + options) { server in
      let stage = try CredentialStage(server)
      try FileManager.default.removeItem(atPath: stage.place.path("credentials"))
      try await body(stage)
      try await stage.expectNoSecrets(sourceLocation: sourceLocation)
    }
  }

  // MARK: - Profiles

  /// Adds to `config` or `credentials`.
  func add(_ text: String, to file: String = "config") throws {
    try place.write(((try? place.read(file)) ?? "") + text + "\n", to: file)
  }

  /// Keys in the credentials file.
  func addKeys(_ profile: String, _ credentials: Credentials) throws {
    plant(credentials.secretAccessKey, credentials.sessionToken)
    let token = credentials.sessionToken.map { "aws_session_token = \($0)\n" } ?? ""
    try add(
      """
      [\(profile)]
      aws_access_key_id = \(credentials.accessKeyID)
      aws_secret_access_key = \(credentials.secretAccessKey)
      \(token)
      """, to: "credentials")
  }

  func plant(_ secrets: String?...) { for secret in secrets { secret.map { planted.append($0) } } }

  /// Does `aws sso login`.
  ///
  /// - Parameter name: the session's, or the start URL of the legacy form.
  func signInToSSO(_ name: String) async throws {
    let cache = try await control.signInToSSO(user: "alice")
    try write(cache, name: Self.hex(Insecure.SHA1.hash(data: Data(name.utf8))), of: "sso")
    try plant(cache, ["accessToken", "refreshToken", "clientSecret"])
  }

  /// Does `aws login`.
  func signIn(_ account: String) async throws {
    let cache = try await control.signIn(account: account)
    try write(cache, name: Self.hex(SHA256.hash(data: Data(loginSession(account).utf8))), of: "login")
    try plant(cache, ["refreshToken", "dpopKey", "idToken"])
  }

  func loginSession(_ account: String) -> String { "arn:aws:iam::\(server[account].accountID ?? ""):root" }

  /// Temporary keys of an account's, such as somebody writes into a file.
  func sessionKeys(_ account: String) async throws -> Credentials {
    struct Cache: Decodable {
      struct Token: Decodable {
        let accessKeyId, secretAccessKey, sessionToken: String
      }
      let accessToken: Token
    }
    let token = try JSONDecoder().decode(Cache.self, from: Data(try await control.signIn(account: account))).accessToken
    return Credentials(
      accessKeyID: token.accessKeyId, secretAccessKey: token.secretAccessKey, sessionToken: token.sessionToken)
  }

  private func plant(_ cache: [UInt8], _ members: [String]) throws {
    let document = try #require(try JSONSerialization.jsonObject(with: Data(cache)) as? [String: Any])
    for member in members {
      let secret = try #require(document[member] as? String)
      // Of a key in PEM, the lines between the first and the last.
      for line in secret.split(separator: "\n") where !line.hasPrefix("-----") { plant(String(line)) }
    }
  }

  private func write(_ cache: [UInt8], name: String, of folder: String) throws {
    let folder = place.path(".aws/\(folder)/cache")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(cache).write(to: URL(filePath: "\(folder)/\(name).json"))
  }

  private static func hex(_ digest: some Sequence<UInt8>) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  // MARK: - The bucket

  /// A bucket of `site`'s with objects of `tools`'s.
  func makeBucket(_ keys: [ObjectKey]) async throws -> String {
    let bucket = try await server.makeBucket()
    _ = try await inParallel(keys) { [server] in try await server.tools.put($0, in: bucket) }
    return bucket
  }

  /// The arguments of `plan -o plan.json` that let the OAI in.
  func planArguments(_ bucket: String) -> [String] {
    ["plan", bucket, "--grant-read", server.oai.grantee, "-o", "plan.json"]
  }

  /// Whether the OAI may read each object.
  func readable(_ keys: [ObjectKey], in bucket: String) async throws -> Set<Bool> {
    Set(try await inParallel(keys) { [server] in try await server.oai.statusOfGet($0, in: bucket) == 200 })
  }

  // MARK: - Secrets

  /// Forgets what was printed by programs that showed a text: a terminal shows what is typed.
  func removeOutputs(holding text: String) throws {
    for file in try FileManager.default.contentsOfDirectory(atPath: place.folder) where file.hasSuffix(".out") {
      if try place.read(file).contains(text) { try FileManager.default.removeItem(atPath: place.path(file)) }
    }
  }

  /// Files that hold secrets by nature; fixacl writes to none but those below `cache`.
  private static let owners: Set = ["credentials", "config", "keys.json", "token-of-site", "token-of-tools"]

  /// Expects none in what was printed and in all files that are not the AWS CLI's.
  private func expectNoSecrets(sourceLocation: SourceLocation) async throws {
    var secrets = Set(planted.elements)
    for session in try await control.sessions() {
      secrets.formUnion([session.secretAccessKey, session.sessionToken])
    }
    let files = FileManager.default.enumerator(atPath: place.folder)?.compactMap { $0 as? String } ?? []
    #expect(files.contains { $0.hasSuffix(".err") }, "nothing was run", sourceLocation: sourceLocation)
    let searched = files.filter { !$0.contains("cache/") && !Self.owners.contains($0) }.filter {
      (try? FileManager.default.attributesOfItem(atPath: place.path($0))[.type] as? FileAttributeType) == .typeRegular
    }
    // Foundation's own search takes minutes for plans and journals of many objects.
    let elsewhere = try Workplace(.nowhere)
    try elsewhere.write(secrets.sorted().joined(separator: "\n") + "\n", to: "secrets")
    let found = try await elsewhere.run(
      ["grep", "-aoFf", "secrets", "--"] + searched.map { place.path($0) } + ["/dev/null"])
    #expect(found.status == 1, "secrets in files: \(found.out)\(found.err)", sourceLocation: sourceLocation)
  }
}

/// A list that any thread may add to.
final class SharedList<Element: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var list: [Element] = []

  func append(_ element: Element) { lock.withLock { list.append(element) } }

  var elements: [Element] { lock.withLock { list } }
}
