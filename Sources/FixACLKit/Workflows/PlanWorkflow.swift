internal import AWSKit

/// Scans a bucket and writes the plan.
package struct PlanWorkflow: Sendable {
  package var request: PlanRequest
  package var session: Session.Options
  /// Program and version, which the plan names.
  package var tool: String

  package init(_ request: PlanRequest, session: Session.Options, tool: String) {
    self.request = request
    self.session = session
    self.tool = tool
  }

  package func run(stop: StopSignal, events: @escaping RunEventHandler) async throws -> RunResult {
    try checkOutput()
    // Before the server is waited for: somebody may still be writing the list.
    let keys: KeyList? =
      if let source = request.selection.keys {
        try await KeyListReading(source: source, folder: spoolFolder, stop: stop, events: events).read()
      } else {
        nil
      }
    let session = try Session(session, events: events)
    let request = session.endpoint.isAmazons ? try self.request.normalizedForAmazon() : self.request
    let run = PlanRun(
      request: request, keys: keys, session: session, tool: tool, spoolFolder: spoolFolder, stop: stop,
      events: events)
    do {
      return try await run.run()
    } catch {
      guard stop.isRequested, error.isOfStop else { throw error }
      throw WorkflowError.interrupted
    }
  }

  /// Beside the plan's file if there is one, so that a full /tmp is no obstacle.
  private var spoolFolder: String {
    guard let output = request.output.namedFile else {
      return TemporaryPlace.folder
    }
    guard let slash = output.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == output.startIndex ? "/" : String(output[..<slash])
  }

  /// Sees that the plan can be written, before a long scan is made for it.
  private func checkOutput() throws {
    switch request.output {
    case .standardOutput: _ = try OpenFile.standardOutput()
    case .stateFolder: _ = try StateFolder.make()
    case .file(let path):
      // The plan takes the place of what is there, which must not be a device.
      switch FileKind(ofPath: path) {
      case .folder: throw WorkflowError.outputUnusable(path: path, .isFolder)
      case .special: throw WorkflowError.outputUnusable(path: path, .isSpecial)
      case .missing, .regular: break
      }
      do throws(FileError) {
        try PlanWriter.checkFile(path)
      } catch {
        throw WorkflowError.outputUnusable(path: path, .file(error))
      }
    }
  }
}
