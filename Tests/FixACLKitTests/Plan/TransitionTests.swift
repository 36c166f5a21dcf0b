import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let tools = Sample.tools
private let oai = Sample.oai

@Suite struct TransitionTests {
  @Test func diff() {
    let before = AccessControlList.owned(by: tools, .publicRead)
    let after = AccessControlList.owned(by: tools, .user(oai))
    let diff = ACLDiff(from: before, to: after)
    #expect(diff.added == [.user(oai)])
    #expect(diff.removed == [.publicRead])
    #expect(diff.kept == [.user(tools, .fullControl)])
  }

  @Test func diffOfWhatIsNotKnown() {
    let acl = AccessControlList.owned(by: tools, .user(oai))
    let unknown = ACLDiff(from: nil, to: acl)
    #expect(unknown.added == acl.grants)
    #expect(unknown.removed.isEmpty && unknown.kept.isEmpty)
    // Nothing is to change.
    let blocked = ACLDiff(from: acl, to: nil)
    #expect(blocked.kept == acl.grants)
    #expect(blocked.added.isEmpty && blocked.removed.isEmpty)
    let nothing = ACLDiff(from: nil, to: nil)
    #expect(nothing.added.isEmpty && nothing.removed.isEmpty && nothing.kept.isEmpty)
  }

  @Test func groups() throws {
    try withTemporaryFolder { folder in
      var sample = SamplePlan()
      sample.desired = Sample.desired(rule: .always)
      sample.addBlocked("a")
      for key in ["b", "c", "d"] { sample.addGrant(key, size: 5) }
      sample.addCopy("e")
      sample.add(
        Sample.change("f"), from: .owned(by: tools, .publicRead), to: .owned(by: tools, .user(oai)))
      sample.addBlocked("g")
      let plan = try sample.open(in: folder)
      let groups = try plan.transitions(maximumKeys: 2)
      // The most frequent first; ties by their first key.
      #expect(groups.map(\.transition.action) == [.grant, .blocked, .copy, .grant])
      #expect(groups.map(\.count) == [3, 2, 1, 1])
      #expect(groups.map(\.bytes) == [15, 20, 10, 10])
      #expect(groups.map { $0.names.map(\.key.text) } == [["b", "c"], ["a", "g"], ["e"], ["f"]])
      #expect(groups[0].diff.added == [.user(oai)])
      #expect(groups[3].diff.removed == [.publicRead])
      #expect(groups[1].transition.owner == Sample.other)
      #expect(try plan.transitions(maximumKeys: 0).allSatisfy { $0.names.isEmpty })

      var keys: [String] = []
      try plan.forEachName(of: groups[0].transition) { keys.append($0.key.text) }
      #expect(keys == ["b", "c", "d"])
    }
  }

  /// Whatever is thrown by who takes the keys ends the reading.
  @Test func keysUpToAnError() throws {
    struct Enough: Error {}
    try withTemporaryFolder { folder in
      let plan = try SamplePlan.mixed.open(in: folder)
      let transition = try plan.transitions(maximumKeys: 0)[0].transition
      var keys = 0
      #expect(throws: Enough.self) {
        try plan.forEachName(of: transition) { _ in
          keys += 1
          throw Enough()
        }
      }
      #expect(keys == 1)
    }
  }
}
