import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
  /// For tests in which the CLI must find the address of each service in its environment.
  static var needsServiceEndpoints: Self {
    .enabled("needs AWS CLI 1.29 or 2.13") { try await AWSCLI.findsServices() }
  }

  /// For tests of profiles with `login_session`. Version 1 needs a library for the key, AWS's C runtime.
  static var needsLogin: Self {
    .enabled("needs AWS CLI 2.32, or 1.43 with awscrt") {
      guard try await AWSCLI.isVersion(from: [1: 43, 2: 32]) else { return false }
      if try await AWSCLI.isVersion(from: [2: 32]) { return true }
      return try await Workplace(.nowhere).run("python3", "-c", "import awscrt").status == 0
    }
  }
}

extension AWSCLI {
  /// Whether it finds the address of each service in its environment: from 1.29 and 2.13 on.
  static func findsServices() async throws -> Bool { try await isVersion(from: [1: 29, 2: 13]) }

  /// - Parameter versions: the least minor version of each major one that will do.
  static func isVersion(from versions: [Int: Int]) async throws -> Bool {
    guard isInstalled else { return false }
    let result = try await Workplace(.nowhere).run("aws", "--version")
    guard let match = (result.out + result.err).firstMatch(of: /aws-cli\/(\d+)\.(\d+)\./), let major = Int(match.1),
      let minor = Int(match.2), let least = versions[major]
    else { return false }
    return minor >= least
  }
}
