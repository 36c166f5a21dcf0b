internal import FixACLKit
internal import AWSKit

/// What people are told at the end of apply, rollback and verify.
enum RunSummaryView {
  static func tell(_ summary: RunSummary) {
    let tally = summary.tally
    // A notice has said that there was nothing to do.
    guard tally.handled > 0 || tally.unhandled > 0 || summary.command == .verify else { return }
    Console.shared.note(
      "summary",
      counts(summary) + "; "
        + RunFigures.summary(
          summary.statistics, objects: tally.handled + (summary.command == .verify ? tally.blocked : 0),
          seconds: summary.seconds) + ".")
    for message in hints(summary) { Console.shared.say(message) }
  }

  private static func counts(_ summary: RunSummary) -> String {
    let tally = summary.tally
    func part(_ count: Int, _ what: String) -> String { "\(Quantity.count(count)) \(what)" }
    var parts: [String]
    switch summary.command {
    case .apply:
      parts = [
        part(tally.done, summary.isDryRun ? "would be changed" : "changed"), part(tally.already, "as planned already"),
        part(tally.stale, "stale"), part(tally.failed, "failed"),
      ]
      if tally.blocked > 0 { parts.append(part(tally.blocked, "blocked in the plan")) }
      if tally.finishedBefore > 0 { parts.append(part(tally.finishedBefore, "done by earlier runs")) }
    case .rollback:
      parts = [
        part(tally.done, summary.isDryRun ? "would be put back" : "put back"),
        part(tally.already, "as before already"), part(tally.stale, "stale"),
        part(tally.irreversible, "cannot be undone"), part(tally.failed, "failed"),
      ]
    case .verify:
      parts = [
        part(tally.already, "as planned"), part(tally.pending + tally.stale, "differ"),
        part(tally.blocked, "blocked in the plan"), part(tally.failed, "could not be read"),
      ]
    }
    if summary.command != .verify, tally.unhandled > 0 { parts.append(part(tally.unhandled, "left for the next run")) }
    let sample = summary.sampledFrom.map {
      " (a sample of \(Quantity.count(tally.total)) of \(Quantity.count($0)))"
    }
    return parts.joined(separator: ", ") + (sample ?? "")
  }

  /// What to do next: whole commands.
  private static func hints(_ summary: RunSummary) -> [Message] {
    let tally = summary.tally
    var hints: [Message] = []
    func note(_ code: String, _ text: String) { hints.append(Message(.note, code, text)) }
    if summary.command != .verify, tally.stale > 0 {
      note(
        "stale",
        "stale objects were left alone. "
          + (summary.command == .apply ? "Make a new plan for them: 'fixacl plan' finds what they need now." : ""))
    }
    if summary.losesHiddenGrants {
      hints.append(
        Message(
          .warning, "hidden-grants-lost",
          "IgnorePublicAcls was on when the plan was made: public grants that were stored and not shown then are not"
            + " brought back."))
    }
    switch summary.end {
    case .hopeless(let stop): hints.append(stop.message(rest: rest(summary)))
    case .interrupted where summary.command == .verify:
      hints.append(
        Message(
          .warning, "interrupted",
          "\(Quantity.count(tally.unhandled, "object")) not looked at. To look at all: \(SameCommand.text)"))
    case .interrupted:
      hints.append(
        Message(.warning, "interrupted", "interrupted; the same command does the rest: \(SameCommand.text)"))
    case .complete:
      if summary.command != .verify, tally.failed > 0, !summary.isDryRun {
        note("failed", "run the same command again to try what failed once more: \(SameCommand.text)")
      }
      for text in next(summary) { note("next", text) }
    }
    return hints
  }

  private static func rest(_ summary: RunSummary) -> String {
    let left = summary.tally.unhandled
    let what =
      summary.command == .verify
      ? "\(left == 1 ? "object was" : "objects were") not looked at."
      : "\(left == 1 ? "change was" : "changes were") left untouched."
    return (left > 0 ? "\(Quantity.count(left)) \(what) " : "") + "Then run it again: \(SameCommand.text)"
  }

  private static func next(_ summary: RunSummary) -> [String] {
    let rest = SameCommand.quoted(summary.path) + SameCommand.credentialOptions
    let left = summary.tally.unhandled
    switch summary.command {
    case .apply where summary.isDryRun: return ["make the changes: fixacl apply \(rest)"]
    case .apply where left > 0: return ["\(Quantity.count(left, "change")) left: fixacl apply \(rest)"]
    case .apply where summary.result == .done:
      return ["look at the objects: fixacl verify \(rest)", "take the changes back: fixacl rollback \(rest)"]
    case .rollback where !summary.isDryRun && left > 0:
      return ["\(Quantity.count(left, "change")) left: fixacl rollback \(rest)"]
    case .verify where summary.tally.pending > 0: return ["do what is not done yet: fixacl apply \(rest)"]
    case .verify where summary.result == .changes:
      return ["the objects are not what the plan saw: make a new plan for what they need now."]
    default: return []
    }
  }
}
