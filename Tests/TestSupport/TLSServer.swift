internal import Foundation
internal import Synchronization

/// A server for any hosts, with TLS and a certificate for all of them, on a socket in the file system: what a proxy of a
/// test connects to in place of Amazon. `openssl s_server` does the TLS, one connection after another.
package final class TLSServer: Sendable {
  /// An answer with a body.
  package struct Answer: Sendable {
    package var status = 200
    package var headers: [String] = []
    package var body: String

    package init(_ body: String = "", status: Int = 200, headers: [String] = []) {
      (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// The whole answer to a request: to a HEAD, without the body.
    fileprivate func text(for request: LoopbackServer.Request, more: [String] = []) -> String {
      let head = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.utf8.count)"] + headers + more
      return head.joined(separator: "\r\n") + "\r\n\r\n" + (request.method == "HEAD" ? "" : body)
    }

    /// The same as a step of a server without TLS.
    package func steps(for request: LoopbackServer.Request) -> [LoopbackServer.Step] { [.send(text(for: request))] }
  }

  private struct Failure: Error {
    let what: String
  }

  private let folder: String
  private let process: Process
  private let record = Record()

  private final class Record: Sendable {
    let requests = Mutex<[LoopbackServer.Request]>([])
  }

  /// - Parameters:
  ///   - hosts: for which the certificate is.
  ///   - script: called with each request, on a thread of the server's.
  package init(
    hosts: some Collection<String>, _ script: @escaping @Sendable (LoopbackServer.Request) -> Answer
  ) async throws {
    // The path of a socket has room for some 100 bytes only.
    folder = "/tmp/fixacl-tls-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    process = Process()
    try await makeCertificate(for: Set(hosts).sorted())
    try start(script)
    for _ in 0..<1000 where !FileManager.default.fileExists(atPath: socketPath) {
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Where it listens.
  package var socketPath: String { folder + "/socket" }

  /// A PEM file with the certificate, to be trusted.
  package var certificatePath: String { folder + "/certificate.pem" }

  /// The requests so far, in the order in which they came.
  package var requests: [LoopbackServer.Request] { record.requests.withLock { $0 } }

  private func makeCertificate(for hosts: [String]) async throws {
    let maker = Process()
    maker.executableURL = URL(filePath: "/usr/bin/env")
    maker.arguments = [
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj", "/CN=fixacl test", "-addext", "subjectAltName=" + hosts.map { "DNS:" + $0 }.joined(separator: ","),
      "-keyout", folder + "/key.pem", "-out", certificatePath,
    ]
    maker.standardInput = FileHandle.nullDevice
    maker.standardOutput = FileHandle.nullDevice
    maker.standardError = FileHandle.nullDevice
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      maker.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try maker.run() } catch { continuation.resume(throwing: error) }
    }
    guard status == 0 else { throw Failure(what: "openssl req ended with \(status)") }
  }

  private func start(_ script: @escaping @Sendable (LoopbackServer.Request) -> Answer) throws {
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "openssl", "s_server", "-unix", socketPath, "-key", folder + "/key.pem", "-cert", certificatePath, "-quiet",
    ]
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let record = record
    // The clear text of all connections comes here, one after another, and answers go to the one that is open.
    Thread {
      var bytes: [UInt8] = []
      while true {
        let arrived = output.fileHandleForReading.availableData
        guard !arrived.isEmpty else { return }
        bytes += arrived
        while let lengths = LoopbackLoop.requestLengths(bytes) {
          let ordinal = record.requests.withLock { $0.count }
          let request = LoopbackServer.Request(
            bytes: Array(bytes[..<lengths.whole]), headLength: lengths.head, connection: ordinal, ordinal: ordinal)
          bytes.removeFirst(lengths.whole)
          record.requests.withLock { $0.append(request) }
          let text = script(request).text(for: request, more: ["Connection: close"])
          try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        }
      }
    }.start()
  }
}

extension LoopbackServer.Request {
  /// The first line's words: method, target and version.
  private var words: [Substring] { head.first?.split(separator: " ") ?? [] }

  package var method: String { words.first.map(String.init) ?? "" }

  /// The path and the query, or to a proxy an address.
  package var target: String { words.count > 1 ? String(words[1]) : "" }

  /// The value of a header; nil if there is none.
  package func header(_ name: String) -> String? {
    head.dropFirst().first { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map { line in
      String(line.dropFirst(name.count + 1).drop { $0 == " " })
    }
  }

  package var text: String { String(decoding: body, as: UTF8.self) }
}
