internal import Foundation

/// A RadosGW of one test's own, set as no other test could use it.
package enum OwnRadosGW {
  /// Runs `body` with a server that is gone afterwards, however that ends.
  ///
  /// - Parameter options: of `Tests/RadosGW/radosgw start`.
  package static func with(_ options: [String], _ body: (S3TestServer) async throws -> Void) async throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
    let log = FileManager.default.temporaryDirectory.path + "/fixacl-rgw.log"
    try "".write(toFile: log, atomically: false, encoding: .utf8)
    // "run" and not "start": the server then ends with the command, so soon after a test process that was killed.
    let process = try ServerProcess(
      path + "/RadosGW/radosgw", log: FileHandle(forWritingTo: URL(filePath: log))
    ) { ["run", "--dir", $0] + options + ["--", "sleep", "600"] }
    try await process.serve(.radosGW, body)
  }
}
