internal import Foundation

/// A RadosGW of one test's own, set as no other test could use it.
package final class OwnRadosGW: Sendable {
  package let server: S3TestServer
  private let folder: String
  private let script: ScriptRun

  /// - Parameter options: of `Tests/RadosGW/radosgw start`.
  package init(_ options: [String]) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/fixacl-rgw-" + UUID().uuidString
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
    // "run" and not "start": the server then ends with the command, so soon after a test process that was killed.
    let script = try ScriptRun(
      path + "/RadosGW/radosgw", ["run", "--dir", folder] + options + ["--", "sleep", "600"],
      log: FileManager.default.temporaryDirectory.path + "/fixacl-rgw.log")
    let info = folder + "/info.json"
    guard
      try await waitUntil({ FileManager.default.fileExists(atPath: info) }, while: { script.isRunning })
    else { throw CocoaError(.executableNotLoadable) }
    self.folder = folder
    self.script = script
    server = try S3TestServer(infoFile: info)
  }

  /// Runs `body` with a server that is gone afterwards, however that ends.
  package static func with(_ options: [String], _ body: (S3TestServer) async throws -> Void) async throws {
    let own = try await OwnRadosGW(options)
    do {
      try await body(own.server)
    } catch {
      await own.stop()
      throw error
    }
    await own.stop()
  }

  private func stop() async {
    script.terminate()
    while script.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
    try? FileManager.default.removeItem(atPath: folder)
  }
}

/// `Process` is not marked as safe to share; after its start, it is only asked and signalled here.
private final class ScriptRun: @unchecked Sendable {
  private let process = Process()

  init(_ path: String, _ arguments: [String], log: String) throws {
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    try "".write(toFile: log, atomically: false, encoding: .utf8)
    let file = try FileHandle(forWritingTo: URL(filePath: log))
    process.standardOutput = file
    process.standardError = file
    process.standardInput = FileHandle.nullDevice
    try process.runUnblocked()
  }

  var isRunning: Bool { process.isRunning }

  func terminate() { process.terminate() }
}
