internal import FoundationEssentials
internal import Glibc
internal import Subprocess
internal import SystemPackage

/// A program that prints credentials (`credential_process`). It is started without a shell.
struct CredentialProcess: CredentialsFetcher {
  /// What a program has left behind.
  struct Output: Sendable, SecretHolding {
    /// Nil if a signal ended it.
    var exitStatus: Int?
    var standardOutput: [UInt8]
    var standardError: [UInt8]
  }

  let words: [String]
  let context: CredentialsContext

  func fetch(insteadOf rejected: Credentials?) async throws(CredentialsError) -> Credentials {
    let output = try await context.services.dependencies.run(words)
    guard output.exitStatus == 0 else {
      let ending = output.exitStatus.map { "with exit status \($0)" } ?? "by a signal"
      // Never its stdout: that is where the secrets are.
      let said = String(decoding: output.standardError, as: UTF8.self).trimmedLines.cut(toBytes: 1024)
      throw CredentialsError(
        .sourceFailed,
        "credential_process (\(words[0])) ended \(ending)\(said.isEmpty ? ", and said nothing" : ": \(said)")")
    }
    struct Answer: Decodable {
      var version: Int
      var accessKeyID, secretAccessKey, sessionToken, expiration: String?

      enum CodingKeys: String, CodingKey {
        case version = "Version"
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
      }
    }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(output.standardOutput)) else {
      throw invalid("its output is not the JSON that the AWS CLI documents")
    }
    guard answer.version == 1 else { throw invalid("its output has Version \(answer.version) instead of 1") }
    var expiration: Timestamp?
    if let text = answer.expiration {
      expiration = Timestamp(iso8601: text)
      guard expiration != nil else { throw invalid("its Expiration is not ISO 8601, such as 2026-11-26T06:05:00Z") }
    }
    do {
      return try Credentials(
        answered: answer.accessKeyID, answer.secretAccessKey, answer.sessionToken, expiration: expiration)
    } catch {
      throw invalid("\(error)")
    }
  }

  private func invalid(_ reason: String) -> CredentialsError {
    CredentialsError(.sourceFailed, "credential_process (\(words[0])): \(reason)")
  }

  /// More than any program has to say.
  private static let maximumBytes = 4 << 20

  /// Starts a program and waits for its end. It may ask questions on the terminal.
  @Sendable static func run(_ words: [String]) async throws(CredentialsError) -> Output {
    do {
      let executable: Executable = words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0])
      let arguments = Arguments(Array(words.dropFirst()))
      // Only a person's terminal is lent: stdin may be a list of keys.
      guard isatty(STDIN_FILENO) == 1 else {
        return Output(
          try await Subprocess.run(
            executable, arguments: arguments, output: .bytes(limit: maximumBytes),
            error: .bytes(limit: maximumBytes)))
      }
      return Output(
        try await Subprocess.run(
          executable, arguments: arguments, input: .currentStandardInput, output: .bytes(limit: maximumBytes),
          error: .bytes(limit: maximumBytes)))
    } catch {
      throw CredentialsError(.sourceFailed, "credential_process (\(words[0])) cannot be run: \(error)")
    }
  }
}

extension CredentialProcess.Output {
  fileprivate init(_ result: ExecutionResult<Void, BytesOutput, BytesOutput>) {
    var exitStatus: Int?
    if case .exited(let code) = result.terminationStatus { exitStatus = Int(code) }
    self.init(
      exitStatus: exitStatus, standardOutput: result.standardOutput, standardError: result.standardError)
  }
}

extension String {
  /// The lines as one, without surrounding blanks.
  fileprivate var trimmedLines: String {
    split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.filter { !$0.isEmpty }
      .joined(separator: " / ")
  }
}
