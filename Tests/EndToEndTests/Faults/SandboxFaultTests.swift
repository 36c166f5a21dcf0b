import Foundation
import AWSKit
import TestSupport
import Testing

/// What goes wrong on the way is tried again, and what comes out is what comes out where nothing goes wrong.
struct SandboxFaultTests {
  typealias Fault = SandboxControl.Fault

  /// Faults after which the operation is not done, and those after which it is and nobody knows.
  static let refusals = ["slowdown", "internal", "error-in-200"]
  static let losses = ["reset", "reset-midway", "truncate", "wrong-length", "malformed"]

  /// Every tenth request of any kind goes wrong, of all three commands.
  @Test(arguments: refusals + losses + ["delay"])
  func everyTenthRequest(fault: String) async throws {
    try await OwnSandbox.with(["--count-keys"]) { server in
      let control = try #require(server.control)
      let keys = BrokenBucket.keys(40)
      let bucket = try await BrokenBucket(server, keys: keys)
      try await bucket.plan()
      let undisturbed = try bucket.place.read("plan.json")

      try await control.set([Fault(fault, probability: 0.1, ms: fault == "delay" ? 20 : nil)])
      try await bucket.repeatedly { try await bucket.place.start(bucket.planArguments(["-o", "plan.json"])).result() }
      #expect(try bucket.place.read("plan.json").withoutTime == undisturbed.withoutTime)
      try await bucket.repeatedly { try await bucket.apply() }
      try await bucket.repeatedly { try await bucket.verify() }

      try await control.clearFaults()
      #expect(try await bucket.states().values.allSatisfy { $0.acl == bucket.grantedACL() })
      let writes = try await control.successes(in: bucket.name)["PutObjectAcl"]
      #expect(Set(try #require(writes).keys) == Set(keys))
      if !Self.losses.contains(fault) { #expect(writes?.values.allSatisfy { $0 == 1 } == true) }
    }
  }

  /// A write that is not done is sent again, and one whose answer is lost is looked for: none is done twice.
  @Test(arguments: refusals + losses, [("grant", "PutObjectAcl"), ("copy", "CopyObject")])
  func writesThatGoWrong(fault: String, by strategy: (name: String, operation: String)) async throws {
    try await OwnSandbox.with(["--count-keys"]) { server in
      let control = try #require(server.control)
      let keys = BrokenBucket.keys(40)
      let bucket = try await BrokenBucket(
        server, keys: keys,
        headers: [
          ("x-amz-grant-full-control", "id=\"\(server.tools.id.value)\""),
          ("x-amz-grant-read", "id=\"\(server.site.id.value)\""),
        ])
      try await bucket.plan("--strategy", strategy.name)
      try await control.counters(reset: true)
      try await control.set([Fault(fault, strategy.operation, key: "assets/00001*", count: 5)])
      let result = try await bucket.apply()
      #expect(result.status == 0, "\(result.err)")
      #expect(result.count("changed") == keys.count)
      let requests = try await control.counters()
      #expect(requests[strategy.operation] == keys.count + (Self.losses.contains(fault) ? 0 : 5))
      let writes = try #require(try await control.successes(in: bucket.name)[strategy.operation])
      #expect(Set(writes.keys) == Set(keys))
      #expect(writes.values.allSatisfy { $0 == 1 })
      let verify = try await bucket.verify()
      #expect(verify.status == 0, "\(verify.err)")
    }
  }

  /// A page that is cut, broken or an error is asked for again: never taken for a short one, or for the last.
  @Test func listingsThatGoWrong() async throws {
    try await OwnSandbox.with(["--virtual", "bucket=listed,count=3500,shape=folders,foreign=0.02"]) { server in
      let control = try #require(server.control)
      let place = try Workplace(server)
      let arguments = [
        "plan", "listed", "--grant-read", server.oai.grantee, "--owner-profile", "tools", "-o", "plan.json",
      ]
      var undisturbed: String?
      for fault in [
        "", "slowdown", "internal", "error-in-200", "malformed", "truncate", "wrong-length", "reset-midway",
      ] {
        try await control.set(fault.isEmpty ? [] : [Fault(fault, "ListObjectsV2", count: 3)])
        try await control.counters(reset: true)
        let result = try await place.fixacl(arguments)
        #expect(result.status == 0, "\(fault): \(result.err)")
        #expect(result.count("objects listed") == 3500, "\(fault)")
        let plan = try place.read("plan.json").withoutTime
        #expect(plan == undisturbed ?? plan, "\(fault)")
        undisturbed = plan
      }
    }
  }

  /// Everything at once. It may be too much for one run; no run does harm, and the runs together do it all.
  @Test func aMixture() async throws {
    try await OwnSandbox.with(["--count-keys"]) { server in
      let control = try #require(server.control)
      let keys = BrokenBucket.keys(25)
      let bucket = try await BrokenBucket(server, keys: keys)
      try await bucket.plan()
      let undisturbed = try bucket.place.read("plan.json")

      let kinds = Self.refusals + Self.losses
      try await control.set(kinds.map { Fault($0, probability: 0.1) } + [Fault("delay", probability: 0.1, ms: 10)])
      try await bucket.repeatedly { try await bucket.place.start(bucket.planArguments(["-o", "plan.json"])).result() }
      #expect(try bucket.place.read("plan.json").withoutTime == undisturbed.withoutTime)
      try await bucket.repeatedly { try await bucket.apply() }
      try await bucket.repeatedly { try await bucket.verify() }

      try await control.clearFaults()
      #expect(try await bucket.states().values.allSatisfy { $0.acl == bucket.grantedACL() })
      #expect(try JournalText(bucket.place.path("plan.json.journal")).finalKeys.sorted() == keys.map(\.text))
    }
  }

  /// A server that takes requests and never answers. fixacl waits a minute for the first byte of an answer, and no
  /// option shortens that; so all three commands wait at once.
  @Test func anAnswerThatNeverComes() async throws {
    try await OwnSandbox.with(["--count-keys"]) { server in
      let control = try #require(server.control)
      let keys = BrokenBucket.keys(20)
      let planned = try await BrokenBucket(server, keys: keys)
      let applied = try await BrokenBucket(server, keys: keys)
      let verified = try await BrokenBucket(server, keys: BrokenBucket.keys(3, prefix: "verified/"))
      try await planned.plan()
      let undisturbed = try planned.place.read("plan.json")
      try await applied.plan()
      try await verified.plan()
      #expect(try await verified.apply().status == 0)
      try await control.set([
        Fault("stall", "ListObjectsV2", count: 1), Fault("stall", "PutObjectAcl", count: 1),
        Fault("stall", "HeadObject", key: "verified/*", count: 1),
      ])
      async let plan = planned.place.start(planned.planArguments(["-o", "again.json"])).result()
      async let apply = applied.apply()
      async let verify = verified.verify()
      for result in [try await plan, try await apply, try await verify] {
        #expect(result.status == 0, "\(result.err)")
      }
      #expect(try planned.place.read("again.json").withoutTime == undisturbed.withoutTime)
      #expect(try await applied.states().values.allSatisfy { $0.acl == applied.grantedACL() })
      let writes = try #require(try await control.successes(in: applied.name)["PutObjectAcl"])
      #expect(Set(writes.keys) == Set(keys) && writes.values.reduce(0, +) == keys.count)
    }
  }
}

extension BrokenBucket {
  /// Runs a command until it is done. Where the faults were too many for a run, it must say that it is to be run again.
  func repeatedly(
    sourceLocation: SourceLocation = #_sourceLocation, _ run: () async throws -> ProgramResult
  ) async throws {
    for _ in 0..<30 {
      let result = try await run()
      if result.status == 0 { return }
      #expect([1, 2, 3].contains(result.status), "\(result.err)", sourceLocation: sourceLocation)
      #expect(
        result.err.contains("again") || result.out.contains("again"), "\(result.err)", sourceLocation: sourceLocation)
    }
    Issue.record("it was not done after 30 runs", sourceLocation: sourceLocation)
  }
}

extension String {
  /// A plan without what differs from run to run.
  var withoutTime: String {
    replacing(/"createdAt":\s*"[^"]*"/, with: "").replacing(/"digest":\s*"[^"]*"/, with: "")
  }
}
