internal import FixACLKit
internal import AWSKit
internal import Synchronization

/// Tells on stderr what did not go well, object by object, up to a number, and failures that are alike once.
final class FailureLog: Sendable {
  private struct State {
    var lines = 0
    var untold = 0
    /// Failures by their kind, in the order in which these came up.
    var groups: [(kind: String, group: Group)] = []
  }

  /// Failures that are alike, besides the first.
  private struct Group {
    var count = 0
    var names: [String] = []
  }

  /// The most kinds of failures that are told apart, and the most objects that are named of each.
  private static let maximumGroups = 20
  private static let maximumNames = 3

  /// A server that is down fails every object: after these, the journal has the rest.
  private static let maximumLines = 50

  private let state = Mutex(State())
  /// Where all of them are; nil if nowhere else.
  let whole: Whole?

  /// What has every object.
  enum Whole {
    /// stdout, as JSON.
    case standardOutput
    /// What apply and rollback write; a dry run writes none.
    case journal
  }

  init(whole: Whole?) { self.whole = whole }

  func take(_ report: ChangeReport) {
    if case .failed(let failure) = report.outcome, isGrouped(failure, report.change) { return }
    let mayTell = state.withLock { state in
      state.lines += 1
      if state.lines > Self.maximumLines { state.untold += 1 }
      return state.lines <= Self.maximumLines
    }
    if mayTell { Console.shared.say(report.message) }
  }

  /// Whether a failure is like one that was told before, and is counted with it.
  private func isGrouped(_ failure: ChangeFailure, _ change: Change) -> Bool {
    let kind = FailureStreak.Failure(failure, of: change.name).kind
    return state.withLock { state in
      guard let index = state.groups.firstIndex(where: { $0.kind == kind }) else {
        if state.groups.count < Self.maximumGroups { state.groups.append((kind, Group())) }
        return false
      }
      state.groups[index].group.count += 1
      if state.groups[index].group.names.count < Self.maximumNames {
        state.groups[index].group.names.append("\(change.name)")
      }
      return true
    }
  }

  /// Tells how many objects were passed over, and what failed alike.
  func finish() {
    let (untold, groups) = state.withLock { ($0.untold, $0.groups) }
    for (kind, group) in groups where group.count > 0 {
      let rest = group.count - group.names.count
      Console.shared.say(
        Message(
          .error, "failed-alike",
          "failed alike (\(kind)): \(Quantity.count(group.count)) more: " + group.names.joined(separator: ", ")
            + (rest > 0 ? " and \(Quantity.count(rest)) others." : ".")))
    }
    guard untold > 0 else { return }
    Console.shared.say(
      Message(
        .warning, "untold",
        "\(Quantity.count(untold)) more are not shown." + (whole.map { " \($0.sentence)" } ?? "")))
  }
}

extension FailureLog.Whole {
  fileprivate var sentence: String {
    switch self {
    case .standardOutput: "stdout has all of them."
    case .journal: "The journal has all of them ('\"result\":\"failed\"' and '\"stale\"')."
    }
  }
}

extension ChangeReport {
  /// The line about an object that is not as it should be.
  fileprivate var message: Message {
    switch outcome {
    case .failed(.s3(let error)):
      // The name of the object stands in the error's text.
      var message = Message(.error, "failed", prefix: "failed: ", error)
      message.key = change.key
      return message
    case .failed(.notAsPlanned(let detail)):
      return Message(
        .error, "failed", "failed: \(change.name): \(detail).",
        advice: "Look at it with 'aws s3api get-object-acl', then make a new plan.", key: change.key)
    default: return Message(.warning, JournalCause(outcome)?.reason ?? "object", ResultLine.text(self), key: change.key)
    }
  }
}
