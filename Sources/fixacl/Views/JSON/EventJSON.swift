internal import FixACLKit
internal import AWSKit

/// Events as lines of JSON for programs; `plans/events.schema.json` describes them.
enum EventJSON {
  static func line(_ report: ChangeReport, of command: RunSummary.Command, isDryRun: Bool) -> [UInt8] {
    let change = report.change
    var json = JSONWriter()
    json.object { json in
      json.member("event", "object")
      json.member("command", command.rawValue)
      if isDryRun { json.member("dryRun", true) }
      json.name("key")
      json.string(change.key.bytes)
      if let version = change.versionID { json.member("versionId", version) }
      json.member("action", change.action.rawValue)
      json.member("result", report.outcome.word)
      switch report.outcome {
      case .done(let version?): json.member("madeVersionId", version)
      case .stale(let staleness): json.member("detail", staleness.explanation)
      case .irreversible(let reason): json.member("detail", reason.explanation)
      case .blocked(let reason): json.member("detail", reason.explanation)
      default: break
      }
      JournalCause(report.outcome)?.write(to: &json)
      if case .failed(.s3(let error)) = report.outcome { json.member("advice", Advice.text(for: error)) }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  static func line(_ report: EdgeReport) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("event", "edge")
      json.member("command", RunSummary.Command.verify.rawValue)
      json.name("key")
      json.string(report.change.key.bytes)
      json.member("distribution", report.distribution)
      json.member("url", "\(report.url)")
      json.member("result", report.word)
      if let answer = report.answer {
        json.member("status", answer.status)
        json.member("answeredBy", answer.source.rawValue)
        json.member("age", answer.ageSeconds ?? 0)
        if let code = answer.code { json.member("code", code) }
        if let cache = answer.cacheStatus { json.member("cache", cache) }
        if let id = answer.requestID { json.member("requestId", id) }
        if !answer.message.isEmpty { json.member("message", answer.message) }
      } else if case .unanswered(let error) = report.outcome {
        json.member("message", error.message)
      }
      if let advice = report.advice { json.member("advice", advice) }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  static func line(_ summary: RunSummary) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("event", "summary")
      json.member("command", summary.command.rawValue)
      json.member("dryRun", summary.isDryRun)
      json.member("result", summary.result.rawValue)
      json.member("exitStatus", Int(ExitStatus(summary.result).rawValue))
      json.member("file", summary.path)
      writeCounts(of: summary, to: &json)
      if case .hopeless(let stop) = summary.end {
        let message = stop.message(rest: nil)
        json.name("stopped")
        json.object { json in
          json.member("reason", message.code)
          json.member("message", message.text)
          if let advice = message.advice { json.member("advice", advice) }
          if let failure = message.failure {
            json.name("error")
            failure.write(to: &json)
          }
        }
      }
      write(summary.statistics, seconds: summary.seconds, to: &json)
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  /// The numbers of objects, by what became of them, and what followed.
  private static func writeCounts(of summary: RunSummary, to json: inout JSONWriter) {
    let tally = summary.tally
    switch summary.command {
    case .apply:
      json.member("planned", tally.planned)
      json.member("changed", tally.done)
      json.member("already", tally.already)
      json.member("stale", tally.stale)
      json.member("failed", tally.failed)
      json.member("blocked", tally.blocked)
      json.member("finishedBefore", tally.finishedBefore)
      json.member("remaining", tally.remaining)
      if let invalidation = summary.epilogue.invalidation {
        json.name("invalidation")
        invalidation.write(isDryRun: summary.isDryRun, to: &json)
      }
    case .rollback:
      json.member("planned", tally.planned)
      json.member("putBack", tally.done)
      json.member("already", tally.already)
      json.member("stale", tally.stale)
      json.member("impossible", tally.irreversible)
      json.member("failed", tally.failed)
      json.member("remaining", tally.remaining)
    case .collect:
      json.member("planned", tally.planned)
      json.member("changed", tally.done)
      json.member("stale", tally.stale)
      json.member("failed", tally.failed)
      json.member("notRun", tally.pending)
      json.member("remaining", tally.remaining)
    case .verify:
      json.member("objects", tally.total)
      json.member("asPlanned", tally.already)
      json.member("differing", tally.pending + tally.stale)
      json.member("pending", tally.pending)
      json.member("stale", tally.stale)
      json.member("blocked", tally.blocked)
      json.member("failed", tally.failed)
      if let whole = summary.sampledFrom { json.member("sampledFrom", whole) }
      if let edge = summary.epilogue.edge {
        json.name("edge")
        edge.write(to: &json)
      }
    }
  }

  static func line(_ summary: ReconcileSummary) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("event", "summary")
      json.member("command", "reconcile")
      json.member("bucket", summary.bucket)
      json.member("planOnly", summary.isPlanOnly)
      json.member("result", summary.result.rawValue)
      json.member("exitStatus", summary.exitStatus)
      json.member("lastSuccess", summary.lastSuccess?.extended)
      json.member("plan", summary.planPath)
      json.member("listed", summary.plan?.summary.listed ?? 0)
      json.member("foreign", summary.plan?.summary.foreign ?? 0)
      json.member("planned", summary.plan?.summary.changes ?? 0)
      let tally = summary.apply?.tally ?? Tally()
      json.member("changed", tally.done)
      json.member("already", tally.already)
      json.member("stale", tally.stale)
      json.member("failed", tally.failed)
      json.member("blocked", summary.plan?.summary.actions[.blocked] ?? 0)
      json.member("remaining", tally.remaining)
      json.member("copiedBytes", summary.copiedBytes)
      json.member("completed", summary.completed)
      json.member("uncompleted", summary.uncompleted)
      if let tally = summary.verification?.tally {
        json.name("sample")
        json.object { json in
          json.member("objects", tally.total)
          json.member("asPlanned", tally.already)
          json.member("differing", tally.pending + tally.stale)
          json.member("failed", tally.failed)
        }
      }
      json.name("tripped")
      json.array { json in
        for trip in summary.trips {
          json.object { json in
            json.member("rail", trip.rail.rawValue)
            json.member("message", trip.text(after: summary.lastSuccess))
          }
        }
        let others = summary.trippedRails.subtracting(summary.trips.map(\.rail))
        for rail in others.sorted(by: { $0.rawValue < $1.rawValue }) {
          json.object { json in json.member("rail", rail.rawValue) }
        }
      }
      if let invalidation = summary.apply?.epilogue.invalidation {
        json.name("invalidation")
        invalidation.write(isDryRun: false, to: &json)
      }
      write(summary.statistics, seconds: summary.seconds, to: &json)
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  /// - Parameter isDetailed: whether the exit status tells of changes.
  static func line(_ report: PlanReport, isDetailed: Bool) -> [UInt8] {
    let result: RunResult = report.header.summary.changes > 0 ? .changes : .done
    var json = JSONWriter()
    json.object { json in
      json.member("event", "summary")
      json.member("command", "plan")
      json.member("result", result.rawValue)
      json.member("exitStatus", Int(ExitStatus(ofPlan: result, isDetailed: isDetailed).rawValue))
      json.member("file", report.path)
      json.name("summary")
      report.header.summary.write(to: &json)
      json.name("cost")
      report.cost.write(to: &json)
      write(report.statistics, seconds: report.seconds, to: &json)
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  static func write(_ statistics: Throttle.Statistics, seconds: Double, to json: inout JSONWriter) {
    json.member("requests", statistics.requests)
    json.member("retries", statistics.retries)
    json.member("throttled", statistics.throttled)
    json.member("milliseconds", Int((seconds * 1000).rounded()))
  }
}

extension Outcome {
  /// The stable word for it.
  fileprivate var word: String {
    switch self {
    case .done: "done"
    case .already: "already"
    case .stale: "stale"
    case .irreversible: "impossible"
    case .pending: "pending"
    case .blocked: "blocked"
    case .failed: "failed"
    }
  }
}
