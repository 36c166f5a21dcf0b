import Synchronization
import TestSupport
import Testing

@testable import AWSKit

/// A bucket that is in another region than was thought.
@Suite struct AWSClientRegionTests {
  private static func moved(
    _ status: Int = 301, _ code: String = "PermanentRedirect", header: String? = nil, body: String? = nil
  ) -> ScriptedAnswer {
    .error(
      status, code,
      more: (body.map { "<Region>\($0)</Region>" } ?? "") + "<Endpoint>evil.example.com</Endpoint>",
      headers: [("Location", "https://evil.example.com/k")] + (header.map { [("x-amz-bucket-region", $0)] } ?? []))
  }

  private static func scope(_ request: HTTPRequest) -> String? {
    request.header("Authorization")?.split(separator: "/").dropFirst(2).first.map(String.init)
  }

  @Test(
    arguments: [
      moved(header: "eu-west-1"), moved(body: "eu-west-1"), moved(header: "eu-west-1", body: "us-west-2"),
      moved(400, "AuthorizationHeaderMalformed", body: "eu-west-1"),
      moved(400, "IllegalLocationConstraintException", header: "eu-west-1"),
      moved(307, "TemporaryRedirect", header: "eu-west-1"),
      moved(403, "AccessDenied", header: "eu-west-1"),
      // The answer to a HEAD has no body.
      .status(301, headers: [("x-amz-bucket-region", "eu-west-1")]),
      .status(400, headers: [("X-Amz-Bucket-Region", "eu-west-1")]),
    ] as [ScriptedAnswer])
  func theClientFollowsIt(answer: ScriptedAnswer) async throws {
    let bench = ClientBench(answer, .thing)
    #expect(try await bench.client.run(.getThing(key: "a b")) == "good")
    #expect(
      bench.requests.map(\.url) == [
        "https://bucket.s3.us-east-1.amazonaws.com/a%20b", "https://bucket.s3.eu-west-1.amazonaws.com/a%20b",
      ])
    #expect(bench.requests.map(Self.scope) == ["us-east-1", "eu-west-1"])
    #expect(bench.client.region == "eu-west-1")
    #expect(bench.sleeps == [])
    #expect(bench.throttle.statistics.retries == 0)
    // And stays there.
    _ = try await bench.client.run(.getThing())
    #expect(bench.requests.last?.authority == "bucket.s3.eu-west-1.amazonaws.com")
  }

  @Test(
    arguments: [
      // No region is named, or the one that was asked.
      moved(header: ""), moved(header: "us-east-1"), moved(403, "AccessDenied", header: "us-east-1"),
      // No region at all: nothing of it may become a part of a host.
      moved(header: "evil.example.com"), moved(header: "evil.example.com/"), moved(header: "x@evil.example.com"),
      moved(header: "eu-west-1.evil"), moved(body: "eu west"), moved(header: "EU-WEST-1"), moved(body: "eu-west-1\n"),
      moved(header: String(repeating: "a", count: 64)), moved(header: "a:80"), moved(header: "%61"),
      // Of another partition: whoever has these credentials has no account there.
      moved(header: "cn-north-1"), moved(400, "AuthorizationHeaderMalformed", body: "us-gov-west-1"),
      moved(307, "TemporaryRedirect", header: "us-iso-east-1"), moved(403, "AccessDenied", header: "eusc-de-east-1"),
      // Statuses that do not tell of a move.
      moved(404, "NoSuchKey", header: "eu-west-1"), moved(409, "BucketNotEmpty", header: "eu-west-1"),
      moved(412, "PreconditionFailed", header: "eu-west-1"),
      .error(200, "AccessDenied", headers: [("x-amz-bucket-region", "eu-west-1")]),
    ] as [ScriptedAnswer])
  func theClientFollowsNothingElse(answer: ScriptedAnswer) async {
    let bench = ClientBench(answer, .thing)
    await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(bench.requests.map(\.authority) == ["bucket.s3.us-east-1.amazonaws.com"])
    #expect(bench.client.region == "us-east-1")
  }

  /// What HEAD says of the bucket.
  private static func bucketHead(_ status: Int, _ region: String? = nil) -> ScriptedAnswer {
    .status(status, headers: region.map { [("x-amz-bucket-region", $0)] } ?? [])
  }

  /// S3 tells whoever asks for the bucket's HEAD, whatever else it says.
  @Test(
    arguments: [
      moved(), moved(400, "IllegalLocationConstraintException"), moved(400, "AuthorizationHeaderMalformed"),
      moved(307, "TemporaryRedirect"), .status(301), .status(307),
    ] as [ScriptedAnswer], [200, 301, 400, 403])
  func aHeadOfTheBucketTellsTheRegion(answer: ScriptedAnswer, status: Int) async throws {
    let bench = ClientBench(answer, Self.bucketHead(status, "af-south-1"), .thing)
    #expect(try await bench.client.run(.getThing()) == "good")
    #expect(bench.requests.map(\.method) == [.get, .head, .get])
    #expect(
      bench.requests.map(\.url) == [
        "https://bucket.s3.us-east-1.amazonaws.com/k", "https://bucket.s3.us-east-1.amazonaws.com/",
        "https://bucket.s3.af-south-1.amazonaws.com/k",
      ])
    #expect(bench.requests.map(Self.scope) == ["us-east-1", "us-east-1", "af-south-1"])
    #expect(bench.sleeps == [])
  }

  @Test(
    arguments: [
      bucketHead(200), bucketHead(301), bucketHead(403, "us-east-1"), bucketHead(301, "cn-north-1"),
      bucketHead(301, "evil.example.com"), .broken(.interrupted), .status(503),
    ] as [ScriptedAnswer])
  func aHeadThatTellsNothingEndsIt(head: ScriptedAnswer) async {
    let bench = ClientBench(Self.moved(), head, .thing)
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(error?.code == "PermanentRedirect")
    #expect(bench.requests.map(\.method) == [.get, .head])
    #expect(bench.client.region == "us-east-1")
  }

  @Test func nothingElseIsAskedForByAHead() async {
    for answer in [ScriptedAnswer.error(400, "InvalidRequest"), .error(403, "AccessDenied"), .error(404, "NoSuchKey")] {
      let bench = ClientBench(answer, Self.bucketHead(200, "eu-west-1"))
      await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
      #expect(bench.requests.count == 1)
    }
    let elsewhere = ClientBench(Self.moved(), .thing, endpoint: AWSEndpoint(url: "http://127.0.0.1:9000")!)
    await #expect(throws: AWSError.self) { try await elsewhere.client.run(.getThing()) }
    let noBucket = ClientBench(Self.moved(), .thing)
    await #expect(throws: AWSError.self) { try await noBucket.client.run(.getThing(bucket: nil, key: nil)) }
    #expect(elsewhere.requests.count == 1 && noBucket.requests.count == 1)
  }

  /// Another server's regions are names, and no hosts are built for them.
  @Test func anotherServerHasNoPartitions() async throws {
    let endpoint = try #require(AWSEndpoint(url: "http://127.0.0.1:9000"))
    let bench = ClientBench(Self.moved(header: "cn-north-1"), .thing, endpoint: endpoint)
    _ = try await bench.client.run(.getThing())
    #expect(bench.requests.map(Self.scope) == ["us-east-1", "cn-north-1"])
  }

  @Test func itFollowsTwiceAtMost() async {
    let bench = ClientBench(ScriptedTransport { _, ordinal in Self.moved(header: "region-\(ordinal)") })
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(error?.status == 301)
    #expect(error?.code == "PermanentRedirect")
    #expect(error?.region == "region-2")
    #expect(bench.requests.map(Self.scope) == ["us-east-1", "region-0", "region-1"])
  }

  @Test func itDoesNotGoInCircles() async {
    let bench = ClientBench(
      ScriptedTransport { request, _ in
        Self.moved(header: Self.scope(request) == "eu-west-1" ? "us-east-1" : "eu-west-1")
      })
    await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(bench.requests.count == 3)
  }

  @Test func whatIsNoMoveIsTriedAgainAfterOne() async throws {
    let bench = ClientBench(Self.moved(header: "eu-west-1"), .status(503), .thing)
    #expect(try await bench.client.run(.getThing()) == "good")
    #expect(bench.requests.map(Self.scope) == ["us-east-1", "eu-west-1", "eu-west-1"])
    #expect(bench.sleeps == [0.1])
  }

  @Test func anotherServerKeepsItsHost() async throws {
    let endpoint = try #require(AWSEndpoint(url: "http://127.0.0.1:9000"))
    let bench = ClientBench(Self.moved(header: "eu-west-1"), .thing, endpoint: endpoint)
    _ = try await bench.client.run(.getThing())
    #expect(bench.requests.map(\.url) == Array(repeating: "http://127.0.0.1:9000/bucket/k", count: 2))
    #expect(bench.requests.map(Self.scope) == ["us-east-1", "eu-west-1"])
  }

  @Test func allRequestsThatWereUnderWayFollow() async throws {
    let count = 6
    let arrivals = Gathering(of: count)
    let transport = ScriptedTransport { request, _ in
      guard Self.scope(request) == "us-east-1" else { return .thing }
      await arrivals.arrive()
      return Self.moved(header: "eu-west-1")
    }
    let bench = ClientBench(transport)
    let good = await withTaskGroup(of: String?.self) { group in
      for number in 0..<count {
        group.addTask { try? await bench.client.run(.getThing(key: "\(number)")) }
      }
      return await group.reduce(into: 0) { $0 += $1 == "good" ? 1 : 0 }
    }
    #expect(good == count)
    #expect(bench.requests.count == 2 * count)
  }

  /// Lets nobody go before all have come.
  private actor Gathering {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) {
      missing = count
    }

    func arrive() async {
      missing -= 1
      guard missing > 0 else {
        for waiter in waiting { waiter.resume() }
        waiting = []
        return
      }
      await withCheckedContinuation { waiting.append($0) }
    }
  }
}
