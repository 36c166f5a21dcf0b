internal import FixACLKit
internal import Synchronization

/// What a workflow's events become: a result on stdout, and words on stderr.
final class ResultView: Sendable {
  /// How stdout tells of objects.
  enum Lines: Sendable {
    /// Not at all: the journal has them.
    case none
    /// For people, those that a command is about.
    case text(RunSummary.Command, isDryRun: Bool)
    /// A line of JSON for each object, and one for the summary.
    case json(RunSummary.Command, isDryRun: Bool)
    /// A line of JSON about the plan that was written.
    ///
    /// - Parameter isDetailed: whether the exit status tells of changes.
    case planJSON(isDetailed: Bool)
    /// The answer to `explain`.
    case explanation(ResultFormat)
    /// Jobs of S3 Batch Operations: a line for each, and for programs one for the summary.
    case jobs(ResultFormat)
    /// What a reconcile does: for people nothing, else a line of JSON for each object and one for the summary.
    case reconcile(ResultFormat)
  }

  private let lines: Lines
  private let narrator: any EventNarrator
  /// What a reconcile is at.
  private let part = Mutex(RunSummary.Command.apply)
  /// Nil if nothing is written to stdout here: it may be closed then.
  private let writer: Mutex<ResultWriter?>
  private let failure = Mutex<FileError?>(nil)
  private let stop: StopSignal

  /// - Parameter stop: set if nobody reads stdout.
  init(_ lines: Lines, stop: StopSignal) throws(FileError) {
    self.lines = lines
    self.stop = stop
    switch lines {
    case .none, .reconcile(.text): writer = Mutex(nil)
    default: writer = Mutex(try ResultWriter())
    }
    narrator =
      if case .reconcile = lines { ReconcileNarrator(failures: lines.whole) } else {
        Narrator(hasResultLines: lines.isText, failures: lines.whole)
      }
  }

  @Sendable func handle(_ event: RunEvent) {
    // Where both are read together, the results come before what is said of them all.
    if event.isEnd { write { (writer) throws(FileError) in try writer.finish() } }
    narrator.handle(event)
    switch (event, lines) {
    case (.object(let report), .text(let command, let isDryRun)):
      switch report.outcome {
      case .done, .already: guard isDryRun else { return }
      // A job that was cancelled can have left millions.
      case .pending where command == .collect: return
      default: break
      }
      let line = ResultLine.text(report, of: command)
      write { (writer) throws(FileError) in try writer.line(line) }
    case (.object(let report), .json(let command, let isDryRun)):
      writeJSON(EventJSON.line(report, of: command, isDryRun: isDryRun))
    case (.began(let part), _): self.part.withLock { $0 = part }
    case (.object(let report), .reconcile(.json)):
      let part = part.withLock { $0 }
      // Of a sample only what differs is worth a line.
      if part == .verify, case .already = report.outcome { return }
      writeJSON(EventJSON.line(report, of: part, isDryRun: false))
    case (.job(let report), .jobs(.text)): write { (writer) throws(FileError) in try writer.line(report.text) }
    case (.job(let report), .jobs(.json)): writeJSON(EventJSON.line(report))
    case (.batch(let summary), .jobs(.json)): writeJSON(EventJSON.line(summary))
    case (.reconciled(let summary), .reconcile(.json)): writeJSON(EventJSON.line(summary))
    case (.edge(let report), .text):
      guard !report.isServed else { return }
      write { (writer) throws(FileError) in try writer.line(report.text) }
    case (.edge(let report), .json): writeJSON(EventJSON.line(report))
    case (.notice(.invalidation(.planned(let targets, isDryRun: true))), .text):
      for target in targets {
        for path in target.paths {
          write { (writer) throws(FileError) in
            try writer.line("would invalidate: \(target.distribution): \(path)")
          }
        }
      }
    case (.summary(let summary), .json): writeJSON(EventJSON.line(summary))
    case (.planned(let report), .planJSON(let isDetailed)): writeJSON(EventJSON.line(report, isDetailed: isDetailed))
    case (.explained(let explanation, let logs), .explanation(.json)):
      writeJSON(ExplanationJSON.document(explanation, logs))
    case (.explained(let explanation, let logs), .explanation(.text)):
      write { (writer) throws(FileError) in
        var view = ExplanationView(explanation, logs, writer: writer)
        try view.show()
      }
    default: return
    }
  }

  /// Writes what is left.
  ///
  /// - Throws: the first error of writing to stdout.
  func finish() throws(FileError) {
    if let failure = failure.withLock({ $0 }) { throw failure }
    try writer.withLock { (writer) throws(FileError) in try writer?.finish() }
  }

  private func writeJSON(_ line: [UInt8]) {
    write { (writer) throws(FileError) in try writer.writeJSON(line) }
  }

  private func write(_ body: (inout ResultWriter) throws(FileError) -> Void) {
    do throws(FileError) {
      try writer.withLock { (writer) throws(FileError) in if writer != nil { try body(&writer!) } }
    } catch {
      failure.withLock { $0 = $0 ?? error }
      stop.set()
    }
  }
}

extension RunEvent {
  /// Whether it is the last one of a run, or of a part of it.
  fileprivate var isEnd: Bool {
    switch self {
    case .summary, .batch, .reconciled: true
    default: false
    }
  }
}

extension ResultView.Lines {
  /// Where all objects are of which stderr tells some.
  fileprivate var whole: FailureLog.Whole? {
    switch self {
    case .json, .reconcile(.json): .standardOutput
    // Commands whose stdout is empty keep a journal.
    case .none, .reconcile(.text): .journal
    case .text, .planJSON, .explanation, .jobs: nil
    }
  }

  fileprivate var isText: Bool {
    if case .text = self { true } else { false }
  }
}
