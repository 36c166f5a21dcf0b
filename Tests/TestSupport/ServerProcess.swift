internal import Foundation

/// A server that the tests have started, which tells by an `info.json` in a folder of its own that it is ready.
///
/// `Process` is not marked as safe to share; after its start, it is only asked and signalled here.
final class ServerProcess: @unchecked Sendable {
  private let process = Process()
  /// Its other end is closed when this process ends, however that happens.
  private let input = Pipe()
  private let folder = FileManager.default.temporaryDirectory.path + "/fixacl-server-" + UUID().uuidString

  /// - Parameters:
  ///   - arguments: given the folder, in which the server may keep what it likes.
  ///   - log: where the server's output goes.
  init(_ executable: String, log: FileHandle, arguments: (_ folder: String) -> [String]) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments(folder)
    process.standardInput = input
    process.standardOutput = log
    process.standardError = log
    try process.runUnblocked()
  }

  var isRunning: Bool { process.isRunning }

  var isReady: Bool { FileManager.default.fileExists(atPath: info) }

  private var info: String { folder + "/info.json" }

  /// The server, once it is ready.
  func server(_ kind: S3TestServer.Kind) throws -> S3TestServer {
    guard isReady else { throw CocoaError(.executableNotLoadable) }
    return try S3TestServer(kind, infoFile: info)
  }

  /// Runs `body` with the server when it is ready, and ends the server, however that ends.
  func serve(_ kind: S3TestServer.Kind, _ body: (S3TestServer) async throws -> Void) async throws {
    do {
      _ = try await waitUntil({ isReady }, while: { isRunning })
      try await body(try server(kind))
    } catch {
      await end()
      throw error
    }
    await end()
  }

  private func end() async {
    process.terminate()
    while isRunning { try? await Task.sleep(for: .milliseconds(20)) }
    removeFolder()
  }

  func removeFolder() {
    try? FileManager.default.removeItem(atPath: folder)
  }
}
