import Foundation
import AWSKit
import TestSupport
import Testing

/// What happened to an object between plan and apply is noticed, and the object left alone.
struct StaleTests {
  /// Something that somebody does to an object after the plan was made.
  enum Tampering: String, CaseIterable {
    case overwritten, overwrittenBySite, overwrittenByOther
    case replacedBySite, replacedByOther
    case deleted
    case grantAdded, grantRemoved, grantChanged
    case repairedByHand

    var key: ObjectKey { ObjectKey("tampered/\(rawValue)") }

    /// What fixacl must say of it; nil where there is nothing wrong with it.
    func explanation(_ server: S3TestServer) -> String? {
      switch self {
      case .overwritten, .overwrittenBySite, .overwrittenByOther: "it was overwritten after the plan was made"
      case .replacedBySite: "account \(server.site.id) owns it now"
      case .replacedByOther: "account \(server.other.id) owns it now"
      case .deleted: "it is gone"
      case .grantAdded, .grantRemoved, .grantChanged: "its ACL was changed after the plan was made"
      case .repairedByHand: nil
      }
    }

    /// The same as the journal has it.
    var word: String {
      switch self {
      case .overwritten, .overwrittenBySite, .overwrittenByOther: "overwritten"
      case .replacedBySite, .replacedByOther: "owner-changed"
      case .deleted: "deleted"
      case .grantAdded, .grantRemoved, .grantChanged: "acl-changed"
      case .repairedByHand: ""
      }
    }
  }

  static let staleOnes = Tampering.allCases.filter { $0 != .repairedByHand }

  @Test(arguments: S3TestServer.all, ["grant", "copy"])
  func staleObjectsAreLeftAlone(server: S3TestServer, strategy: String) async throws {
    let intact = BrokenBucket.keys(10)
    let broken = try await BrokenBucket(
      server, keys: intact + Tampering.allCases.map(\.key), headers: headers(of: server.tools, on: server))
    try await broken.plan("--strategy", strategy)
    for tampering in Tampering.allCases { try await apply(tampering, strategy: strategy, to: broken) }
    let before = try await broken.states()
    let expected = Self.staleOnes.map { "warning: stale: \($0.key): \($0.explanation(server)!)" }.sorted()

    for run in 1...2 {
      let result = try await broken.apply()
      #expect(result.status == 3, "run \(run): \(result.err)")
      let stale = result.err.split(separator: "\n").filter { $0.hasPrefix("warning: stale:") }
      #expect(stale.sorted() == expected.map { Substring($0) }, "run \(run): \(result.err)")
      #expect(result.count("stale") == Self.staleOnes.count, "run \(run)")
      #expect(result.count("changed") == (run == 1 ? intact.count : 0), "run \(run)")
      #expect(result.count("already as planned") == (run == 1 ? 1 : 0), "run \(run)")
      #expect(result.count("failed") == 0, "run \(run): \(result.err)")
      #expect(result.err.contains("Make a new plan"))

      let after = try await broken.states()
      for tampering in Tampering.allCases { #expect(after[tampering.key] == before[tampering.key], "\(tampering)") }
      for key in intact { #expect(after[key]?.acl == plannedACL(strategy, broken)) }
    }
    let journal = try JournalText(broken.place.path("plan.json.journal"))
    #expect(Set(journal.finalKeys) == Set((intact + [Tampering.repairedByHand.key]).map(\.text)))
    let reasons = journal.entries.filter { $0.result == "stale" }.map { "\($0.key): \($0.reason ?? "")" }
    #expect(Set(reasons) == Set(Self.staleOnes.map { "\($0.key): \($0.word)" }))

    // A new plan sees what there is now, and an apply of it repairs what is still foreign.
    try await broken.plan("--strategy", strategy, owners: ["tools", "other"])
    try FileManager.default.removeItem(atPath: broken.place.path("plan.json.journal"))
    let second = try await broken.apply(owners: ["tools", "other"])
    #expect(second.status == 0, "\(second.err)")
    for (key, state) in try await broken.states() where before[key]?.object.owner != server.site.id {
      #expect(try await server.oai.statusOfGet(key, in: broken.name) == 200, "\(key)")
      #expect(state.object.owner == (strategy == "copy" ? server.site.id : before[key]?.object.owner), "\(key)")
    }
    #expect(try await broken.verify(owners: ["tools", "other"]).status == 0)
  }

  @Test(arguments: S3TestServer.all, ["grant", "copy"])
  func verifyTellsWhatDiffers(server: S3TestServer, strategy: String) async throws {
    let intact = BrokenBucket.keys(5)
    let keys = intact + Tampering.allCases.map(\.key)
    let broken = try await BrokenBucket(server, keys: keys, headers: headers(of: server.tools, on: server))
    try await broken.plan("--strategy", strategy)

    let before = try await broken.verify()
    #expect(before.status == 2, "\(before.err)")
    #expect(before.out.split(separator: "\n").sorted() == keys.map { "not changed yet: \($0)" }.sorted())

    #expect(try await broken.apply().status == 0)
    let states = try await broken.states()
    let after = try await broken.verify()
    #expect(after.status == 0, "\(after.err)")
    #expect(after.stdout.isEmpty)
    #expect(after.err.contains("\(keys.count) as planned"))
    #expect(try await broken.states() == states, "verify has written")

    for tampering in Tampering.allCases { try await apply(tampering, strategy: strategy, to: broken) }
    let tampered = try await broken.verify()
    #expect(tampered.status == 2, "\(tampered.err)")
    let lines = tampered.out.split(separator: "\n")
    let differing = lines.compactMap { $0.split(separator: ": ").dropFirst().first.map { ObjectKey(String($0)) } }
    #expect(differing.sorted() == Self.staleOnes.map(\.key).sorted(), "\(tampered.out)")
    // What was done to the ACL of a copy, or who was its owner in between, cannot be told from the plan.
    let told: [Tampering] =
      strategy == "grant"
      ? Self.staleOnes : [.overwritten, .overwrittenBySite, .overwrittenByOther, .replacedByOther, .deleted]
    for tampering in told {
      let line = "differs: \(tampering.key): \(tampering.explanation(server)!)"
      #expect(lines.contains { $0 == line }, "\(line) is not in \(tampered.out)")
    }
  }

  /// The owner's credentials are not given, and only the listing and HEAD show the object.
  @Test(arguments: S3TestServer.all)
  func withoutTheOwnersCredentials(server: S3TestServer) async throws {
    let intact = BrokenBucket.keys(5)
    let kinds: [Tampering] = [.overwritten, .overwrittenBySite, .overwrittenByOther, .replacedByOther, .deleted]
    let broken = try await BrokenBucket(
      server, keys: intact + kinds.map(\.key), headers: headers(of: server.tools, on: server, also: [server.site]))
    try await broken.plan("--strategy", "copy", owners: [])
    for tampering in kinds { try await apply(tampering, strategy: "copy", to: broken) }
    let before = try await broken.states()
    let result = try await broken.apply(owners: [])
    #expect(result.status == 3, "\(result.err)")
    let stale = result.err.split(separator: "\n").filter { $0.hasPrefix("warning: stale:") }.map(String.init)
    #expect(stale.sorted() == kinds.map { "warning: stale: \($0.key): \($0.explanation(server)!)" }.sorted())
    #expect(result.count("failed") == 0, "\(result.err)")
    let after = try await broken.states()
    for tampering in kinds { #expect(after[tampering.key] == before[tampering.key], "\(tampering)") }
    for key in intact { #expect(after[key]?.acl == broken.copiedACL()) }
  }

  // MARK: What is there, and what is done to it

  /// Every object lets `other` read its ACL, so that there is a grant to take away.
  private func headers(
    of owner: TestAccount, on server: S3TestServer, also readers: [TestAccount] = []
  ) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = [
      ("x-amz-grant-full-control", "id=\"\(owner.id)\""), ("x-amz-grant-read-acp", "id=\"\(server.other.id)\""),
    ]
    if !readers.isEmpty {
      headers.append(("x-amz-grant-read", readers.map { "id=\"\($0.id)\"" }.joined(separator: ", ")))
    }
    return headers
  }

  private func plannedACL(_ strategy: String, _ broken: BrokenBucket) -> AccessControlList {
    let kept = [broken.server.other.may(.readACP)]
    return strategy == "grant" ? broken.grantedACL(also: kept) : broken.copiedACL(also: kept)
  }

  /// Does it, as whoever may; the object is `tools`', or after a copy `site`'s.
  private func apply(_ tampering: Tampering, strategy: String, to broken: BrokenBucket) async throws {
    let (server, key, bucket) = (broken.server, tampering.key, broken.name)
    let owner = server[try await broken.listing()[key]!.owner!]
    let other = Array("other content".utf8)
    switch tampering {
    case .overwritten: try await owner.put(key, in: bucket, body: other, headers: headers(of: owner, on: server))
    case .overwrittenBySite: try await server.site.put(key, in: bucket, body: other)
    case .overwrittenByOther: try await server.other.put(key, in: bucket, body: other)
    case .replacedBySite:
      // After a copy the object is site's already, and what comes in its place another account's.
      try await (owner.id == server.site.id ? server.tools : server.site).put(key, in: bucket)
    case .replacedByOther: try await server.other.put(key, in: bucket)
    case .deleted: try await server.site.delete(key, in: bucket)
    case .grantAdded, .grantRemoved, .grantChanged:
      let acl = try await owner.acl(of: key, in: bucket)
      let kept = tampering == .grantAdded ? acl.grants : acl.grants.filter { $0 != server.other.may(.readACP) }
      let added: [Grant] =
        switch tampering {
        case .grantAdded: [server.other.may(.writeACP)]
        case .grantChanged: [server.other.may(.read)]
        default: []
        }
      try await owner.putACL(AccessControlList(owner: acl.owner, grants: kept + added), of: key, in: bucket)
    case .repairedByHand:
      guard strategy == "copy" else {
        try await owner.putACL(plannedACL(strategy, broken), of: key, in: bucket)
        return
      }
      // Only the bucket's owner can have made the copy, and with the same content an upload is as good.
      try await server.site.put(
        key, in: bucket,
        headers: headers(of: server.site, on: server) + [("x-amz-grant-read", "id=\"\(server.oai.id)\"")])
    }
  }

  /// stderr names some of many objects, and where all of them are.
  @Test(arguments: S3TestServer.all)
  func whereAllAreNamed(server: S3TestServer) async throws {
    let keys = BrokenBucket.keys(53)
    let broken = try await BrokenBucket(server, keys: keys)
    try await broken.plan()
    for key in keys { try await server.tools.put(key, in: broken.name, body: Array("another".utf8)) }
    let dryRun = try await broken.apply("--dry-run", "--format", "json")
    #expect(dryRun.status == 3 && dryRun.err.contains("3 more are not shown. stdout has all of them."), "\(dryRun.err)")
    let apply = try await broken.apply()
    #expect(apply.status == 3 && apply.err.contains("3 more are not shown. The journal has all"), "\(apply.err)")
  }
}
