internal import FixACLKit
internal import AWSKit

extension InvalidationNotice {
  /// The notice for stderr.
  var message: Message {
    switch self {
    case .planned(let targets, let isDryRun): return Self.plan(targets, isDryRun: isDryRun)
    case .already(let target):
      return Message(
        .note, "already-invalidated",
        "an earlier run has invalidated the paths in \(target.fullName): invalidation \(target.shownID).")
    case .nothingServed(let target):
      return Message(
        .note, "nothing-to-invalidate",
        "\(target.fullName) serves none of the repaired objects, so nothing is invalidated there.")
    case .busy(let distribution, let seconds):
      return Message(
        .note, "invalidation-waits",
        "CloudFront has too many invalidations of distribution \(distribution) in progress. fixacl tries again in"
          + " \(Quantity.duration(seconds: seconds)).")
    case .mayMiss(let target):
      return Message(
        .warning, "invalidation-may-miss",
        "a function of \(target.fullName) may change the paths of requests, and then the caches know objects by others.",
        advice: "If viewers still get errors, invalidate everything:",
        commands: [Self.command(target.distribution, paths: ["/*"], profile: target.profile)])
    case .created(let target, let isAwaited):
      guard target.isCompleted != true else { return target.completed }
      return Message(
        .note, "invalidating",
        "invalidation \(target.shownID) of \(target.fullName) is in progress, which takes some minutes"
          + (isAwaited ? "." : ". To wait for it:"),
        commands: isAwaited
          ? []
          : [
            SameCommand.cloudFront(
              "wait invalidation-completed --distribution-id \(SameCommand.quoted(target.distribution))"
                + " --id \(SameCommand.quoted(target.shownID))", profile: target.profile)
          ])
    case .inProgress(let target, let seconds):
      return Message(
        .note, "invalidating",
        "invalidation \(target.shownID) of \(target.fullName) is not completed yet, after"
          + " \(Quantity.duration(seconds: Double(seconds))).")
    case .completed(let target): return target.completed
    case .notYet(let changes):
      return Message(
        .note, "not-invalidated",
        "nothing is invalidated yet: \(Quantity.count(changes, "change is", plural: "changes are")) left.",
        advice: "The run that makes the last one does it, with the same --invalidate.")
    case .failed(let target, let problem): return Self.failure(of: target, problem)
    case .unknownDistributions(let problem, let choice, let profile): return Self.failure(problem, choice, profile)
    }
  }

  /// What will be invalidated, and at which cost.
  private static func plan(_ targets: [DistributionInvalidation], isDryRun: Bool) -> Message {
    let parts = targets.map { target in
      let wildcards = target.wildcards > 0 ? " (\(Quantity.count(target.wildcards)) with an asterisk)" : ""
      return "\(Quantity.count(target.paths.count, "path"))\(wildcards) in \(target.fullName)"
    }
    let count = targets.reduce(0) { $0 + $1.paths.count }
    let cost = Quantity.dollars(thousandths: count * InvalidationPrice.thousandthsPerPath)
    let price = Quantity.dollars(thousandths: InvalidationPrice.thousandthsPerPath)
    return Message(
      .note, "invalidation",
      "apply \(isDryRun ? "would invalidate" : "invalidates") \(parts.joined(separator: "; ")). This costs at most"
        + " \(cost): the first \(Quantity.count(InvalidationPrice.freePaths)) paths a month are free, and each further one"
        + " costs \(price) (as of \(InvalidationPrice.date)).")
  }

  private static func failure(of target: DistributionInvalidation, _ problem: EdgeProblem) -> Message {
    // One was made, and only its end is unknown.
    if let id = target.id, case .unanswered(let error) = problem {
      return Message(
        .error, "invalidation-unknown",
        "fixacl cannot tell whether invalidation \(id.escapedForTerminal) of \(target.fullName) is completed", error)
    }
    var message = problem.message("not-invalidated", "\(target.fullName) is not invalidated", profile: target.profile)
    if case .tenantOnly = problem { return message }
    message.commands = [command(target.distribution, paths: target.fewPaths, profile: target.profile)]
    message.advice = (message.advice.map { $0 + " " } ?? "") + "Then run the same command again, or type:"
    return message
  }

  private static func failure(
    _ problem: EdgeProblem, _ choice: DistributionFinder.Choice, _ profile: String?
  ) -> Message {
    var message = problem.message("not-invalidated", "nothing is invalidated", profile: profile)
    guard case .unanswered = problem else { return message }
    switch choice {
    case .readers:
      message.commands = [SameCommand.text]
      message.advice =
        (message.advice.map { $0 + " " } ?? "")
        + "You can also name the distribution (--invalidate E…). Then run the same command again:"
    case .named(let ids):
      message.commands = ids.map { command($0, paths: ["/*"], profile: profile) }
      message.advice = (message.advice.map { $0 + " " } ?? "") + "Then run the same command again, or type:"
    }
    return message
  }

  private static func command(_ distribution: String, paths: [String], profile: String?) -> String {
    SameCommand.cloudFront(
      "create-invalidation --distribution-id \(SameCommand.quoted(distribution)) --paths "
        + paths.map(SameCommand.quoted).joined(separator: " "), profile: profile)
  }
}

extension DistributionInvalidation {
  /// Its ID and its name, within a sentence.
  fileprivate var fullName: String {
    "distribution \(distribution.escapedForTerminal)" + (name.isEmpty ? "" : " (\(name.escapedForTerminal))")
  }

  fileprivate var shownID: String { (id ?? "").escapedForTerminal }

  fileprivate var completed: Message {
    Message(.note, "invalidated", "invalidation \(shownID) of \(fullName) is completed.")
  }
}
