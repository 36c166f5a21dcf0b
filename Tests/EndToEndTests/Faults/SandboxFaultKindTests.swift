import Foundation
import AWSKit
import TestSupport
import Testing

/// What each fault of the sandbox looks like to a client, with which requests it happens, and how often.
struct SandboxFaultKindTests {
  /// The requests that faults are tried on: an answer with a body, one that is an error, and two without.
  enum Request: String, CaseIterable, Sendable {
    case listObjects = "ListObjectsV2"
    case getMissing = "GetObjectAcl"
    case head = "HeadObject"
    case putACL = "PutObjectAcl"

    /// Somebody who may list is told that a key is missing.
    func caller(_ server: S3TestServer) -> TestAccount {
      self == .listObjects || self == .getMissing ? server.site : server.tools
    }
  }

  /// What a client saw of a request: a status with a code, or what kept it from one.
  private static func outcome(_ request: Request, _ client: AWSClient, _ bucket: BrokenBucket) async -> String {
    do throws(AWSError) {
      switch request {
      case .listObjects: _ = try await client.listObjects(bucket: bucket.name, prefix: nil, startAfter: nil)
      case .getMissing: _ = try await client.objectACL(bucket: bucket.name, key: "missing")
      case .head: _ = try await client.headObject(bucket: bucket.name, key: "key")
      case .putACL: try await client.putObjectACL(bucket: bucket.name, key: "key", acl: bucket.grantedACL())
      }
      return "done"
    } catch {
      switch error.kind {
      case .service: return "\(error.status ?? 0) \(error.code ?? "")"
      case .transport(let kind): return "\(kind)"
      case .malformedAnswer: return "malformed"
      case .credentials: return "credentials"
      case .stopped: return "stopped"
      }
    }
  }

  /// By fault, and where they differ by request; and whether the operation is done all the same.
  static let kinds: [(fault: String, outcomes: [Request: String], isDone: Bool)] = [
    ("slowdown", all("503 SlowDown", head: "503 ServiceUnavailable"), false),
    ("internal", all("500 InternalError", head: "500 "), false),
    // A GET, which asks why, is allowed.
    ("forbidden", all("403 AccessDenied", head: "malformed"), false),
    ("proxy-forbidden", all("malformed", head: "malformed"), false),
    ("proxy-missing", all("malformed", head: "404 NotFound"), false),
    ("error-in-200", all("200 InternalError", head: "malformed"), false),
    ("reset", all("interrupted", head: "interrupted"), true),
    ("reset-midway", all("interrupted", head: "interrupted"), true),
    ("truncate", all("interrupted", head: "interrupted"), true),
    ("wrong-length", all("interrupted", head: "interrupted"), true),
    ("malformed", all("malformed", head: "malformed"), true),
  ]

  private static func all(_ outcome: String, head: String) -> [Request: String] {
    Request.allCases.reduce(into: [:]) { $0[$1] = $1 == .head ? head : outcome }
  }

  @Test func aClientSeesWhatWasAskedFor() async throws {
    try await OwnSandbox.with { server in
      let bucket = try await BrokenBucket(server, keys: ["key"])
      let control = try #require(server.control)
      let before = try await server.tools.acl(of: "key", in: bucket.name)
      for kind in Self.kinds {
        for request in Request.allCases {
          try await control.set([SandboxControl.Fault(kind.fault, request.rawValue, count: 1)])
          // A new one: libcurl itself tries again what a kept connection was reset for.
          let client = server.impatientClient(request.caller(server).credentials)
          let outcome = await Self.outcome(request, client, bucket)
          #expect(outcome == kind.outcomes[request], "\(kind.fault) with \(request)")
          if request == .putACL {
            let acl = try await server.tools.acl(of: "key", in: bucket.name)
            #expect(acl == (kind.isDone ? bucket.grantedACL() : before), "\(kind.fault)")
            try await server.tools.putACL(before, of: "key", in: bucket.name)
          }
          let next = await Self.outcome(request, client, bucket)
          #expect(next == (request == .getMissing ? "404 NoSuchKey" : "done"), "\(request) after \(kind.fault)")
          if request == .putACL { try await server.tools.putACL(before, of: "key", in: bucket.name) }
        }
      }
    }
  }

  @Test func faultsChooseTheirRequests() async throws {
    try await OwnSandbox.with { server in
      let bucket = try await BrokenBucket(server, keys: ["a/1", "a/2", "b/1"])
      let control = try #require(server.control)
      let client = server.impatientClient(server.tools.credentials)
      func statuses(_ keys: [ObjectKey]) async -> [Int] {
        var statuses: [Int] = []
        for key in keys {
          do throws(AWSError) {
            _ = try await client.headObject(bucket: bucket.name, key: key)
            statuses.append(200)
          } catch {
            statuses.append(error.status ?? 0)
          }
        }
        return statuses
      }
      try await control.set([.init("slowdown", "HeadObject", key: "a/*", count: 2)])
      #expect(await statuses(["b/1", "a/1", "b/1", "a/2", "a/1"]) == [200, 503, 200, 503, 200])
      // The first rule that fits counts, and the next one when it is used up.
      try await control.set([.init("forbidden", "HeadObject", count: 1), .init("internal", key: "?/1")])
      #expect(await statuses(["a/1", "a/1", "a/2", "b/1"]) == [403, 500, 200, 500])
      try await control.set([.init("slowdown", "GetObjectAcl"), .init("internal", count: 0)])
      #expect(await statuses(["a/1", "b/1"]) == [200, 200])
      try await control.set([.init("delay", "HeadObject", ms: 20), .init("forbidden", probability: 1)])
      #expect(await statuses(["a/1"]) == [403])
      try await control.set([.init("forbidden", probability: 0)])
      #expect(await statuses(["a/1"]) == [200])
      try await control.set([.init("forbidden")])
      try await control.clearFaults()
      #expect(await statuses(["a/1"]) == [200])
    }
  }

  /// What a sequential client sees under a seed.
  private func outcomes(seed: Int, faults: String) async throws -> [String] {
    let place = try Workplace(.nowhere)
    try place.write(faults, to: "faults.json")
    var seen: [String] = []
    try await OwnSandbox.with(["--seed", "\(seed)", "--faults", place.path("faults.json")]) { server in
      let client = server.impatientClient(server.site.credentials)
      for _ in 0..<150 {
        do throws(AWSError) {
          _ = try await client.callerCanonicalID()
          seen.append("done")
        } catch {
          seen.append("\(error.kind) \(error.status ?? 0)")
        }
      }
    }
    return seen
  }

  @Test func theSameSeedBringsTheSameFaults() async throws {
    let faults = """
      [{"operation": "ListBuckets", "fault": "slowdown", "probability": 0.2},
       {"operation": "*", "fault": "delay", "ms": 2, "distribution": "exponential", "probability": 0.5},
       {"fault": "reset", "probability": 0.1}, {"fault": "malformed", "probability": 0.1, "count": 5}]
      """
    async let first = outcomes(seed: 7, faults: faults)
    async let second = outcomes(seed: 7, faults: faults)
    async let other = outcomes(seed: 8, faults: faults)
    let seen = try await first
    #expect(try await second == seen)
    #expect(try await other != seen)
    #expect(Set(seen).count == 4)
    #expect(seen.count { $0.contains("malformed") } <= 5)
    #expect((15...45).contains(seen.count { $0.hasSuffix("503") }))
  }

  /// Lists of faults that are none, and what is said of them.
  static let wrongLists: [(list: String, part: String)] = [
    ("", "not JSON"), ("{", "not JSON"), ("{}", "it must be a list"), ("[1]", "rule 1: it must be an object"),
    ("[{}]", "rule 1: it has no 'fault'"),
    (#"[{"fault":"slowdown"},{"fault":"slow"}]"#, "rule 2, fault: 'slow' is none of slowdown, internal, forbidden"),
    (#"[{"fault":"reset","probability":1.1}]"#, "rule 1, probability: it must be from 0 to 1"),
    (#"[{"fault":"reset","probability":"often"}]"#, "rule 1, probability: it must be a number"),
    (#"[{"fault":"reset","probabilty":0.1}]"#, "rule 1: 'probabilty' is none of operation, fault, key"),
    (#"[{"fault":"reset","count":-1}]"#, "rule 1, count: it must not be negative"),
    (
      #"[{"fault":"reset","operation":"PutObjectACL"}]"#,
      "rule 1, operation: the sandbox has no operation 'PutObjectACL'"
    ),
    (#"[{"fault":"reset","ms":1}]"#, "only 'delay' has 'ms'"),
    (#"[{"fault":"delay"}]"#, "rule 1: it has no 'ms'"),
    (#"[{"fault":"delay","ms":-1}]"#, "rule 1, ms: a delay is from 0 to 3600000"),
    (#"[{"fault":"delay","ms":1e300}]"#, "rule 1, ms: a delay is from 0 to 3600000"),
    (#"[{"fault":"delay","ms":[5]}]"#, "rule 1, ms: a range is [LEAST, MOST]"),
    (#"[{"fault":"delay","ms":[5,1]}]"#, "rule 1, ms: a delay is from 0"),
    (#"[{"fault":"delay","ms":5,"distribution":"normal"}]"#, "rule 1, distribution: it is 'fixed' or 'exponential'"),
  ]

  @Test func wrongListsAreRefused() async throws {
    let place = try Workplace(.nowhere)
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      try await control.set([.init("slowdown", "ListBuckets")])
      for (list, part) in Self.wrongLists {
        let answer = try await control.send(.put, "/faults", body: Array(list.utf8))
        let message = String(decoding: answer.body, as: UTF8.self)
        #expect(answer.status == 400)
        #expect(message.contains(part), "\(list): \(message)")
      }
      // What there was stays.
      let client = server.impatientClient(server.site.credentials)
      await #expect(throws: AWSError.self) { _ = try await client.callerCanonicalID() }
    }
    for (list, part) in Self.wrongLists {
      try place.write(list, to: "faults.json")
      let result = try await place.sandbox(["--faults", "faults.json"])
      #expect(result.status == 1)
      #expect(result.err.hasPrefix("Error: faults.json is not as it should be: "), "\(result.err)")
      #expect(result.err.contains(part), "\(list): \(result.err)")
    }
  }

  @Test func wrongLimitsAreRefused() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      for body in ["", "{}", "{\"reads\": 5}", "{\"reads\": 0, \"writes\": 1}", "[5, 5]"] {
        let answer = try await control.send(.put, "/limits", body: Array(body.utf8))
        #expect(answer.status == 400)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("both above 0"))
      }
      let answer = try await control.send(.get, "/nothing")
      #expect(answer.status == 404)
    }
  }
}
