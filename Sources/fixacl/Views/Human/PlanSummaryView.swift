internal import FixACLKit
internal import AWSKit

/// What people are told at the end of a scan: the counts first, then what to know, last what to do next.
enum PlanSummaryView {
  /// The most accounts that are named.
  private static let maximumOwners = 10

  static func tell(_ report: PlanReport) {
    let (header, summary) = (report.header, report.header.summary)
    let figures = RunFigures.summary(report.statistics, objects: report.listedNow, seconds: report.seconds)
    Console.shared.note("summary", "\(PlanView.sentence(for: summary)); \(figures).")
    warnOfNothing(header)
    // What was shown on the terminal need not be said again.
    if !report.isSaved {
      for reason in ChangeReason.allCases {
        guard let count = summary.blockedReasons[reason] else { continue }
        Console.shared.say(
          Message(.warning, "blocked", "\(Quantity.count(count)) blocked: \(reason.explanation)."))
      }
      if summary.copies > 0 {
        Console.shared.say(Notice.copies(summary.copies, header.bucket.versioning).message)
      }
      if let alternative = header.alternative, summary.changes > 0 {
        for message in AlternativeView.messages(for: alternative, of: header) { Console.shared.say(message) }
      }
    }
    if !report.isSaved, report.cost.apply.requests > 0 {
      Console.shared.note("cost", CostView.sentences(report.cost))
    }
    if let fix = report.uploadFix {
      for message in UploadFixView.messages(for: fix) { Console.shared.say(message) }
    }
    nameMissingOwners(report)
    for hint in next(report) { Console.shared.say(hint) }
  }

  /// A prefix or pattern that nothing fits is a mistake more often than not.
  private static func warnOfNothing(_ header: PlanHeader) {
    let filter = header.desired.filter
    guard header.summary.listed == 0, header.bucket.objectOwnership != .bucketOwnerEnforced,
      header.desired.selection.keys?.count != 0
    else { return }
    if let message = header.desired.nothingSelected {
      Console.shared.say(message)
    } else if let prefix = filter.prefix, filter.isEverything {
      let isAbsolute = prefix.utf8.first == UInt8(ascii: "/")
      Console.shared.say(
        Message(
          .warning, "nothing-listed", "no key begins with '\(prefix.escapedForTerminal)'.",
          advice: isAbsolute ? "Keys seldom begin with a slash. Leave it out." : "List the keys with 'aws s3 ls'."))
    } else if !filter.isEverything {
      Console.shared.say(
        Message(
          .warning, "nothing-listed",
          "no key matches" + (filter.prefix.map { " --prefix '\($0.escapedForTerminal)' with" } ?? "")
            + " --include and --exclude.",
          advice: "A pattern must match the whole key: 'posts/*' matches posts/a.html, 'posts/' does not."))
    } else {
      Console.shared.say(Message(.warning, "nothing-listed", "the bucket is empty."))
    }
  }

  /// Names the accounts whose credentials would unblock objects.
  private static func nameMissingOwners(_ report: PlanReport) {
    for (id, changes) in report.missingOwners.prefix(maximumOwners) {
      Console.shared.say(
        Message(
          .warning, "owner-credentials-missing",
          "no credentials of object owner \(id) are given (\(Quantity.count(changes, "object")) to change).",
          advice: "Add --owner-profile with a profile of that account."))
    }
    let rest = report.missingOwners.count - maximumOwners
    if rest > 0 {
      Console.shared.note(
        "owner-credentials-missing", "credentials of \(Quantity.count(rest, "more object owner")) are missing too.")
    }
  }

  private static func next(_ report: PlanReport) -> [Message] {
    guard let path = report.path else { return [] }
    let summary = report.header.summary
    let rest = SameCommand.quoted(path) + SameCommand.optionsBesidePlan
    func hint(_ text: String, _ command: String) -> Message { Message(.note, "next", text, commands: [command]) }
    // On a terminal, a plan without changes is no use to anybody.
    guard summary.changes > 0 || !report.isSaved else { return [] }
    var hints = [Message(.note, "saved", "the plan is saved in \(path.escapedForTerminal).")]
    guard summary.changes > 0 else { return hints }
    if !report.isSaved { hints.append(hint("to see it:", "fixacl show \(SameCommand.quoted(path))")) }
    guard summary.changes > summary.actions[.blocked] ?? 0 else { return hints }
    hints.append(hint("to try some changes first:", "fixacl apply \(rest) --limit 10"))
    return hints + [hint("to make all changes:", "fixacl apply \(rest)")]
  }
}
