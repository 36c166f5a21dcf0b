internal import FixACLKit
internal import AWSKit

/// What people are told at the end of a reconcile.
enum ReconcileView {
  static func messages(for summary: ReconcileSummary) -> [Message] {
    var messages: [Message] = []
    if let plan = summary.plan {
      let figures = RunFigures.summary(
        summary.statistics, objects: plan.summary.listed, seconds: summary.seconds)
      messages.append(
        Message(
          .note, "summary", "s3://\(summary.bucket): " + counts(summary, plan.summary) + "; \(figures).",
          bucket: summary.bucket))
      for (reason, count) in plan.summary.blockedReasons.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        messages.append(
          Message(.warning, "blocked", "\(Quantity.count(count)) blocked: \(reason.explanation)."))
      }
    }
    let level = summary.isPlanOnly ? Message.Level.warning : .error
    for trip in summary.trips {
      var message = Message(
        level, "guard-rail", "guard rail \(trip.rail.rawValue): \(trip.text(after: summary.lastSuccess)).")
      message.fields = [("rail", trip.rail.rawValue)]
      messages.append(message)
    }
    messages += ends(summary)
    messages += next(summary)
    return messages
  }

  private static func counts(_ summary: ReconcileSummary, _ plan: PlanSummary) -> String {
    func part(_ count: Int, _ what: String) -> String { "\(Quantity.count(count)) \(what)" }
    var parts = [
      Quantity.count(plan.listed, "object") + " listed", part(plan.foreign, "foreign"), part(plan.changes, "to change"),
    ]
    if let tally = summary.apply?.tally {
      parts += [part(tally.done, "changed"), part(tally.already, "already as planned")]
      if tally.stale > 0 { parts.append(part(tally.stale, "stale")) }
      if tally.failed > 0 { parts.append(part(tally.failed, "failed")) }
      if tally.unhandled > 0 { parts.append(part(tally.unhandled, "left for the next run")) }
    }
    let blocked = plan.actions[.blocked] ?? 0
    if blocked > 0 { parts.append(part(blocked, "blocked")) }
    if summary.completed > 0 {
      parts.append("\(Quantity.count(summary.completed, "copy", plural: "copies")) of an earlier run completed")
    }
    if summary.uncompleted > 0 {
      parts.append("\(Quantity.count(summary.uncompleted, "copy", plural: "copies")) of an earlier run not completed")
    }
    if let tally = summary.verification?.tally {
      let differing = tally.pending + tally.stale
      let isFine = differing + tally.failed == 0
      parts.append(
        "a sample of \(Quantity.count(tally.total)) "
          + (isFine
            ? "is as planned"
            : "has \(Quantity.count(differing)) that differ and \(Quantity.count(tally.failed)) that could not be read")
      )
    }
    return parts.joined(separator: ", ")
  }

  /// Why it ended before everything was done.
  private static func ends(_ summary: ReconcileSummary) -> [Message] {
    var messages: [Message] = []
    for part in [summary.apply, summary.verification] {
      guard case .hopeless(let stop)? = part?.end else { continue }
      var message = stop.message(rest: nil)
      message.fields = [("rail", GuardRails.Rail.maximumFailures.rawValue)]
      messages.append(message)
    }
    if summary.isOutOfTime, let seconds = summary.maximumSeconds {
      var message = Message(
        .error, "guard-rail",
        "guard rail max-duration: the run took longer than \(AgeArgument.text(seconds: seconds)), and was stopped in order.",
        advice: "The next run goes on from there. --max-duration gives it more time.")
      message.fields = [("rail", GuardRails.Rail.maximumDuration.rawValue)]
      messages.append(message)
    } else if summary.result == .interrupted {
      messages.append(
        Message(
          .warning, "interrupted", "interrupted. The next run goes on from there:", commands: [SameCommand.text]))
    }
    return messages
  }

  /// What to do next: whole commands.
  private static func next(_ summary: ReconcileSummary) -> [Message] {
    guard let path = summary.planPath else { return [] }
    let plan = SameCommand.quoted(path)
    func hint(_ level: Message.Level, _ text: String, _ command: String) -> Message {
      Message(level, "next", text, commands: [command])
    }
    guard summary.isPlanHeld else {
      guard (summary.apply?.tally.done ?? 0) > 0 else { return [] }
      return [hint(.note, "to undo the changes:", "fixacl rollback \(plan)\(SameCommand.optionsBesidePlan)")]
    }
    let show = "fixacl show \(plan)"
    switch summary.result {
    case .guarded:
      return [
        hint(.error, "nothing was changed. To see the plan:", show),
        hint(.error, "to go on after a look:", ReconcileCommandLine.goingOn(past: summary)),
      ]
    case .changes:
      let command = summary.trips.isEmpty ? ReconcileCommandLine.repairing : ReconcileCommandLine.goingOn(past: summary)
      return [
        hint(.note, "nothing was changed. To see the plan:", show), hint(.note, "to make the changes:", command),
      ]
    default: return [hint(.note, "to see what was not changed:", show)]
    }
  }
}

/// The running reconcile, as a line for a shell, with other options.
enum ReconcileCommandLine {
  /// The same without `--plan-only`.
  static var repairing: String { line(without: [], flags: ["--plan-only"], with: []) }

  /// The same with just the options that let a plan pass the rails that it broke.
  static func goingOn(past summary: ReconcileSummary) -> String {
    var (valued, added): ([String], [String]) = ([], [])
    func set(_ option: String, _ value: String) {
      valued.append(option)
      added += [option, value]
    }
    var flags: Set<String> = []
    for trip in summary.trips {
      switch trip {
      case .changes(let count, _): set("--max-changes", "\(count)")
      case .changesPercent(let changes, let listed, _):
        set("--max-changes-percent", "\(listed == 0 ? 100 : (changes * 100 + listed - 1) / listed)")
      case .copyBytes(let bytes, _): set("--max-copy-bytes", "\(bytes)")
      case .irreversible: flags.insert("--allow-irreversible")
      case .newReader, .newGrantee, .newOwner, .newBucketOwner, .objectOwnership, .blockPublicAccess:
        flags.insert("--accept-new")
      }
    }
    return line(without: valued, flags: ["--plan-only"] + flags, with: added + flags.sorted())
  }

  private static func line(without valued: [String], flags: [String], with added: [String]) -> String {
    var words: [String] = ["fixacl"]
    var arguments = CommandLine.arguments.dropFirst()[...]
    var namesState = false
    while let argument = arguments.popFirst() {
      if valued.contains(argument) {
        _ = arguments.popFirst()
      } else if !flags.contains(argument), !valued.contains(where: { argument.hasPrefix($0 + "=") }) {
        if argument == "--state-dir" || argument.hasPrefix("--state-dir=") { namesState = true }
        words.append(argument)
      }
    }
    // A service has its folder from systemd, and a shell has not.
    if !namesState, let folder = StateDirectory.ofService { words += ["--state-dir", folder] }
    return (words + added).map(SameCommand.quoted).joined(separator: " ")
  }
}

extension GuardRails.Trip {
  /// What is too much, or new: a clause with its figures.
  ///
  /// - Parameter last: when the last good run ended.
  func text(after last: Timestamp?) -> String {
    let known = "which the last good run\(last.map { " (\($0.extended))" } ?? "") did not know"
    switch self {
    case .changes(let count, let limit):
      return
        "\(Quantity.count(count, "object")) would be changed, and --max-changes allows \(Quantity.count(limit))"
    case .changesPercent(let changes, let listed, let limit):
      let share = listed == 0 ? "more than all" : "\(Self.percent(Double(changes) * 100 / Double(listed)))%"
      return
        "\(Quantity.count(changes)) of \(Quantity.count(listed, "listed object")) (\(share)) would be changed, and"
        + " --max-changes-percent allows \(Self.percent(limit))%"
    case .copyBytes(let bytes, let limit):
      return
        "\(Quantity.count(bytes)) bytes (\(Quantity.bytes(bytes))) would be copied, and --max-copy-bytes allows"
        + " \(Quantity.count(limit))"
    case .irreversible(let copies, let versioning):
      let state = versioning.map { $0 == .suspended ? "suspended" : "off" } ?? "unknown"
      return
        "\(Quantity.count(copies, "copy", plural: "copies")) could not be undone, because versioning is \(state). "
        + "--allow-irreversible makes them"
    case .newReader(let reader): return "\(reader.announcement), \(known)"
    case .newGrantee(let grant):
      return "\(grant.grantee) would get \(grant.permission.rawValue), \(known)"
    case .newOwner(let id, let objects):
      return "account \(id) owns \(Quantity.count(objects, "object")), \(known)"
    case .newBucketOwner(let was, let now):
      return "the bucket belonged to account \(was), and now belongs to account \(now)"
    case .objectOwnership(let was, let now):
      return "Object Ownership is \(now.rawValue), \(known)" + (was.map { " (it was \($0.rawValue))" } ?? "")
    case .blockPublicAccess(let isAccounts, let was, let now):
      return
        "Block Public Access of the \(isAccounts ? "account" : "bucket") is \(PlanView.text(for: now)), \(known)"
        + (was.map { " (it was \(PlanView.text(for: $0)))" } ?? "")
    }
  }

  private static func percent(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded(.up))
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}

extension ReconcileNotice {
  /// The notice for stderr.
  var message: Message {
    switch self {
    case .metricsUnwritten(let error):
      Message(
        .warning, "metrics", "the metrics are not written: \(error).",
        advice: "Name a file in a writable folder with --metrics-file.")
    case .lastRunUnwritten(let error):
      Message(
        .error, "last-run",
        "fixacl cannot keep what this run knows, so it does not count as good: \(error).",
        advice: "The folder of --state-dir must be writable and have space.")
    case .pruningFailed(let error): Message(.warning, "pruning", "old runs are not removed: \(error).")
    case .scanBegunAnew(let error):
      Message(
        .note, "scan-begun-anew",
        "what an earlier run had scanned cannot be used (\(error.path.escapedForTerminal)), so the scan begins anew.")
    case .timeIsOver(let seconds):
      Message(
        .warning, "time-is-over",
        "\(AgeArgument.text(seconds: seconds)) are over: fixacl waits for what is in flight, and begins nothing more.")
    }
  }
}
