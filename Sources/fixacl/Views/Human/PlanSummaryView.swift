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
        for message in AlternativeView.messages(for: alternative) { Console.shared.say(message) }
      }
    }
    nameMissingOwners(report)
    for hint in next(report) { Console.shared.note("next", hint) }
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
          advice: isAbsolute ? "Keys seldom begin with a slash: leave it out." : "Look with 'aws s3 ls'."))
    } else if !filter.isEverything {
      Console.shared.say(
        Message(
          .warning, "nothing-listed",
          "no key fits" + (filter.prefix.map { " --prefix '\($0.escapedForTerminal)' with" } ?? "")
            + " --include and --exclude.",
          advice: "Patterns are compared with whole keys: 'posts/*' fits posts/a.html, 'posts/' fits nothing in it."))
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
          "no credentials of \(id) (\(Quantity.count(changes, "object")) to change):",
          advice: "add --owner-profile with a profile of that account."))
    }
    let rest = report.missingOwners.count - maximumOwners
    if rest > 0 { Console.shared.note("owner-credentials-missing", "… and \(Quantity.count(rest, "account")) more.") }
  }

  private static func next(_ report: PlanReport) -> [String] {
    guard let path = report.path.map(SameCommand.quoted) else { return [] }
    let summary = report.header.summary
    let rest = path + SameCommand.credentialOptions
    var hints = [report.isSaved ? "this plan is saved: \(path)" : "the plan is in \(path)"]
    guard summary.changes > 0 else { return report.isSaved ? [] : hints }
    if !report.isSaved { hints.append("see it: fixacl show \(path)") }
    guard summary.changes > summary.actions[.blocked] ?? 0 else { return hints }
    return hints + ["try some of it: fixacl apply \(rest) --limit 10", "do it: fixacl apply \(rest)"]
  }
}
