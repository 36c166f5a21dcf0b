import Foundation
import AWSKit
import TestSupport
import Testing

/// A sandbox, and the environment in which a client that nobody here wrote works on it.
struct ClientStage: Sendable {
  /// By what a client reaches the sandbox.
  enum Scheme: String, CaseIterable, Sendable {
    case http, https
  }

  let server: S3TestServer
  let place: Workplace
  /// Of this stage only.
  let bucket = "client-" + UUID().uuidString.lowercased().prefix(12)

  /// Runs `body` with a sandbox of that scheme, and two files: `small`, and `large`, which clients send in parts.
  static func with(_ scheme: Scheme, _ body: (ClientStage) async throws -> Void) async throws {
    switch scheme {
    case .http: try await body(ClientStage(try #require(S3TestServer.sandbox)))
    case .https: try await OwnSandbox.with(["--tls"]) { try await body(ClientStage($0)) }
    }
  }

  private init(_ server: S3TestServer) throws {
    self.server = server
    place = try Workplace(
      server,
      environment: [
        "AWS_ACCESS_KEY_ID": server.site.credentials.accessKeyID,
        "AWS_SECRET_ACCESS_KEY": server.site.credentials.secretAccessKey, "AWS_DEFAULT_REGION": server.region,
        "AWS_ENDPOINT_URL": server.endpoint, "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "",
        "ENDPOINT": server.endpoint, "HOST": server.endpoint.replacing(/https?:\/\//, with: ""),
        "BUCKET": String(bucket), "OTHER_ID": server.tools.id.value, "SMALL_PART": String(5 << 20),
      ])
    try place.write("small, and so on\n", to: "small")
    try Data(repeating: 0x61, count: 9 << 20).write(to: URL(filePath: place.path("large")))
    if let certificate = server.certificate { try place.write(certificate, to: "ca.pem") }
  }

  /// Runs a script in the folder of the files; it must end well.
  @discardableResult
  func shell(_ script: String) async throws -> String {
    var environment: [String: String] = [:]
    if server.certificate != nil {
      let bundle = place.path("ca.pem")
      environment = [
        "AWS_CA_BUNDLE": bundle, "CURL_CA_BUNDLE": bundle, "SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle,
      ]
    }
    let result = try await place.shell("set -eu\n" + script, environment: environment)
    try #require(result.status == 0, "\(result.out)\n\(result.err)")
    return result.out
  }

  /// Whether programs are in the PATH.
  static func isInstalled(_ programs: String...) -> Bool {
    S3TestServer.sandbox != nil && programs.allSatisfy { !self.programs(named: $0).isEmpty }
  }

  /// All programs with that name in the PATH, each once.
  static func programs(named name: String) -> [String] {
    var known: Set<String> = []
    return (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }.filter {
      FileManager.default.isExecutableFile(atPath: $0)
        && known.insert(URL(filePath: $0).resolvingSymlinksInPath().path).inserted
    }
  }

  /// Whether Python has a module.
  static func hasModule(_ name: String) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import \(name)"]
    process.standardError = FileHandle.nullDevice
    guard isInstalled("python3"), (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
