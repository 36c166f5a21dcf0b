internal import FixACLKit
internal import AWSKit
internal import Synchronization

/// Tells on stderr what did not go well, object by object, up to a number, and failures that are alike once; in a dry run
/// on stdout of every object what would be done, since that is its result.
final class OutcomeLog: Sendable {
  private struct State {
    /// Nil where stdout is not for outcomes.
    var writer: ResultWriter?
    var failure: FileError?
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

  private let state: Mutex<State>
  private let stop: StopSignal

  /// - Parameter stop: set when there is no one to tell any more.
  init(isDryRun: Bool, stop: StopSignal) throws(FileError) {
    state = Mutex(State(writer: isDryRun ? try ResultWriter() : nil))
    self.stop = stop
  }

  func take(_ report: Applier.Report) {
    if case .failed(let failure) = report.outcome, isGrouped(failure, report.change) { return }
    tell(Self.text(report))
  }

  func take(_ report: Rollbacker.Report) {
    if case .failed(let failure) = report.outcome, isGrouped(failure, report.change) { return }
    tell(Self.text(report))
  }

  /// Whether a failure is like one that was told of, and is counted with it.
  private func isGrouped(_ failure: ChangeFailure, _ change: Change) -> Bool {
    let kind = FailureStreak.Failure(failure, of: change.name).kind
    return state.withLock { state in
      guard state.writer == nil else { return false }
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

  private func tell(_ text: String) {
    let mayTell = state.withLock { state in
      do throws(FileError) {
        if try state.writer?.line(text) != nil { return false }
      } catch {
        state.failure = error
        stop.set()
        return false
      }
      state.lines += 1
      if state.lines > Self.maximumLines { state.untold += 1 }
      return state.lines <= Self.maximumLines
    }
    if mayTell { Console.shared.note(text) }
  }

  /// Says how many objects were passed over, and what failed alike.
  ///
  /// - Throws: where stdout could not be written.
  func finish() throws(FileError) {
    let (untold, groups) = try state.withLock { state throws(FileError) in
      if let failure = state.failure { throw failure }
      try state.writer?.finish()
      return (state.untold, state.groups)
    }
    for (kind, group) in groups where group.count > 0 {
      let rest = group.count - group.names.count
      Console.shared.note(
        "failed alike (\(kind)): \(Quantity.count(group.count)) more: " + group.names.joined(separator: ", ")
          + (rest > 0 ? " and \(Quantity.count(rest)) others." : "."))
    }
    guard untold > 0 else { return }
    Console.shared.note(
      "… and \(Quantity.count(untold)) more: the journal has every one ('\"result\":\"failed\"' and '\"stale\"').")
  }

  private static func text(_ report: Rollbacker.Report) -> String {
    let name = report.change.name
    switch report.outcome {
    case .done: return "would put back: \(name)"
    case .already: return "as before already: \(name)"
    case .stale(let staleness): return "stale: \(name): \(staleness.explanation)"
    case .impossible(let reason): return "cannot be undone: \(name): \(reason.explanation)"
    case .failed(.s3(let error)): return "failed: \(name): \(error). \(Advice.text(for: error))"
    case .failed(.notAsPlanned(let detail)): return "failed: \(name): \(detail)."
    }
  }

  private static func text(_ report: Applier.Report) -> String {
    let change = report.change
    switch report.outcome {
    case .done: return "would \(change.action.rawValue): \(change.name)"
    case .already: return "as planned already: \(change.name)"
    case .stale(let staleness): return "stale: \(change.name): \(staleness.explanation)"
    case .failed(.s3(let error)): return "failed: \(change.name): \(error). \(Advice.text(for: error))"
    case .failed(.notAsPlanned(let detail)):
      return "failed: \(change.name): \(detail). Look at it with 'aws s3api get-object-acl', then make a new plan."
    }
  }
}
