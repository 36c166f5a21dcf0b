import AWSKit
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

    #expect(try await broken.apply().status == 0)
    let after = try await broken.verify()
    #expect(after.status == 0 && after.count("as planned") == 4 && after.stdout.isEmpty, "\(after.err)")

    let key = BrokenBucket.keys(4)[2]
    try await server.tools.putACL(
      AccessControlList(owner: server.tools.id, grants: [server.tools.may(.fullControl)]), of: key, in: broken.name)
    let changed = try await broken.verify()
    #expect(changed.status == 2 && changed.count("differ") == 1, "\(changed.err)")
    #expect(changed.out.contains(key.text) && changed.out.split(separator: "\n").count == 1, "\(changed.out)")
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
