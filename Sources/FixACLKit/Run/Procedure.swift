package import AWSKit

/// The rules for one change, as a plain value: told what happened, it says what to do next.
package protocol Procedure: Sendable {
  associatedtype Action: ProcedureAction
  associatedtype Event: Sendable

  /// The event that asks for the first action.
  static var beginning: Event { get }
  /// Tells that an action failed, so that the object is looked at again or given up.
  static func failed(_ error: AWSError) -> Event

  mutating func handle(_ event: Event) -> Action
}

/// One step of a procedure.
package protocol ProcedureAction: Sendable {
  /// How the work on the change ended; nil as long as there is something to do.
  var outcome: Outcome? { get }
  /// Whether the step changes something on the server.
  var isWrite: Bool { get }
}

/// What a run does with each change: the rules, and the hands that carry them out.
package protocol Undertaking: Sendable {
  associatedtype Rules: Procedure

  /// The changes, in order.
  var changes: any ChangeReader { get }
  /// The most changes that there can be.
  var changeCount: Int { get }
  /// The counts before the first change.
  var tally: Tally { get }
  /// The client whose threads the work is done on.
  var client: AWSClient { get }

  /// Whether a change is still to be worked on.
  func isPending(_ index: Int) -> Bool
  /// What one listing can tell about consecutive changes; nil if each is looked at by itself.
  func contentCheck(of changes: [Change]) -> BatchContentCheck?
  func rules(for change: PlannedChange, to target: AccessControlList) -> Rules
  /// Called once, before the first change.
  func begin() async
  /// Called before each write.
  ///
  /// - Parameter isFirst: whether nothing was written for this change before, in this run.
  func record(_ action: Rules.Action, of change: PlannedChange, isFirst: Bool) async throws(FileError)
  /// - Throws: `AWSError` if the step failed, `FileError` if the journal cannot be written.
  func perform(_ action: Rules.Action, of change: PlannedChange) async throws -> Rules.Event
  /// - Parameter isUntouched: whether writes were recorded in this run, and surely none of them was made.
  func record(_ outcome: Outcome, of change: PlannedChange, isUntouched: Bool) async throws(FileError)
  /// Whether an outcome shows that the run can succeed.
  func isProgress(_ outcome: Outcome) -> Bool
  /// Whether an outcome is of requests that were made here; if not, it says nothing of what this run can do.
  func isOfThisRun(_ outcome: Outcome) -> Bool
  /// Called once, when nothing is in flight.
  func end()
}

extension Undertaking {
  package func contentCheck(of changes: [Change]) -> BatchContentCheck? { nil }
  package func begin() async {}
  package func record(_ action: Rules.Action, of change: PlannedChange, isFirst: Bool) async throws(FileError) {}
  package func record(_ outcome: Outcome, of change: PlannedChange, isUntouched: Bool) async throws(FileError) {}
  package func isOfThisRun(_ outcome: Outcome) -> Bool { true }
  package func end() {}

  package func isProgress(_ outcome: Outcome) -> Bool {
    switch outcome {
    case .done, .already: true
    case .stale, .irreversible, .pending, .blocked, .failed: false
    }
  }
}
