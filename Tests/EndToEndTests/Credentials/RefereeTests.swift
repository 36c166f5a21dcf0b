import Crypto
import Foundation
import AWSKit
import TestSupport
import Testing

/// Which keys sign: fixacl and the AWS CLI take the same from the same files, variables and caches, or both none.
///
/// A recording server shows who signed. Keys of a session are told by the role that they belong to.
struct RefereeTests {
  /// A program's first request.
  struct Signature {
    var signer: RefereeCase.Signer
    var region: String?
  }

  private static let cases = RefereeCase.profiles + RefereeCase.roles + RefereeCase.others + RefereeCase.regions

  @Test func fixaclTakesThem() async throws {
    try await Self.with(Self.cases + RefereeCase.logins) { bench in
      let (given, signature) = (bench.given, try await bench.fixacl())
      #expect(signature.signer == given.expected, "\(given.name): \(bench.said)")
      if let region = given.region { #expect(signature.region == region, "\(given.name)") }
    }
  }

  @Test(.needsAWSCLI) func theAWSCLITakesThem() async throws {
    let version = try await Workplace(.nowhere).run("aws", "--version")
    let findsServices = try await AWSCLI.findsServices()
    let cases = Self.cases.filter { findsServices || !$0.asksServices }
    print("The referee of \(cases.count) of \(Self.cases.count) cases: \(version.out)\(version.err)")
    try await Self.with(cases) { bench in
      let (given, signature) = (bench.given, try await bench.aws())
      guard let reason = given.cliDiffers else {
        #expect(signature.signer == given.expected, "\(given.name): \(bench.said)")
        if let region = given.region { #expect(signature.region == region, "\(given.name)") }
        return
      }
      withKnownIssue("\(given.name): \(reason)", isIntermittent: true) {
        #expect(signature.signer == given.expected && signature.region == given.region ?? signature.region)
      }
    }
  }

  @Test(.needsAWSCLI, .needsServiceEndpoints, .needsLogin) func theAWSCLITakesSignIns() async throws {
    try await Self.with(RefereeCase.logins) { bench in
      let signature = try await bench.aws()
      #expect(signature.signer == bench.given.expected, "\(bench.given.name): \(bench.said)")
    }
  }

  // MARK: - The bench

  /// One case, set up in a folder of its own.
  private final class Bench {
    let given: RefereeCase
    let server: S3TestServer
    let place: Workplace
    private let recorder: LoopbackServer
    private(set) var said = ""

    init(_ given: RefereeCase, _ server: S3TestServer) throws {
      self.given = given
      self.server = server
      let body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
      recorder = try LoopbackServer { _ in [.answer(body, status: "403 Forbidden"), .close] }
      place = try Workplace(
        server,
        environment: [
          "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
          // STS is asked in a region; where the region is the question, it is not.
          "AWS_DEFAULT_REGION": given.region == nil ? server.region : "",
          "AWS_ENDPOINT_URL_S3": "http://\(recorder.authority)",
          // Nobody answers there.
          "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1",
        ])
      try place.write(given.config.replacing("TOKEN", with: place.path("token")), to: "config")
      try place.write(given.credentials.replacing("TOKEN", with: place.path("token")), to: "credentials")
      try place.write("token-of-tools", to: "token")
    }

    private var environment: [String: String] {
      given.environment.mapValues { value in
        value.replacing("TOKEN", with: place.path("token")).replacing("HERE", with: place.path("."))
          .replacing("CONTAINER/", with: (server.keyServices[.container] ?? "") + "/")
          .replacing("IMDS", with: server.keyServices[.imds] ?? "")
      }
    }

    /// Runs a program without the variables that `Workplace` sets for whom it serves otherwise: to the AWS CLI, an empty
    /// one is not always an unset one.
    private func run(_ program: [String]) async throws -> ProgramResult {
      let unset = ["AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION"].filter {
        given.environment[$0] == nil && ($0 != "AWS_DEFAULT_REGION" || given.region != nil)
      }
      return try await place.run(["env"] + unset.flatMap { ["-u", $0] } + program, environment: environment)
    }

    private var options: [String] { given.profile.map { ["--profile", $0] } ?? [] }

    func signIn() async throws {
      let control = try #require(server.control)
      for signIn in given.signIns {
        switch signIn {
        case .sso(let name):
          try write(
            try await control.signInToSSO(user: "alice"), Insecure.SHA1.hash(data: Data(name.utf8)), of: "sso")
        case .login(let account):
          let session = "arn:aws:iam::\(server[account].accountID ?? ""):root"
          try write(try await control.signIn(account: account), SHA256.hash(data: Data(session.utf8)), of: "login")
        }
      }
    }

    private func write(_ cache: [UInt8], _ digest: some Sequence<UInt8>, of folder: String) throws {
      let name = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      let folder = place.path(".aws/\(folder)/cache")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(cache).write(to: URL(filePath: "\(folder)/\(name).json"))
    }

    func fixacl() async throws -> Signature {
      let result = try await run(
        [Workplace.programPath, "plan", "bucket", "--grant-read", "id=x", "-o", "plan.json"] + options)
      said = result.err
      #expect(result.status == 1)
      return try await signature()
    }

    func aws() async throws -> Signature {
      let result = try await run(
        ["aws", "s3api", "list-buckets", "--endpoint-url", "http://\(recorder.authority)"] + options)
      said = result.err
      #expect(result.status != 0)
      return try await signature()
    }

    /// Who signed the first request.
    private func signature() async throws -> Signature {
      // `AWS4-HMAC-SHA256 Credential=ID/DATE/REGION/s3/aws4_request, …`
      let prefix = "authorization: aws4-hmac-sha256 credential="
      guard let line = recorder.requests.first?.head.first(where: { $0.lowercased().hasPrefix(prefix) }) else {
        #expect(recorder.requests.isEmpty, "a request that nobody signed")
        return Signature(signer: .nobody)
      }
      let scope = line.dropFirst(prefix.count).split(separator: "/")
      let id = String(try #require(scope.first))
      return Signature(signer: try await signer(id), region: scope.count > 2 ? String(scope[2]) : nil)
    }

    private func signer(_ id: String) async throws -> RefereeCase.Signer {
      guard id.hasPrefix("ASIA") else { return .keys(id) }
      let sessions = try await server.control?.sessions() ?? []
      let arn = try #require(sessions.first { $0.accessKeyId == id }?.arn)
      // `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; what follows a permission set's name is made up.
      let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
      let words = parts[5].split(separator: "/")
      guard words.first == "assumed-role" else { return .keys("LOGIN") }
      let role = words[1].hasPrefix("AWSReservedSSO_Admin") ? "AWSReservedSSO_Admin" : String(words[1])
      return .role("\(parts[4]):\(role)")
    }
  }

  /// Runs `body` for each case, some at a time, with one sandbox for all.
  private static func with(
    _ cases: [RefereeCase], _ body: @escaping @Sendable (Bench) async throws -> Void
  ) async throws {
    let folder = try Workplace(.nowhere)
    try folder.write(CredentialStage.accounts, to: "accounts.json")
    try await OwnSandbox.with(["--accounts", folder.path("accounts.json")]) { server in
      try await inParallel(cases, window: 3) { given in
        let bench = try Bench(given, server)
        try await bench.signIn()
        try await body(bench)
      }
    }
  }
}
