import Testing

@testable import AWSKit

@Suite struct AWSClientCredentialsTests {
  /// Has other credentials each time it is asked.
  private struct Renewing: CredentialsProvider {
    let asked = Log<Int>()

    func credentials() async throws -> Credentials {
      asked.note(0)
      let number = asked.entries.count
      return Credentials(accessKeyID: "ID\(number)", secretAccessKey: "s", sessionToken: "T\(number)")
    }
  }

  private struct Failing: CredentialsProvider {
    struct Failure: Error, CustomStringConvertible {
      var description: String { "no keys in the box" }
    }

    func credentials() async throws -> Credentials { throw Failure() }
  }

  @Test func eachAttemptAsksForThem() async throws {
    let bench = ClientBench(ScriptedTransport([.status(500), .thing]), credentials: Renewing())
    _ = try await bench.client.run(.getThing())
    #expect(bench.requests.map { $0.header("x-amz-security-token") } == ["T1", "T2"])
    #expect(bench.requests[1].header("Authorization")?.contains("Credential=ID2/") == true)
  }

  @Test func withoutThemNothingIsSentAndNothingTriedAgain() async {
    let bench = ClientBench(ScriptedTransport([.thing]), credentials: Failing())
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(error?.kind == .credentials)
    #expect(error?.description == "GetThing s3://bucket/k: no keys in the box")
    #expect(bench.requests.isEmpty && bench.sleeps.isEmpty)
    // No place was taken that is not given back.
    #expect(bench.throttle.statistics == Throttle.Statistics())
  }
}
