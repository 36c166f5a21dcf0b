import AWSKit
import Testing

@testable import FixACLKit

/// How many distinct ACLs a scan remembers.
@Suite struct ACLBudgetTests {
  private static func acl(_ number: Int, grants: Int = 1) -> AccessControlList {
    AccessControlList(
      owner: CanonicalID("tools"),
      grants: (0..<grants).map { Grant(.canonicalUser(CanonicalID("\(number)-\($0)")), .read) })
  }

  @Test func whatIsKnownHasRoom() {
    let budget = ACLBudget(maximumBytes: 5000)
    var admitted = 0
    for number in 0..<100 where budget.admits([Self.acl(number)]) { admitted += 1 }
    #expect((1..<10).contains(admitted))
    for number in 0..<admitted { #expect(budget.admits([Self.acl(number)])) }
    #expect(!budget.admits([Self.acl(0), Self.acl(1000)]))
    #expect(!ACLBudget(maximumBytes: 5000).admits([Self.acl(0, grants: 100)]))
  }

  @Test func whatAnEarlierRunFoundCounts() {
    var table = ACLTable()
    _ = table.insert(Self.acl(1))
    let budget = ACLBudget(maximumBytes: 1000)
    budget.count(table)
    #expect(budget.admits([Self.acl(1)]))
    #expect(!budget.admits([Self.acl(2)]))
  }

  /// Strangers' ACLs end no scan: the objects beyond the budget are blocked, and the others are planned.
  @Test func objectsBeyondItAreBlocked() {
    let candidates = (0..<64).map { number in
      ScanChunk.Candidate(
        ListedObject(
          key: ObjectKey("key\(number)"), etag: "e", size: 1, lastModified: "2026-11-26T12:00:00Z",
          storageClass: "STANDARD", owner: CanonicalID("tools")), owner: CanonicalID("tools"))
    }
    let chunk = ScanChunk(
      interval: KeyInterval(after: nil, through: nil), order: 0, listed: 64, candidates: candidates[...])
    let findings = (0..<64).map { number in
      ObjectAssessor.Finding(
        acl: Self.acl(number),
        need: ObjectAssessor.Need(action: .grant, to: Self.acl(number, grants: 2), reason: .readerMissing))
    }
    let record = ScanRecord(chunk, findings: findings, budget: ACLBudget(maximumBytes: 20_000))
    let blocked = record.summary.blockedReasons[.tooManyACLs] ?? 0
    #expect((1..<64).contains(blocked))
    #expect(record.summary.actions[.grant] == 64 - blocked)
    #expect(record.acls.acls.count == 2 * (64 - blocked))
    // None are lost.
    #expect(record.lines.count { $0 == UInt8(ascii: "\n") } == 64)
    let whole = ScanRecord(chunk, findings: findings, budget: ACLBudget())
    #expect(whole.summary.actions[.grant] == 64)
  }
}
