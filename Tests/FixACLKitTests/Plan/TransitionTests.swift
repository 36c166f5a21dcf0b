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
      let groups = try sample.transitions(maximumKeys: 2, in: folder)
      // The most frequent first; ties by their first key.
      #expect(groups.groups.map(\.transition.action) == [.grant, .blocked, .copy, .grant])
      #expect(groups.groups.map(\.count) == [3, 2, 1, 1])
      #expect(groups.groups.map(\.bytes) == [15, 20, 10, 10])
      #expect(groups.groups.map { groups.shown(of: $0) } == [2, 2, 1, 1])
      #expect(try groups.keys() == [["b", "c"], ["a", "g"], ["e"], ["f"]])
      #expect(groups.groups[0].diff.added == [.user(oai)])
      #expect(groups.groups[3].diff.removed == [.publicRead])
      #expect(groups.groups[1].transition.owner == Sample.other)
      #expect(try sample.transitions(maximumKeys: 0, in: folder).keys().allSatisfy(\.isEmpty))
      let all = try sample.transitions(maximumKeys: nil, in: folder)
      #expect(try all.keys() == [["b", "c", "d"], ["a", "g"], ["e"], ["f"]])
    }
  }

  /// Versions and sizes come back as they were, and keys of any characters.
  @Test func objectsOfATransition() throws {
    try withTemporaryFolder { folder in
      var sample = SamplePlan()
      sample.desired.allVersions = true
      let names = [
        ObjectName(ObjectKey("a\n\0/ü")), ObjectName(ObjectKey("b"), versionID: "v1"),
        ObjectName(ObjectKey("c"), versionID: ""), ObjectName(ObjectKey(String(repeating: "d", count: 1024))),
      ]
      let sizes = [0, 127, 128, 5 << 40]
      for (name, size) in zip(names, sizes) {
        var change = Sample.change(name.key.text, size: size, owner: Sample.other, action: .blocked)
        change.versionID = name.versionID
        change.reason = .ownerCredentialsMissing
        sample.add(change, from: nil, to: nil)
      }
      let list = try sample.transitions(maximumKeys: nil, in: folder)
      var seen: [ObjectName: Int] = [:]
      for group in list.groups { try list.forEachObject(of: group) { seen[$0] = $1 } }
      #expect(seen == Dictionary(uniqueKeysWithValues: zip(names, sizes)))
    }
  }

  /// Whatever is thrown by who takes the keys ends the reading.
  @Test func keysUpToAnError() throws {
    struct Enough: Error {}
    try withTemporaryFolder { folder in
      let list = try SamplePlan.mixed.transitions(maximumKeys: nil, in: folder)
      var keys = 0
      #expect(throws: Enough.self) {
        try list.forEachObject(of: list.groups[0]) { _, _ in
          keys += 1
          throw Enough()
        }
      }
      #expect(keys == 1)
    }
  }

  /// What is shown was read when the plan was opened, and is not read again.
  @Test func nothingIsReadTwice() throws {
    try withTemporaryFolder { folder in
      let list = try SamplePlan.mixed.transitions(maximumKeys: nil, in: folder)
      let keys = try list.keys()
      try writeBytes([], to: folder + "/plan.json")
      #expect(try list.keys() == keys)
      #expect(keys.joined().sorted() == SamplePlan.mixed.changes.map(\.key.text).sorted())
    }
  }

  /// The changes are told before the digest is checked, so a plan that is not whole has no transitions.
  @Test func nothingOfADamagedPlan() throws {
    try withTemporaryFolder { folder in
      try SamplePlan.mixed.write(to: folder + "/plan.json")
      var bytes = try readBytes(folder + "/plan.json")
      bytes[bytes.count - 10] ^= 1
      try writeBytes(bytes, to: folder + "/plan.json")
      var changes = 0
      #expect(throws: FileFormatError.self) { try Plan(path: folder + "/plan.json") { _ in changes += 1 } }
      #expect(changes == SamplePlan.mixed.changes.count)
    }
  }
}

extension SamplePlan {
  /// Writes the plan into a folder, and reads it once.
  func transitions(maximumKeys: Int?, in folder: String) throws -> TransitionList {
    try write(to: folder + "/plan.json")
    var gathering = TransitionGathering(maximumKeys: maximumKeys)
    let plan = try Plan(path: folder + "/plan.json") { gathering.take($0) }
    return try gathering.finish(plan)
  }
}

extension TransitionList {
  /// The keys that are shown, by transition.
  fileprivate func keys() throws -> [[String]] {
    try groups.map { group in
      var keys: [String] = []
      try forEachObject(of: group) { name, _ in keys.append(name.key.text) }
      return keys
    }
  }
}
