internal import Foundation

/// `openssl s_server` on a port of loopback, with a certificate that it has signed itself. It answers every GET with 200.
package final class OpenSSLServer: Sendable {
  /// Whether there is an `openssl` to run.
  package static let isInstalled = executable != nil

  private static let executable: URL? = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { URL(filePath: "\($0)/openssl") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()

  private struct Failure: Error {
    let what: String
  }

  private let folder: String
  private let process: Child
  package let port: Int

  /// - Parameter name: what the certificate is for, such as `IP:127.0.0.1` or `DNS:example.com`.
  package init(certificateFor name: String) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/fixacl-tls-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    self.folder = folder
    let maker = try Child([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj", "/CN=fixacl test", "-addext", "subjectAltName=" + name, "-keyout", folder + "/key.pem",
      "-out", folder + "/certificate.pem",
    ])
    for await _ in maker.lines {}
    process = try Child([
      "s_server", "-accept", "127.0.0.1:0", "-key", folder + "/key.pem", "-cert", folder + "/certificate.pem", "-www",
    ])
    port = try await process.lines.first { $0.hasPrefix("ACCEPT ") }
      .flatMap { $0.split(separator: ":").last.flatMap { Int($0) } }
      .orThrow(Failure(what: "openssl s_server did not say its port"))
  }

  deinit {
    process.end()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A PEM file with the server's certificate, to be trusted.
  package var certificatePath: String { folder + "/certificate.pem" }

  /// Host and port, as in a URL.
  package var authority: String { "127.0.0.1:\(port)" }

  /// A run of openssl, and what it prints.
  private final class Child: Sendable {
    /// Its lines on stdout; ends when it does.
    let lines: AsyncStream<String>
    private let process = Process()

    init(_ arguments: [String]) throws {
      let output = Pipe()
      process.executableURL = executable
      process.arguments = arguments
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      let (lines, continuation) = AsyncStream<String>.makeStream()
      self.lines = lines
      output.fileHandleForReading.readabilityHandler = { handle in
        let text = String(decoding: handle.availableData, as: UTF8.self)
        guard !text.isEmpty else {
          handle.readabilityHandler = nil
          continuation.finish()
          return
        }
        for line in text.split(separator: "\n") { continuation.yield(String(line)) }
      }
      try process.run()
    }

    /// Not with SIGTERM: a child of one of Dispatch's threads has that blocked, as they have.
    func end() {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
  }
}

extension Optional {
  fileprivate func orThrow(_ error: some Error) throws -> Wrapped {
    guard let self else { throw error }
    return self
  }
}
