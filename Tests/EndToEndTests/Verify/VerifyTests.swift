import AWSKit
import Foundation
import TestSupport
import Testing

/// What `verify` says of objects that are not as planned, and how it ends.
struct VerifyTests {
  @Test(arguments: S3TestServer.all)
  func whatDiffersIsNamed(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(4))
    try await broken.plan()
    let before = try await broken.verify()
    #expect(before.status == 2 && before.count("differ") == 4, "\(before.err)")
    #expect(before.out.split(separator: "\n").count == 4)
    #expect(before.err.contains("to make the missing changes") && !before.err.contains("Make a new plan"))

    #expect(try await broken.apply().status == 0)
    let after = try await broken.verify()
    #expect(after.status == 0 && after.count("as planned") == 4 && after.stdout.isEmpty, "\(after.err)")

    let key = BrokenBucket.keys(4)[2]
    try await server.tools.putACL(
      AccessControlList(owner: server.tools.id, grants: [server.tools.may(.fullControl)]), of: key, in: broken.name)
    let changed = try await broken.verify()
    #expect(changed.status == 2 && changed.count("differ") == 1, "\(changed.err)")
    #expect(changed.out.contains(key.text) && changed.out.split(separator: "\n").count == 1, "\(changed.out)")
    // apply is done with it, and would not change it again.
    #expect(changed.out.contains("somebody has changed it back"), "\(changed.out)")
    #expect(
      changed.err.onOneLine.contains("Make a new plan.") && !changed.err.contains("  fixacl apply"), "\(changed.err)")
    let lines = try await broken.place.shell(
      "\"$FIXACL\" verify plan.json --owner-profile tools --format json >out.json")
    #expect(lines.status == 2)
    #expect(try broken.place.read("out.json").contains("\"reason\":\"changed-back\""))
    #expect(try await JSONSchema.faults("events.schema.json", "out.json", in: broken.place) == "")
    try await broken.plan()
    #expect(try await broken.apply().status == 0)
    #expect(try await broken.verify().status == 0)

    // What is rolled back can be applied again.
    #expect(try await broken.place.fixacl("rollback", "plan.json", "--owner-profile", "tools").status == 0)
    let undone = try await broken.verify()
    #expect(undone.status == 2 && undone.out.contains("not changed yet: \(key.text)"), "\(undone.out)")
    #expect(undone.err.contains("  fixacl apply plan.json"), "\(undone.err)")
  }

  /// A hint for each kind of object, and none that helps nothing.
  @Test(arguments: S3TestServer.all)
  func theHintFits(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    try await broken.plan(owners: [])
    let blocked = try await broken.verify(owners: [])
    #expect(blocked.status == 2 && blocked.count("blocked in the plan") == 2, "\(blocked.err)")
    #expect(blocked.err.contains("  fixacl show plan.json\n") && !blocked.err.contains("new plan"), "\(blocked.err)")

    try await broken.plan()
    try await server.site.deny(server.tools, "s3:GetObjectAcl", of: broken.name, prefix: "assets/")
    let failed = try await broken.verify()
    #expect(failed.status == 1 && failed.count("could not be read") == 2, "\(failed.err)")
    #expect(failed.err.contains("  fixacl verify plan.json --owner-profile tools\n"), "\(failed.err)")
    #expect(!failed.err.contains("new plan"), "\(failed.err)")
  }

  /// What says what is left to do must be whole.
  @Test(arguments: S3TestServer.all)
  func aCutJournalIsRefused(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(3))
    try await broken.plan()
    #expect(try await broken.apply().status == 0)
    #expect(try await broken.place.shell("truncate -s -100 plan.json.journal").status == 0)
    let result = try await broken.verify()
    #expect(result.status == 1 && result.err.onOneLine.contains("its end is missing"), "\(result.err)")
  }

  /// On a terminal, the results stand above what is said of them all, and nothing overwrites them.
  @Test(arguments: S3TestServer.all)
  func resultsComeFirstOnATerminal(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(3))
    try await broken.plan()
    let result = try await broken.place.fixaclOnTerminal(
      ["verify", "plan.json", "--owner-profile", "tools"], typing: "")
    let last = try #require(result.out.range(of: "not changed yet: ", options: .backwards), "\(result.out)")
    let summary = try #require(result.out.range(of: "3 differ"), "\(result.out)")
    #expect(last.lowerBound < summary.lowerBound, "\(result.out)")
    #expect(result.out.components(separatedBy: "not changed yet: ").count == 4)
  }

  @Test(arguments: S3TestServer.all)
  func aSampleIsOfThatSize(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(12))
    try await broken.plan()
    for (sample, count) in [(1, 1), (5, 5), (12, 12), (100, 12)] {
      let result = try await broken.place.fixacl(
        "verify", "plan.json", "--owner-profile", "tools", "--sample", "\(sample)")
      #expect(result.status == 2 && result.count("differ") == count, "\(result.err)")
      #expect(result.out.split(separator: "\n").count == count)
    }
  }
}
