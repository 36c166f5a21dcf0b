internal import Foundation

/// A `fixacl-sandbox` of one test's own, or the one that all tests share.
package enum OwnSandbox {
  /// Runs `body` with a server that is gone afterwards, however that ends.
  ///
  /// - Parameter options: of `fixacl-sandbox`, besides those that say where it is and how it ends.
  package static func with(
    _ options: [String] = [], _ body: (S3TestServer) async throws -> Void
  ) async throws {
    try await start(options).serve(.sandbox, body)
  }

  /// A server that ends with this process; nil where the program was not built.
  static let shared: (server: S3TestServer, process: ServerProcess)? = {
    guard FileManager.default.isExecutableFile(atPath: programPath) else { return nil }
    do {
      let process = try start([])
      // Once a test run, for some 50 ms: a static property cannot wait otherwise.
      while !process.isReady, process.isRunning { usleep(2000) }
      defer { process.removeFolder() }
      return (try process.server(.sandbox), process)
    } catch {
      fatalError("\(programPath) does not start: \(error)")
    }
  }()

  private static let programPath = Workplace.builtProgram("fixacl-sandbox")

  private static func start(_ options: [String]) throws -> ServerProcess {
    try ServerProcess(programPath, log: .standardError) {
      ["--port", "0", "--info", $0 + "/info.json", "--stop-with-stdin"] + options
    }
  }
}
