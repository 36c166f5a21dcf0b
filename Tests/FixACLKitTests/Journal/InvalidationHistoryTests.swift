import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// What a journal remembers of invalidations, and until when.
@Suite struct InvalidationHistoryTests {
  private let first = InvalidationRecord(distribution: "E1", paths: "0123456789abcdef", id: "I1")

  private func replay(_ records: [JournalRecord]) async throws -> JournalReplay {
    try await withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      do {
        let (journal, _) = try Journal.open(for: plan, bucket: plan.header.bucket)
        for record in records { try await journal.append(record) }
      }
      let replay = try Journal.replay(of: plan)
      // The undo does not depend on it.
      let undo = try Undo.open(plan.path, isDryRun: true)
      #expect(undo.replay.touchedCount == replay.touchedCount)
      return replay
    }
  }

  private let done: [JournalRecord] = [
    .begins(
      index: 0, Sample.change("a/1.html"), from: .owned(by: Sample.tools),
      to: .owned(by: Sample.tools, .user(Sample.oai))), .result(index: 0, key: ObjectKey("a/1.html"), .done),
  ]

  @Test func anInvalidationIsRememberedWithItsPaths() async throws {
    var begun = first
    begun.id = nil
    let history = try await replay(done + [.invalidation(begun), .invalidation(first)]).invalidations
    #expect(history.id(of: first) == "I1" && history.id(of: begun) == "I1" && history.round == 0 && !history.isEmpty)
    var other = first
    other.paths = "fedcba9876543210"
    #expect(history.id(of: other) == nil)
    other = first
    other.distribution = "E2"
    #expect(history.id(of: other) == nil)
  }

  @Test func aRollbackEndsTheRound() async throws {
    let undone = JournalRecord.rollback(index: 0, key: ObjectKey("a/1.html"), .done)
    var history = try await replay(done + [.invalidation(first), undone]).invalidations
    #expect(history.id(of: first) == nil && history.round == 1 && history.isEmpty)
    // What was begun counts too: CloudFront may have done it.
    var begun = first
    begun.id = nil
    history = try await replay(done + [.invalidation(begun), undone]).invalidations
    #expect(history.round == 1)
    history = try await replay(done + [undone]).invalidations
    #expect(history.round == 0)
    history = try await replay(
      done + [.invalidation(first), .rollback(index: 0, key: ObjectKey("a/1.html"), .failed)]
    ).invalidations
    #expect(history.round == 0 && history.id(of: first) == "I1")
  }

  @Test(
    arguments: [
      #"{"invalidation":{"distribution":"E1"}}"#, #"{"invalidation":{"paths":"x"}}"#, #"{"invalidation":7}"#,
      #"{"change":0,"key":"a","invalidation":{"distribution":"E1","paths":"x"}}"#, #"{"at":"now"}"#,
    ])
  func aLineThatIsNoRecordIsDamage(line: String) {
    #expect(throws: (any Error).self) { try JournalLine(parsing: Array(line.utf8)[...]) }
  }

  @Test func whatALaterVersionAddsIsPassedOver() throws {
    let line = #"{"invalidation":{"distribution":"E1","more":[1],"paths":"x","id":"I1"},"at":"2026-11-26T10:00:00Z"}"#
    let record = try JournalLine(parsing: Array(line.utf8)[...]).invalidation
    #expect(record == InvalidationRecord(distribution: "E1", paths: "x", id: "I1"))
  }
}
