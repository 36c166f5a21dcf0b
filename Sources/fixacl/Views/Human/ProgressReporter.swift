internal import Dispatch
internal import FixACLKit
internal import AWSKit

/// Shows from time to time what is going on: on a terminal a bar that changes, elsewhere a line every 5 seconds.
final class ProgressReporter {
  /// Where a run is.
  struct State {
    /// What is being done: `applying`.
    var verb: String
    /// Counts in words, the most important first.
    var counts: [String]
    /// The objects done.
    var done: Int
    /// How many there will have been; nil as long as nobody knows.
    var total: Int?
  }

  /// Columns of the bar.
  private static let barWidth = 16

  private let timer: any DispatchSourceTimer

  /// - Parameter state: called on a queue of the reporter's own.
  init(throttle: Throttle, state: @escaping @Sendable () -> State) {
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "fixacl.progress"))
    let isTerminal = Console.shared.isTerminal
    let interval: DispatchTimeInterval = isTerminal ? .milliseconds(200) : .seconds(5)
    // Soon after the beginning, show that something is happening.
    timer.schedule(deadline: .now() + (isTerminal ? .milliseconds(50) : .seconds(2)), repeating: interval)
    var speed = Speed(startingAt: Clock.seconds())
    timer.setEventHandler {
      let state = state()
      let statistics = throttle.statistics
      speed.note(done: state.done, requests: statistics.requests, at: Clock.seconds())
      Console.shared.progress { columns in
        Self.text(state, speed, statistics, inFlight: throttle.inFlight, columns: isTerminal ? columns : nil)
      }
    }
    timer.activate()
    self.timer = timer
  }

  /// - Parameter columns: of the terminal; nil for no bar and all there is to say.
  private static func text(
    _ state: State, _ speed: Speed, _ statistics: Throttle.Statistics, inFlight: Int, columns: Int?
  ) -> String {
    var text = state.verb
    if let total = state.total, total > 0 {
      let share = min(1, Double(state.done) / Double(total))
      text += " \(Int((share * 100).rounded(.down)))%"
      if columns != nil {
        let filled = Int(share * Double(barWidth))
        text += " [" + String(repeating: "#", count: filled) + String(repeating: ".", count: barWidth - filled) + "]"
      }
    }
    text += ":"
    // What matters most comes first: a terminal may be too narrow for the rest.
    var pieces = Array(state.counts.prefix(2)) + ["\(RunFigures.rate(speed.objects))/s"]
    if let total = state.total, let left = speed.secondsLeft(for: total - state.done) {
      pieces.append("about \(Quantity.duration(seconds: left)) left")
    }
    pieces += state.counts.dropFirst(2)
    if statistics.throttled > 0 { pieces.append("throttled \(Quantity.count(statistics.throttled, "time"))") }
    pieces += ["\(RunFigures.rate(speed.requests)) requests/s", "\(Quantity.count(inFlight)) in flight"]
    for (index, piece) in pieces.enumerated() {
      let next = (index == 0 ? " " : ", ") + piece
      if let columns, index > 0, text.count + next.count > columns { break }
      text += next
    }
    return text
  }

  func finish() {
    timer.cancel()
    Console.shared.endProgress()
  }
}

extension ProgressReporter.State {
  init(_ progress: RunProgress) {
    switch progress {
    case .readingLogs(let logs):
      self.init(
        verb: "reading logs",
        counts: [
          Quantity.count(logs.lines, "line"), Quantity.count(logs.files, "file"), Quantity.bytes(logs.bytes),
        ], done: logs.lines, total: nil)
    case .readingReport(let report):
      self.init(
        verb: "reading the report",
        counts: [
          Quantity.count(report.rows, "row"), Quantity.bytes(report.bytes),
          "of \(Quantity.bytes(report.totalBytes))",
        ], done: report.rows,
        total: report.bytes > 0
          ? Int(Double(report.rows) * Double(report.totalBytes) / Double(report.bytes)) : nil)
    case .preparingJobs(let done, let total):
      self.init(
        verb: "preparing jobs", counts: ["\(Quantity.count(done)) of \(Quantity.count(total))"], done: done,
        total: total)
    case .scanning(let scan, let known):
      self.init(
        verb: "scanning",
        counts: [
          "\(Quantity.count(scan.listed)) listed", "\(Quantity.count(scan.foreign)) foreign",
          "\(Quantity.count(scan.changes)) to change",
        ], done: scan.finished - known, total: scan.isListed ? scan.listed - known : nil)
    case .running(let command, let tally, let limit): self.init(command, tally, limit: limit)
    }
  }

  /// A run over changes.
  private init(_ command: RunSummary.Command, _ tally: Tally, limit: Int?) {
    let failed = "\(Quantity.count(tally.failed)) failed"
    let stale = "\(Quantity.count(tally.stale)) stale"
    func part(_ count: Int, of total: Int) -> String { "\(Quantity.count(count)) of \(Quantity.count(total))" }
    let (verb, counts): (String, [String]) =
      switch command {
      case .apply:
        (
          "applying",
          [
            part(tally.finishedBefore + tally.handled, of: tally.planned), failed,
            "\(Quantity.count(tally.done)) changed", stale,
          ]
        )
      case .rollback:
        (
          "rolling back",
          [part(tally.handled, of: tally.planned), failed, "\(Quantity.count(tally.done)) put back", stale]
        )
      case .collect:
        ("collecting", [part(tally.handled, of: tally.planned), failed, "\(Quantity.count(tally.done)) done", stale])
      case .verify:
        (
          "verifying",
          [
            part(tally.settled(by: command), of: tally.total), failed,
            "\(Quantity.count(tally.pending + tally.stale)) differ",
          ]
        )
      }
    let total = command == .verify ? tally.total : tally.planned - tally.finishedBefore
    self.init(verb: verb, counts: counts, done: tally.settled(by: command), total: min(limit ?? .max, total))
  }
}
