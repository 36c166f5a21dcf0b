import Synchronization

@testable import AWSKit

/// The chain of a profile with everything around it scripted: files, services, the clock, the terminal, programs.
final class CredentialsBench: Sendable {
  let transport: ScriptedTransport
  let direct: ScriptedTransport
  let services: CredentialsServices
  let environment: AWSEnvironment

  /// - Parameters:
  ///   - variables: beside HOME, `/h`.
  ///   - files: what is in files, by path; `credentials` and `config` are AWS's.
  ///   - answer: what services say.
  ///   - direct: what containers and instances say.
  init(
    variables: [String: String] = [:], files: [String: String] = [:],
    code: String? = nil,
    answer: @escaping @Sendable (HTTPRequest, Int) async -> ScriptedAnswer = { _, _ in .status(500) },
    run: (@Sendable ([String]) async throws(CredentialsError) -> CredentialProcess.Output)? = nil,
    direct: @escaping @Sendable (HTTPRequest, Int) async -> ScriptedAnswer = { _, _ in .broken(.cannotConnect) }
  ) {
    let seconds = SharedMutex(Timestamp.example.seconds)
    let contents = SharedMutex(
      Dictionary(
        uniqueKeysWithValues: files.map { name, text in (name.hasPrefix("/") ? name : "/h/.aws/" + name, text) }))
    transport = ScriptedTransport(answer: answer)
    self.direct = ScriptedTransport(answer: direct)
    var dependencies = CredentialsServices.Dependencies()
    dependencies.client.now = { Timestamp(seconds: seconds.value.withLock { $0 }) }
    dependencies.client.sleep = { _ in }
    dependencies.askMFACode = { _, _ in code }
    dependencies.uniqueID = { "once" }
    if let run { dependencies.run = run }
    var policy = RetryPolicy()
    policy.maximumAttempts = 2
    services = CredentialsServices(
      transport: transport, directTransport: self.direct, throttle: Throttle(concurrency: 4, policy: policy),
      dependencies: dependencies)
    environment = AWSEnvironment(
      environment: variables.merging(["HOME": "/h"]) { given, _ in given },
      readFile: { path in
        // Files that fixacl has written are there for real.
        if let text = contents.value.withLock({ $0[path] }) { return .bytes(Array(text.utf8)) }
        return path.hasPrefix("/h/") ? .notFound : FileContent(path: path)
      }, canReread: { _ in true })
    self.clock = seconds
    self.contents = contents
  }

  private let clock: SharedMutex<Int>
  private let contents: SharedMutex<[String: String]>

  /// The credentials of a profile.
  func credentials(_ profile: String? = nil) throws(CredentialsError) -> ProfileCredentials {
    try ProfileCredentials(
      profile: profile, settings: environment.settings(profile: profile), environment: environment,
      services: services)
  }

  /// The error of a profile that gives none.
  func failure(_ profile: String? = nil) async -> CredentialsError? {
    do {
      _ = try await credentials(profile).provider.credentials()
      return nil
    } catch {
      return error
    }
  }

  func pass(seconds: Int) { clock.value.withLock { $0 += seconds } }

  func write(_ name: String, _ text: String) {
    contents.value.withLock { $0[name.hasPrefix("/") ? name : "/h/.aws/" + name] = text }
  }
}

/// A mutex that closures can share.
final class SharedMutex<Value: Sendable>: Sendable {
  let value: Mutex<Value>
  init(_ value: sending Value) { self.value = Mutex(value) }
}

extension ScriptedAnswer {
  /// STS's answer to `AssumeRole` or `AssumeRoleWithWebIdentity`.
  static func session(_ id: String, action: String = "AssumeRole", minutes: Int = 60, from start: Timestamp = .example)
    -> Self
  {
    let end = Timestamp(seconds: start.seconds + minutes * 60).extended
    return .status(
      200,
      "<\(action)Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><\(action)Result><Credentials>"
        + "<AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>\(planted.secret)</SecretAccessKey>"
        + "<SessionToken>T-\(id)</SessionToken><Expiration>\(end)</Expiration></Credentials></\(action)Result>"
        + "</\(action)Response>")
  }

  /// STS's wrapped error.
  static func wrapped(_ status: Int, _ code: String, _ message: String = "because") -> Self {
    .status(
      status,
      "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error>"
        + "<RequestId>R1</RequestId></ErrorResponse>")
  }
}

extension HTTPRequest {
  /// The body as text.
  var text: String { String(decoding: body, as: UTF8.self) }

  /// A header's value.
  func value(of name: String) -> String? { headers.last { $0.name.lowercased() == name.lowercased() }?.value }

  /// The access key ID of its signature.
  var signer: String? {
    value(of: "Authorization")?.split(separator: "Credential=").last?.split(separator: "/").first.map(String.init)
  }
}
