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
          summary.statistics, objects: tally.settled(by: summary.command), seconds: summary.seconds) + ".")
    if let edge = summary.epilogue.edge, !edge.isInterrupted { Console.shared.note("edge", text(of: edge)) }
    for message in hints(summary) { Console.shared.say(message) }
  }

  private static func counts(_ summary: RunSummary) -> String {
    let tally = summary.tally
    func part(_ count: Int, _ what: String) -> String { "\(Quantity.count(count)) \(what)" }
    var parts: [String]
    switch summary.command {
    case .apply:
      parts = [
        part(tally.done, summary.isDryRun ? "would be changed" : "changed"), part(tally.already, "already as planned"),
        part(tally.stale, "stale"), part(tally.failed, "failed"),
      ]
      if tally.blocked > 0 { parts.append(part(tally.blocked, "blocked in the plan")) }
      if tally.finishedBefore > 0 { parts.append(part(tally.finishedBefore, "done by earlier runs")) }
    case .rollback:
      parts = [
        part(tally.done, summary.isDryRun ? "would be put back" : "put back"),
        part(tally.already, "already as before"), part(tally.stale, "stale"),
        part(tally.irreversible, "cannot be undone"), part(tally.failed, "failed"),
      ]
    case .collect:
      parts = [part(tally.done, "done"), part(tally.stale, "stale"), part(tally.failed, "failed")]
      if tally.pending > 0 { parts.append(part(tally.pending, "not reached by their job")) }
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

  /// What viewers got.
  private static func text(of edge: EdgeSummary) -> String {
    // With several distributions, each of those that serve an object was asked for it.
    let asked =
      edge.distributions.count <= 1
      ? Quantity.count(edge.asked, "object")
      : "\(Quantity.count(edge.asked, "read")) of \(Quantity.count(edge.chosen, "object"))"
    var parts = [
      "\(Quantity.count(edge.served)) of \(asked) served",
      "\(Quantity.count(edge.differing)) not",
    ]
    if edge.failed > 0 { parts.append("\(Quantity.count(edge.failed)) without an answer") }
    let ids = edge.distributions.map(\.escapedForTerminal).joined(separator: ", ")
    let sample = edge.chosen < edge.objects ? " (a sample of \(Quantity.count(edge.objects)))" : ""
    let rest =
      edge.notServed == 0
      ? ""
      : " CloudFront serves \(Quantity.count(edge.notServed, "other object")) of the plan at no path."
    return "through CloudFront (\(ids)): \(parts.joined(separator: ", "))\(sample)." + rest
  }

  /// What to do next: whole commands.
  private static func hints(_ summary: RunSummary) -> [Message] {
    let tally = summary.tally
    var hints: [Message] = []
    if summary.command != .verify, tally.stale > 0 {
      hints.append(
        Message(
          .note, "stale", "stale objects were left alone.",
          advice: summary.command != .rollback ? "Make a new plan: 'fixacl plan' finds what they need now." : nil))
    }
    if summary.losesHiddenGrants {
      hints.append(
        Message(
          .warning, "hidden-grants-lost",
          "IgnorePublicAcls was on when the plan was made, so the plan does not know public grants of that time. Rollback"
            + " cannot put them back."))
    }
    switch summary.end {
    case .hopeless(let stop):
      hints.append(stop.message(rest: rest(summary), commands: [SameCommand.text]))
    case .interrupted where summary.command == .verify:
      hints.append(
        Message(
          .warning, "interrupted",
          "interrupted; \(unhandled(summary)). To look at all objects:", commands: [SameCommand.text]))
    case .interrupted:
      hints.append(
        Message(
          .warning, "interrupted", "interrupted. Run the same command again to resume:", commands: [SameCommand.text]))
    case .complete where summary.result == .interrupted:
      hints.append(
        Message(
          .warning, "interrupted", "interrupted. Run the same command again to resume:", commands: [SameCommand.text]))
    case .complete:
      if summary.command == .apply || summary.command == .rollback, tally.failed > 0, !summary.isDryRun {
        hints.append(
          Message(.note, "failed", "to try the failed objects again:", commands: [SameCommand.text]))
      }
      hints += next(summary)
      if let edge = summary.epilogue.edge, let url = edge.example, summary.command == .verify,
        summary.tally.pending == 0
      {
        // explain knows no plan that remembers them.
        let options =
          edge.credentials.options.map { " " + SameCommand.quoted($0) }.joined() + SameCommand.optionsBesidePlan
        hints.append(
          Message(
            .note, "next", "to see why one is not served:",
            commands: ["fixacl explain \(SameCommand.quoted("\(url)"))\(options)"]))
      }
    }
    return hints
  }

  /// What is left after a run that was stopped, and what to do then.
  private static func rest(_ summary: RunSummary) -> String {
    (summary.tally.unhandled > 0 ? "\(unhandled(summary)). " : "") + "Then run the same command again:"
  }

  private static func unhandled(_ summary: RunSummary) -> String {
    let left = summary.tally.unhandled
    return summary.command == .verify
      ? "\(Quantity.count(left, "object was", plural: "objects were")) not looked at"
      : "\(Quantity.count(left, "change was", plural: "changes were")) left untouched"
  }

  private static func next(_ summary: RunSummary) -> [Message] {
    let rest = SameCommand.quoted(summary.path) + SameCommand.credentialOptions
    let left = summary.tally.unhandled
    func hint(_ text: String, _ command: String, _ options: String = "") -> Message {
      Message(.note, "next", text, commands: ["fixacl \(command) \(rest)\(options)"])
    }
    let invalidation =
      summary.epilogue.mayBeCached
      ? [
        hint(
          "CloudFront may still have old errors in its caches. To invalidate what was repaired:", "apply",
          " --invalidate auto")
      ] : []
    switch summary.command {
    case .apply where summary.isDryRun: return [hint("to make the changes:", "apply")]
    case .apply where left > 0, .rollback where !summary.isDryRun && left > 0:
      let count = Quantity.count(left, "change is", plural: "changes are")
      return [hint("\(count) left. To continue:", summary.command.rawValue, SameCommand.invalidationOptions)]
    case .apply where summary.result == .done:
      let asksEdge = summary.epilogue.invalidation?.result == .done
      return invalidation + [
        hint("to check the objects:", "verify", asksEdge ? " --through-cloudfront" : ""),
        hint("to undo the changes:", "rollback"),
      ]
    // What is stale or blocked will not be repaired by this plan.
    case .apply where summary.tally.failed == 0 && summary.tally.done + summary.tally.already > 0: return invalidation
    // apply would refuse.
    case .collect where summary.jobsUnderWay > 0:
      let jobs = Quantity.count(summary.jobsUnderWay, "job has", plural: "jobs have")
      return [
        hint("\(jobs) not ended. To see how far:", "batch status"),
        hint("to read the other reports, once there are any:", "batch collect"),
      ]
    case .collect where summary.tally.remaining > 0: return [hint("to make the changes that are left:", "apply")]
    case .collect where summary.result == .done:
      return [hint("to check the objects:", "verify"), hint("to undo the changes:", "rollback")]
    case .verify: return nextAfterVerify(summary, hint)
    default: return []
    }
  }

  /// A hint for each kind of object that is not as planned: what helps one does not help the others.
  private static func nextAfterVerify(
    _ summary: RunSummary, _ hint: (_ text: String, _ command: String, _ options: String) -> Message
  ) -> [Message] {
    let tally = summary.tally
    var hints: [Message] = []
    if (summary.epilogue.edge?.cachedErrors ?? 0) > 0 {
      hints.append(
        hint("CloudFront has old errors in its caches. To invalidate what was repaired:", "apply", " --invalidate auto")
      )
    } else if tally.pending > 0 {
      hints.append(hint("to make the missing changes:", "apply", ""))
    }
    if tally.stale > 0 {
      hints.append(
        Message(
          .note, "next", "this plan cannot repair objects that were changed since it was made or applied.",
          advice: "Make a new plan."))
    }
    if tally.blocked > 0 {
      hints.append(
        Message(
          .note, "next", "to see why objects are blocked:",
          commands: ["fixacl show \(SameCommand.quoted(summary.path))"]))
    }
    if tally.failed > 0 {
      hints.append(
        Message(
          .note, "next", "to look again, also at what could not be read:", commands: [SameCommand.text]))
    }
    return hints
  }
}

extension CredentialNames {
  /// As options of a command line.
  fileprivate var options: [String] {
    var words = profile.map { ["--profile", $0] } ?? []
    for name in ownerProfiles { words += ["--owner-profile", name] }
    for role in ownerRoles { words += ["--owner-role-arn", role.arn] }
    let ids = ownerRoles.compactMap(\.externalID)
    // There is one for each role, or none.
    if ids.count == ownerRoles.count { for id in ids { words += ["--owner-external-id", id] } }
    return words
  }
}
