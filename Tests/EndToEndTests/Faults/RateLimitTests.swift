import Foundation
import AWSKit
import TestSupport
import Testing

/// Request-rate limits of the sandbox, and fixacl within them.
struct RateLimitTests {
  /// The first answer uses a prefix's only token up, and the next one comes in a thousand seconds.
  @Test func eachPrefixHasItsOwn() async throws {
    try await OwnSandbox.with { server in
      let bucket = try await BrokenBucket(server, keys: ["a/1", "a/2", "a/b/1", "top"])
      let control = try #require(server.control)
      let limits = "{\"reads\": 0.001, \"writes\": 0.001}"
      #expect(try await control.send(.put, "/limits", body: Array(limits.utf8)).status == 204)
      let client = server.impatientClient(server.tools.credentials)
      func isLimited(_ key: ObjectKey, isWrite: Bool = false) async throws -> Bool {
        do throws(AWSError) {
          if isWrite {
            try await client.putObjectACL(bucket: bucket.name, key: key, acl: bucket.grantedACL())
          } else {
            _ = try await client.objectACL(bucket: bucket.name, key: key)
          }
          return false
        } catch {
          guard error.status == 503, error.code == "SlowDown" else { throw error }
          return true
        }
      }
      #expect(try await !isLimited("a/1"))
      #expect(try await isLimited("a/1"))
      #expect(try await isLimited("a/2"))
      #expect(try await !isLimited("a/b/1"))
      #expect(try await !isLimited("top"))
      #expect(try await !isLimited("a/2", isWrite: true))
      #expect(try await isLimited("a/1", isWrite: true))
      try await control.clearLimits()
      #expect(try await !isLimited("a/1", isWrite: true))
      #expect(try await !isLimited("a/1"))
    }
  }

  @Test func fixaclKeepsWithinThem() async throws {
    let options = ["--rate-limits", "40,20", "--count-keys", "--virtual", "bucket=limited,count=160,foreign=0.5"]
    try await OwnSandbox.with(options) { server in
      let control = try #require(server.control)
      let place = try Workplace(server)
      let plan = try await place.fixacl(
        "plan", "limited", "--grant-read", server.oai.grantee, "--owner-profile", "tools", "-o", "plan.json")
      #expect(plan.status == 0, "\(plan.err)")
      let foreign = try #require(plan.count("foreign"))
      let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
      #expect(apply.status == 0, "\(apply.err)")
      #expect(apply.count("changed") == foreign && apply.count("failed") == 0, "\(apply.err)")
      for result in [plan, apply] {
        let throttled = try #require(result.err.firstMatch(of: /throttled ([0-9,]+) times/), "\(result.err)")
        #expect(throttled.1 != "0")
      }
      let writes = try #require(try await control.successes(in: "limited")["PutObjectAcl"])
      #expect(writes.count == foreign && writes.values.allSatisfy { $0 == 1 })
      try await control.clearLimits()
      try await place.expectVerified()
    }
  }
}
