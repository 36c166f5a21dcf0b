import Foundation
import AWSKit
import TestSupport
import Testing

/// The AWS CLI, at work on a sandbox or another server: a client that nobody here wrote.
///
/// What it takes and prints is that of all its versions from 2.9, and of version 1.
struct AWSCLI: Sendable {
  let server: S3TestServer
  let place: Workplace

  /// Whether there is a CLI and a sandbox.
  static let isThere = S3TestServer.sandbox != nil && isInstalled

  static let isInstalled =
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: $0 + "/aws")
    }

  /// Each run costs most of a second of computing.
  private static let gate = Gate(capacity: 3)

  init() throws {
    try self.init(try #require(S3TestServer.sandbox))
  }

  init(_ server: S3TestServer) throws {
    self.server = server
    place = try Workplace(
      server,
      environment: [
        "AWS_DEFAULT_REGION": server.region, "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "",
        "AWS_DEFAULT_OUTPUT": "json",
      ])
  }

  /// Why a command failed that should not have.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs `aws s3api …`.
  ///
  /// - Parameter account: whose keys sign.
  /// - Throws: `Failure` where the CLI says that it did not succeed.
  @discardableResult
  func s3api(as account: String = "site", _ arguments: String...) async throws -> JSONValue {
    try await output(["s3api"] + arguments, as: account)
  }

  @discardableResult
  func cloudFront(as account: String = "site", _ arguments: String...) async throws -> JSONValue {
    try await output(["cloudfront"] + arguments, as: account)
  }

  @discardableResult
  func sts(as account: String = "site", environment: [String: String] = [:], _ arguments: String...) async throws
    -> JSONValue
  {
    try await output(["sts"] + arguments, as: account, environment: environment)
  }

  /// Runs any command, whose output is JSON.
  func output(
    _ arguments: [String], as account: String = "site", environment: [String: String] = [:]
  ) async throws -> JSONValue {
    let result = try await run(arguments, as: account, environment: environment)
    guard result.status == 0 else {
      throw Failure(description: "aws \(arguments.joined(separator: " ")): status \(result.status)\n\(result.err)")
    }
    return try JSONValue(parsing: result.stdout)
  }

  /// Runs a command that the server should refuse.
  ///
  /// - Returns: the error's code.
  func refusal(
    as account: String = "site", environment: [String: String] = [:], _ arguments: String...
  ) async throws -> String {
    let result = try await run(arguments, as: account, environment: environment)
    // `An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.`
    guard result.status != 0, let match = result.err.firstMatch(of: /An error occurred \((\w+)\) when calling/) else {
      throw Failure(
        description: "aws \(arguments.joined(separator: " ")): status \(result.status), no refusal\n\(result.err)")
    }
    return String(match.1)
  }

  /// Runs a command to its end, however that is.
  func run(
    _ arguments: [String], as account: String = "site", environment: [String: String] = [:]
  ) async throws -> ProgramResult {
    let address =
      switch arguments.first {
      case "cloudfront": server.cloudFront
      case "sts": server.sts
      default: server.endpoint
      }
    await Self.gate.enter()
    defer { Task { await Self.gate.leave() } }
    // Not by the environment: before version 2.13 the CLI finds no addresses there.
    return try await place.run(
      ["aws", "--endpoint-url", address] + arguments,
      environment: ["AWS_PROFILE": account].merging(environment) { $1 })
  }

  /// A new bucket of `site`'s, with ACLs, into which `tools` may upload.
  func makeBucket() async throws -> String { try await server.makeBucket() }

  /// Writes a file, whose name is given to the CLI.
  func file(_ name: String, _ text: String) throws -> String {
    try place.write(text, to: name)
    return name
  }
}

/// Lets in so many at a time.
private actor Gate {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(capacity: Int) {
    free = capacity
  }

  func enter() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func leave() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// For tests that need the AWS CLI (Debian's package `awscli`) and a sandbox.
  static var needsAWSCLI: Self { .enabled(if: AWSCLI.isThere, "needs 'aws' and fixacl-sandbox") }
}
