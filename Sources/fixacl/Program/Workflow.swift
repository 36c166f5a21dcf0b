internal import ArgumentParser
internal import FixACLKit

/// Runs a workflow as a command does: its events become words and results, signals stop it, its end is the exit status.
enum Workflow {
  /// - Parameters:
  ///   - lines: how stdout tells of objects.
  ///   - status: what the result means to scripts.
  static func run(
    _ lines: ResultView.Lines, _ output: OutputOptions, _ run: RunOptions,
    status: (RunResult) -> ExitStatus = { ExitStatus($0) },
    _ body: (StopSignal, @escaping RunEventHandler) async throws -> RunResult
  ) async throws {
    guard !(output.quiet && run.verbose) else {
      throw UsageError("--quiet and --verbose exclude each other. Leave one of them out.")
    }
    output.apply(verbose: run.verbose)
    let stop = StopSignal()
    let view = try ResultView(lines, stop: stop)
    let result: RunResult
    do {
      result = try await Interruption.during(stop) { try await body(stop, view.handle) }
    } catch {
      // What was found out before is a result, too. Why it ended matters more than whether that can be written.
      try? view.finish()
      throw error
    }
    try view.finish()
    let status = status(result)
    if status != .done { throw ExitCode(status.rawValue) }
  }
}
