internal import Foundation
package import AWSKit

/// The control address of a `fixacl-sandbox`: tells it what should go wrong, and asks what happened.
package struct SandboxControl: Sendable {
  /// A rule of what goes wrong: how often, and with what.
  package struct Fault: Sendable, Encodable {
    package var operation: String
    package var fault: String
    package var key: String?
    package var probability: Double?
    package var count: Int?
    package var ms: Double?

    package init(
      _ fault: String, _ operation: String = "*", key: String? = nil, probability: Double? = nil, count: Int? = nil,
      ms: Double? = nil
    ) {
      self.operation = operation
      self.fault = fault
      self.key = key
      self.probability = probability
      self.count = count
      self.ms = ms
    }
  }

  /// An answer that was not expected.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Host and port.
  package let authority: String
  private let transport = CurlTransport(concurrency: 1)

  init?(url: String) {
    guard url.hasPrefix("http://") else { return nil }
    authority = String(url.dropFirst(7))
  }

  package func send(
    _ method: HTTPMethod, _ path: String, query: String = "", body: [UInt8] = []
  ) async throws -> HTTPResponse {
    try await transport.send(
      HTTPRequest(method: method, scheme: "http", authority: authority, path: path, query: query, body: body))
  }

  /// These faults, and no others any more.
  package func set(_ faults: [Fault]) async throws {
    try await expect(204, .put, "/faults", body: Array(JSONEncoder().encode(faults)))
  }

  package func clearFaults() async throws { try await expect(204, .delete, "/faults") }

  /// Requests a second for each prefix.
  package func limit(reads: Int, writes: Int) async throws {
    try await expect(204, .put, "/limits", body: Array("{\"reads\": \(reads), \"writes\": \(writes)}".utf8))
  }

  package func clearLimits() async throws { try await expect(204, .delete, "/limits") }

  /// What no distribution says of CloudFront's edge: a JSON object.
  package func setEdge(_ settings: String) async throws {
    try await expect(204, .put, "/edge", body: Array(settings.utf8))
  }

  /// Requests by operation since the start, or since the last reset.
  @discardableResult
  package func counters(reset: Bool = false) async throws -> [String: Int] {
    let response = try await expect(200, .get, "/counters", query: reset ? "reset" : "")
    return try JSONDecoder().decode([String: Int].self, from: Data(response.body))
  }

  /// What was done to the objects of a bucket, by operation and key; needs `--count-keys`.
  package func successes(in bucket: String) async throws -> [String: [ObjectKey: Int]] {
    let response = try await expect(200, .get, "/counters", query: "keys")
    let all = try JSONDecoder().decode([String: [String: Int]].self, from: Data(response.body))
    let prefix = bucket + "/"
    return all.mapValues { counts in
      counts.reduce(into: [:]) { result, entry in
        if entry.key.hasPrefix(prefix) { result[ObjectKey(String(entry.key.dropFirst(prefix.count)))] = entry.value }
      }
    }
  }

  /// How often each fault has happened since the start, or since the counters were reset.
  package func faultCounts() async throws -> [String: Int] {
    try JSONDecoder().decode([String: Int].self, from: Data(try await expect(200, .get, "/faults").body))
  }

  /// How many connections were opened to all of the sandbox's services.
  package func connections() async throws -> Int {
    let response = try await expect(200, .get, "/connections")
    return try JSONDecoder().decode([String: Int].self, from: Data(response.body))["opened"] ?? 0
  }

  /// Temporary credentials that the sandbox has given out.
  package struct Session: Sendable, Decodable {
    package let accessKeyId: String
    package let secretAccessKey: String
    package let sessionToken: String
    /// Of the role's session, the user or the root.
    package let arn: String
    package let account: String
  }

  /// All that were ever given out.
  package func sessions() async throws -> [Session] {
    try JSONDecoder().decode([Session].self, from: Data(try await expect(200, .get, "/sessions").body))
  }

  /// Ends all temporary credentials of now, or those of one account.
  package func expireSessions(of account: String? = nil) async throws {
    try await expect(200, .post, "/sessions/expire", query: account.map { "account=\($0)" } ?? "")
  }

  /// Signs a user of SSO in: a file for `~/.aws/sso/cache`.
  package func signInToSSO(user: String) async throws -> [UInt8] {
    try await expect(200, .post, "/sso/sign-in", query: "user=\(user)").body
  }

  /// Does `aws login` for an account's root: a file for `~/.aws/login/cache`.
  package func signIn(account: String) async throws -> [UInt8] {
    try await expect(200, .post, "/signin/sign-in", query: "account=\(account)").body
  }

  @discardableResult
  private func expect(
    _ status: Int, _ method: HTTPMethod, _ path: String, query: String = "", body: [UInt8] = []
  ) async throws -> HTTPResponse {
    let response = try await send(method, path, query: query, body: body)
    guard response.status == status else {
      throw Failure(
        description: "\(method.rawValue) \(path): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
    }
    return response
  }
}
