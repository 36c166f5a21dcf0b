import Foundation
import AWSKit
import TestSupport
import Testing

/// One object that is never answered for as others are: it is blocked, with what the server said, wherever a plan is shown.
struct OddObjectFaultTests {
  typealias Fault = SandboxControl.Fault

  @Test(arguments: ["internal", "malformed", "truncate", "reset", "error-in-200", "wrong-length"])
  func oneObjectIsBlockedAndTheOthersAreNot(fault: String) async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let keys = BrokenBucket.keys(20)
      let bucket = try await BrokenBucket(server, keys: keys)
      try await control.counters(reset: true)
      try await control.set([Fault(fault, "GetObjectAcl", key: keys[7].text)])
      let plan = try await bucket.place.plan(server, bucket.name)
      #expect(plan.keys == keys)
      for (index, change) in plan.changes.enumerated() {
        #expect(change.action == (index == 7 ? "blocked" : "grant"), "\(change)")
      }
      #expect(plan.changes[7].reason == "unreadable")
      // 19 others, the odd one twice six times, an object that shows that the server is well; libcurl tries some times
      // more by itself where a kept connection was reset.
      let asked = try #require(try await control.counters()["GetObjectAcl"])
      #expect(asked <= 100)

      try await control.clearFaults()
      let text = try await bucket.place.fixacl("show", "plan.json")
      #expect(text.out.contains("blocked, unreadable: 1") && text.out.contains("GetObjectAcl"), "\(text.out)")
      for format in ["json", "html", "csv"] {
        let shown = try await bucket.place.fixacl("show", "--format", format, "plan.json")
        #expect(shown.status == 0 && shown.out.contains("unreadable") && shown.out.contains("GetObjectAcl"))
      }
      // The others are repaired.
      let applied = try await bucket.apply()
      #expect(applied.status == 3 && applied.count("changed") == 19, "\(applied.err)")
      let again = try await bucket.place.plan(server, bucket.name)
      #expect(again.keys == [keys[7]] && again.changes.map(\.action) == ["grant"])
    }
  }
}
