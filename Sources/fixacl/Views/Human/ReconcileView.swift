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
        "guard rail max-duration: the run took longer than \(AgeArgument.text(seconds: seconds)), so fixacl stopped it.",
        advice: "The next run does the rest. --max-duration gives it more time.")
      message.fields = [("rail", GuardRails.Rail.maximumDuration.rawValue)]
      messages.append(message)
    } else if summary.result == .interrupted {
      messages.append(
        Message(
          .warning, "interrupted", "interrupted. The next run does the rest:", commands: [SameCommand.text]))
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
      return [
        hint(
          .note, "to undo the changes\(ReconcileCommandLine.whereToType):",
          "fixacl rollback \(plan)\(SameCommand.optionsBesidePlan)")
      ]
    }
    let show = "fixacl show \(plan)"
    switch summary.result {
    case .guarded:
      return [
        hint(.error, "nothing was changed. To see the plan:", show),
        hint(
          .error, "to continue, once you have looked at it\(ReconcileCommandLine.whereToType):",
          ReconcileCommandLine.goingOn(past: summary)),
      ]
    case .changes:
      let command = summary.trips.isEmpty ? ReconcileCommandLine.repairing : ReconcileCommandLine.goingOn(past: summary)
      return [
        hint(.note, "nothing was changed. To see the plan:", show),
        hint(.note, "to make the changes\(ReconcileCommandLine.whereToType):", command),
      ]
    default: return [hint(.note, "to see what was not changed:", show)]
    }
  }
}
