import FoundationEssentials
import AWSKit
import SandboxKit
import TestSupport
import Testing

@testable import FixACLKit

/// Plans whose digest is right, and which make no sense all the same: made by another program, or by a fault of ours.
@Suite struct PlanContentTests {
  private static func refusal(
    of plan: SamplePlan, header: PlanHeader? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    try withTemporaryFolder { folder in
      let path = folder + "/plan.json"
      try plan.write(to: path, header: header)
      let error = try #require(throws: FileFormatError.self, sourceLocation: sourceLocation) { try Plan(path: path) }
      #expect(error.description.hasPrefix(path + " is not a usable plan: "), sourceLocation: sourceLocation)
      return error.description
    }
  }

  /// A plan whose lines of changes are these, digest and all; its summary is `plan`'s.
  private static func refusal(
    of lines: [String], in plan: SamplePlan, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    try withTemporaryFolder { folder in
      let path = folder + "/plan.json"
      var spool = try PlanSpool(folder: folder)
      try spool.append(lines.flatMap { Array(($0 + ",\n").utf8) }, firstKey: ObjectKey("a"))
      try PlanWriter.write(header: plan.header, acls: plan.acls, spool: spool, to: .file(path))
      let error = try #require(throws: FileFormatError.self, sourceLocation: sourceLocation) { try Plan(path: path) }
      #expect(error.description.hasPrefix(path + " is not a usable plan: "), sourceLocation: sourceLocation)
      return error.description
    }
  }

  private static func lines(of plan: SamplePlan) -> [String] {
    plan.changes.map { String(decoding: plan.line($0).dropLast(2), as: UTF8.self) }
  }

  @Test func changesOutOfOrder() throws {
    let plan = SamplePlan.mixed
    let lines = Self.lines(of: plan)
    for index in lines.indices.dropLast() {
      var swapped = lines
      swapped.swapAt(index, index + 1)
      #expect(try Self.refusal(of: swapped, in: plan).contains("not in the order of their keys"))
    }
  }

  @Test func changesTwice() throws {
    var plan = SamplePlan()
    plan.addGrant("a")
    plan.addGrant("a")
    #expect(try Self.refusal(of: Self.lines(of: plan), in: plan).contains("not in the order of their keys"))
  }

  /// Changes of these, each `key` or `key version`, in this order.
  private static func plan(_ names: [String], action: ChangeAction = .grant) -> SamplePlan {
    var plan = SamplePlan()
    plan.desired.allVersions = true
    for name in names {
      let words = name.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      if action == .copy { plan.addCopy(words[0]) } else { plan.addGrant(words[0]) }
      plan.changes[plan.changes.count - 1].versionID = words.count > 1 ? words[1] : nil
    }
    return plan
  }

  @Test(arguments: [
    ["a", "a 2", "a 1", "b"], ["a 2", "a 1"], ["a 1", "a 2"], ["a null", "b"], ["a", "a null"], ["a ", "b"],
    ["a", "a 1", "b", "b 1"], ["a 1", "b 1", "c 1"],
  ])
  func versionsOfAKeyMayFollowOneAnother(names: [String]) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/plan.json"
      let plan = Self.plan(names)
      var spool = try PlanSpool(folder: folder)
      try spool.append(plan.changes.flatMap { plan.line($0) }, firstKey: ObjectKey("a"))
      try PlanWriter.write(header: plan.header, acls: plan.acls, spool: spool, to: .file(path))
      #expect(try Plan(path: path).allChanges() == plan.changes)
    }
  }

  @Test(arguments: [
    // The current version comes first, and none twice.
    ["a 1", "a"], ["a", "a"], ["a 1", "a 1"], ["a", "a 1", "a 1"], ["a", "a 1", "a"],
    // Versions or not, keys are in order.
    ["b 1", "a 1"], ["a 2", "b", "a 1"], ["a", "b 1", "a 1"],
  ])
  func versionsOutOfOrder(names: [String]) throws {
    let plan = Self.plan(names)
    #expect(try Self.refusal(of: Self.lines(of: plan), in: plan).contains("not in the order of their keys"))
  }

  /// A copy of an old version would put it on top.
  @Test func copiesOfOldVersions() throws {
    let plan = Self.plan(["a 1"], action: .copy)
    #expect(try Self.refusal(of: Self.lines(of: plan), in: plan).contains("copies an old version"))
    var blocked = SamplePlan()
    blocked.desired.allVersions = true
    blocked.addBlocked("a", reason: .noncurrentVersion)
    blocked.changes[0].versionID = "1"
    #expect(try withTemporaryFolder { folder in try blocked.open(in: folder).changeCount } == 1)
  }

  /// The order is that of bytes: as Strings these two are the same, and so in neither order.
  @Test func orderIsOfBytes() throws {
    try withTemporaryFolder { folder in
      var plan = SamplePlan()
      plan.addGrant("cafe\u{301}")
      plan.addGrant("caf\u{e9}")
      let opened = try plan.open(in: folder)
      #expect(opened.changeCount == 2)
    }
    var plan = SamplePlan()
    plan.addGrant("\u{10000}")
    plan.addGrant("\u{ffff}")
    #expect(try Self.refusal(of: Self.lines(of: plan), in: plan).contains("not in the order of their keys"))
  }

  @Test(arguments: [
    "", "{}", "[]", "{", "null", "1", "\u{0}", "{\"key\":\"a\"}", String(repeating: "[", count: 100_000),
  ])
  func linesThatAreNoChanges(line: String) throws {
    #expect(try Self.refusal(of: [line], in: SamplePlan()).contains("line 13 is damaged"))
  }

  @Test func aclMissing() throws {
    for name in ["from", "to"] {
      var plan = SamplePlan()
      plan.addGrant("a")
      let missing = ACLName("000000000000")
      if name == "from" { plan.changes[0].from = missing } else { plan.changes[0].to = missing }
      #expect(try Self.refusal(of: plan).contains("names an ACL that the plan does not hold"))
    }
    var blocked = SamplePlan()
    blocked.addBlocked("a")
    blocked.changes[0].from = ACLName("000000000000")
    #expect(try Self.refusal(of: blocked).contains("names an ACL that the plan does not hold"))
    blocked.changes[0].from = nil
    blocked.changes[0].to = ACLName("000000000000")
    #expect(try Self.refusal(of: blocked).contains("names an ACL that the plan does not hold"))
  }

  @Test func aclWhereNoneBelongs() throws {
    // A target of an object that is left alone.
    var blocked = SamplePlan()
    blocked.add(Sample.change("a", action: .blocked, reason: .archived), from: nil, to: .owned(by: Sample.site))
    #expect(try Self.refusal(of: blocked).contains("line 14"))
    // Changes without one.
    for action in [ChangeAction.grant, .copy] {
      var plan = SamplePlan()
      plan.add(Sample.change("a", action: action), from: .owned(by: Sample.tools), to: nil)
      #expect(try Self.refusal(of: plan).contains("line 14"))
    }
    // A grant of which nothing is known, which could only be made blindly.
    var blind = SamplePlan()
    blind.add(Sample.change("a"), from: nil, to: .owned(by: Sample.tools))
    #expect(try Self.refusal(of: blind).contains("line 14"))
  }

  @Test func aclRenamed() throws {
    var plan = SamplePlan()
    plan.addGrant("a")
    let name = ACLName("public")
    plan.acls.insert(.owned(by: Sample.tools, .publicRead), named: name)
    plan.changes[0].to = name
    #expect(try Self.refusal(of: plan).contains("holds an ACL that is damaged"))
  }

  /// Two ACLs whose SHA-256 begin with the same 48 bits, found by trying 32 million, in a plan of an earlier version.
  @Test func twoACLsOfOneName() throws {
    let owners = ["22041569", "22301411"]
    let name = "da14da8ffa8d"
    try withTemporaryFolder { folder in
      let path = folder + "/plan.json"
      try SamplePlan().write(to: path)
      let acls = owners.map { "\"\(name)\":{\"owner\":\"\($0)\",\"grants\":[]}" }.joined(separator: ",\n")
      let text = String(decoding: try readBytes(path), as: UTF8.self)
      let parts = text.split(separator: "\"acls\":{\n")
      try writeBytes((parts[0] + "\"acls\":{\n" + acls + "\n" + parts[1]).utf8, to: path)
      let error = try #require(throws: FileFormatError.self) { try Plan(path: path) }
      #expect(error.description.contains("line 12 holds an ACL that is damaged"))
    }
  }

  /// Names of 48 bits are read, and mean the same.
  @Test func plansOfEarlierVersions() throws {
    var sample = SamplePlan.mixed
    sample.changes[3].preserved = AttributesDigest("0123456789ab")
    var earlier = try DoctoredPlan(sample)
    earlier.nameAsEarlier(sample)
    #expect(!sample.acls.sorted.contains { earlier.text.contains($0.name.text) })
    try withTemporaryFolder { folder in
      let plan = try earlier.open(in: folder)
      let changes = try plan.allChanges()
      #expect(changes.map(\.owner) == sample.changes.map(\.owner))
      #expect(
        changes.map { plan.acl($0.from) } == sample.changes.map { change in change.from.flatMap { sample.acls[$0] } })
      #expect(changes.map { plan.acl($0.to) } == sample.changes.map { change in change.to.flatMap { sample.acls[$0] } })
      #expect(changes[3].preserved == AttributesDigest("0123456789ab"))
    }
  }

  @Test func ownersAreNotConfused() throws {
    // Two IDs whose SHA-256 begin with the same 48 bits.
    let owners = ["22041569", "22301411"].map { "{\"owner\":\"\($0)\",\"grants\":[]}" }
    let earlierNames = owners.map { ContentHash(of: Array($0.utf8)).earlierText }
    try #require(earlierNames[0] == earlierNames[1])
    var sample = SamplePlan()
    for (index, owner) in owners.enumerated() {
      sample.add(
        Sample.change("\(index)", owner: CanonicalID(owner), action: .blocked, reason: .ownerCredentialsMissing),
        from: nil, to: nil)
    }
    try withTemporaryFolder { folder in
      let changes = try sample.open(in: folder).allChanges()
      #expect(changes.map(\.owner.value) == owners)
    }
    var earlier = try DoctoredPlan(sample)
    earlier.nameAsEarlier(sample)
    #expect(try earlier.refusal().contains("its 'owners' are not those of its summary"))
    // Not even where it names no owners.
    let line = earlier.text.split(separator: "\n").first { $0.hasPrefix("\"owners\"") }
    earlier.replace("\(try #require(line))\n", with: "")
    #expect(try earlier.refusal().contains("is damaged"))
  }

  @Test(arguments: [
    ("tools", "guest"), ("tools", "site"), ("other", "guest"),
  ])
  func ownersMustBeThoseOfTheSummary(before: String, after: String) throws {
    let ids = ["tools": Sample.tools, "guest": Sample.guest, "site": Sample.site, "other": Sample.other]
    let (old, new) = (try #require(ids[before]), try #require(ids[after]))
    // The ID, the name, and both.
    for (id, name) in [(new, old), (old, new), (new, new)] {
      var plan = try DoctoredPlan(.mixed)
      let entry = { (name: CanonicalID, id: CanonicalID) in
        var json = JSONWriter()
        json.member(OwnerNames.name(of: name), id.value)
        return String(decoding: json.bytes, as: UTF8.self)
      }
      plan.replace(entry(old, old), with: entry(name, id))
      #expect(try plan.refusal().contains("its 'owners' are not those of its summary"))
    }
  }

  @Test func summaryDoesNotFit() throws {
    let plan = SamplePlan.mixed
    let changes: [(inout PlanSummary) -> Void] = [
      { $0.actions[.grant] = 3 },
      { $0.actions[.copy] = nil },
      { $0.actions[.blocked] = 0 },
      { $0.actions = [:] },
      { $0.bytesToCopy += 1 },
      { $0.bytesToCopy = -1 },
      { $0.blockedReasons = [:] },
      { $0.blockedReasons[.archived] = 1 },
      { $0.owners = [:] },
      { $0.owners[Sample.tools]?.changes = 1 },
      { $0.owners[Sample.site] = PlanSummary.Owner(objects: 1, bytes: 1, changes: 1) },
    ]
    for (index, change) in changes.enumerated() {
      var header = plan.header
      change(&header.summary)
      let refusal = try Self.refusal(of: plan, header: header)
      #expect(refusal.contains("its summary does not match its changes"), "number \(index)")
    }
  }

  /// Sizes that no object has must not bring the sums down.
  @Test(arguments: [[-1], [.min], [.max, 1], [.max, .max, .max]])
  func absurdSizes(sizes: [Int]) throws {
    var plans = [SamplePlan(), SamplePlan()]
    for index in sizes.indices {
      plans[0].addGrant("\(index)")
      plans[1].addCopy("\(index)")
    }
    for plan in plans {
      var absurd = plan
      for index in sizes.indices { absurd.changes[index].size = sizes[index] }
      #expect(try Self.refusal(of: Self.lines(of: absurd), in: plan).contains("no object has the size"))
    }
  }

  /// The largest sum that there can be, and a size beyond every limit of S3's.
  @Test func largeSizes() throws {
    var plan = SamplePlan()
    plan.addCopy("a", size: .max - 1)
    plan.addGrant("b", size: 1)
    let transitions = try withTemporaryFolder { try plan.transitions(maximumKeys: 0, in: $0) }
    #expect(transitions.groups.map(\.bytes) == [.max - 1, 1])
  }

  /// A damaged line is refused, or read as any other reader of JSON reads it.
  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func randomLinesWithTheRightDigest(seed: UInt64) throws {
    struct Line: Decodable, Equatable {
      var key: String
      var etag: String
      var size: Int
      var lastModified: String
      var action: String
    }
    var generator = SeededGenerator(seed: seed)
    let plan = SamplePlan.mixed
    let lines = plan.changes.map { Array(plan.line($0).dropLast(2)) }
    var accepted = 0
    for round in 0..<150 {
      var damaged = lines
      let index = lines.indices.randomElement(using: &generator)!
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        // A digit in a key, an ETag or a time leaves a line that can be read.
        let bytes = round.isMultiple(of: 2) ? UInt8(ascii: "0")...UInt8(ascii: "9") : 0...255
        damaged[index][Int.random(in: 0..<damaged[index].count, using: &generator)] =
          .random(in: bytes, using: &generator)
      }
      guard damaged != lines, let changes = try Self.changes(of: damaged, in: plan) else { continue }
      accepted += 1
      // The name of a member that nobody knows need not be UTF-8 to be passed over.
      let read = try damaged.map {
        try JSONDecoder().decode(Line.self, from: Data(String(decoding: $0, as: UTF8.self).utf8))
      }
      #expect(
        changes.map {
          Line(
            key: $0.key.text, etag: $0.etag, size: $0.size, lastModified: $0.lastModified, action: $0.action.rawValue)
        } == read)
    }
    #expect(accepted > 0 && accepted < 150)
  }

  /// What a plan with these lines of changes says, digest and all; nil if it is refused.
  private static func changes(of lines: [[UInt8]], in plan: SamplePlan) throws -> [Change]? {
    try withTemporaryFolder { folder in
      let path = folder + "/plan.json"
      var spool = try PlanSpool(folder: folder)
      try spool.append(lines.flatMap { $0 + ",\n".utf8 }, firstKey: ObjectKey("a"))
      try PlanWriter.write(header: plan.header, acls: plan.acls, spool: spool, to: .file(path))
      do {
        return try Plan(path: path).allChanges()
      } catch is FileFormatError {
        return nil
      }
    }
  }

  @Test func ownersNeeded() throws {
    var withoutOwner = SamplePlan()
    withoutOwner.addCopy("a")
    withoutOwner.addCopy("b", reason: .aclUnknown)
    withoutOwner.addBlocked("c")
    var withGrantFirst = withoutOwner
    withGrantFirst.addCopy("d", reason: .grantFirst)
    var withGrant = withoutOwner
    withGrant.addGrant("d")
    for (plan, owners) in [(withoutOwner, []), (withGrantFirst, [Sample.tools]), (withGrant, [Sample.tools])] {
      let needed = try withTemporaryFolder { try plan.open(in: $0).ownersNeeded }
      #expect(needed == Set(owners))
    }
  }

  @Test func changedWhileItIsRead() throws {
    try withTemporaryFolder { folder in
      var sample = SamplePlan()
      // More than is read ahead at once.
      for index in 10_000..<20_000 { sample.addGrant("key \(index)") }
      let plan = try sample.open(in: folder)
      #expect(try plan.allChanges() == sample.changes)
      var changes = plan.changes()
      _ = try changes.next()
      let file = try OpenFile(plan.path, .journal)
      try file.truncate(to: 400_000)
      let error = try #require(throws: FileFormatError.self) { while try changes.next() != nil {} }
      #expect(error.description.hasPrefix("\(plan.path) was changed while fixacl read it"))
    }
  }

  /// What is handed out is what was checked, whatever is written into the file meanwhile.
  @Test(arguments: [
    // A digit of a key, of an ETag, of an ACL's name in a change: each line would be a change all the same.
    "\"key\":\"key 1\u{0}\"", "\"etag\":\"e1\"", "\"from\":\"", "\"size\":10",
  ])
  func writtenOverInPlace(text: String) throws {
    try withTemporaryFolder { folder in
      var sample = SamplePlan()
      for index in 10_000..<20_000 { sample.addGrant("key \(index)") }
      let plan = try sample.open(in: folder)
      let bytes = try readBytes(plan.path)
      #expect(bytes.count > FileBlocks.length)
      let places = bytes.indices.filter { bytes[$0...].starts(with: text.utf8.prefix { $0 != 0 }) }
      // One at the beginning, one in the last block.
      for place in [places.first, places.last].compactMap(\.self) {
        var doctored = bytes
        let digit = place + text.utf8.prefix { $0 != 0 }.count - 1
        doctored[digit] = doctored[digit] == UInt8(ascii: "2") ? UInt8(ascii: "3") : UInt8(ascii: "2")
        let file = try OpenFile(plan.path, .journal)
        for (content, isRight) in [(doctored, false), (bytes, true), (bytes + [0x20], false), (bytes, true)] {
          try file.truncate(to: 0)
          try file.seekToEnd()
          try file.write(content)
          if isRight {
            #expect(try plan.allChanges() == sample.changes)
          } else {
            let error = try #require(throws: FileFormatError.self) { try plan.allChanges() }
            #expect(error.description.hasPrefix("\(plan.path) was changed while fixacl read it"))
          }
        }
      }
    }
  }
}
