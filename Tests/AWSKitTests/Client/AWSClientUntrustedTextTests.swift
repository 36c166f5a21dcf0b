import TestSupport
import Testing

@testable import AWSKit

/// What servers say, on its way to terminals and journals; and what cannot be said to them.
@Suite struct AWSClientUntrustedTextTests {
  private static let token = "FwoGZXIvYXdzEBYaDExampleToken/with+signs=and/more+of=them"

  private static func error(
    _ transport: ScriptedTransport, token: String? = nil
  ) async -> AWSError? {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let bench = ClientBench(
      transport, policy: policy, credentials: StaticCredentialsProvider(.example(token: token)))
    return await #expect(throws: AWSError.self) { _ = try await bench.client.run(.getThing()) }
  }

  @Test(arguments: [100, 60_000])
  func errorsAreCut(count: Int) async {
    let text = String(repeating: "\u{e9}", count: count)
    let error = await Self.error(
      ScriptedTransport([
        .status(
          400,
          "<Error><Code>C\(text)</Code><Message>M\(text)</Message><RequestId>R\(text)</RequestId><Region>\(text)</Region>"
            + "<ArgumentName>\(text)</ArgumentName><ArgumentValue>\(text)</ArgumentValue></Error>")
      ]))
    #expect(error?.status == 400)
    #expect(error?.code?.hasPrefix("C\u{e9}") == true)
    #expect((error?.description.utf8.count ?? .max) < 2048)
    let malformed = await Self.error(ScriptedTransport([.status(200, "<R\(text)/>")]))
    #expect((malformed?.description.utf8.count ?? .max) < 1300)
  }

  /// A server that shows what it was sent: whole, cut off, in a URL's form.
  @Test func noSecretIsShown() async throws {
    let secret = Credentials.example().secretAccessKey
    let error = await Self.error(
      ScriptedTransport { request, _ in
        let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let echo =
          "\(headers) \(secret) \(PercentEncoding.encode(Self.token)) \(Self.token.prefix(20)) x\(secret.prefix(15))"
        return .status(
          403,
          "<Error><Code>\(Self.token)</Code><Message>\(echo)</Message><ArgumentName>\(secret)</ArgumentName>"
            + "<ArgumentValue>\(echo)</ArgumentValue></Error>", headers: [("x-amz-request-id", Self.token)])
      }, token: Self.token)
    let shown = try #require(error?.description)
    #expect(shown.contains("x-amz-security-token: ***"))
    #expect(shown.contains("AWS4-HMAC-SHA256 ***"))
    for word in [
      secret, Self.token, String(Self.token.prefix(20)), String(secret.prefix(15)), "Signature=", "Credential=",
    ] {
      #expect(!shown.contains(word), "\(word)")
    }
  }

  @Test func theAlgorithmMayBeNamed() async {
    let message = "Please use AWS4-HMAC-SHA256"
    let error = await Self.error(
      ScriptedTransport([.status(400, "<Error><Code>InvalidRequest</Code><Message>\(message).</Message></Error>")]))
    #expect(error?.message == message + ".")
  }

  @Test(arguments: [
    ("Unsupported proxy syntax in 'http://user:pa55@h:x'", "Unsupported proxy syntax in 'http://***@h:x'"),
    ("pa55", "***"), ("Could not resolve proxy: h", "Could not resolve proxy: h"),
  ])
  func noProxysPasswordIsShown(text: String, shown: String) {
    #expect(ProxySettings(["http://user:pa55@h:x", "h:80"]).scrub(text) == shown)
  }

  @Test func aProxysPasswordMayHaveAnyCharacters() {
    for url in [
      "http://user:s/cret/99@h:1", "user:s/cret/99@h:1", "http://user:s@cret/99@h:1", "socks5h://s/cret/99@h",
    ] {
      let text = ProxySettings([url]).scrub("Unsupported proxy syntax in '\(url)': bad")
      #expect(!text.contains("cret") && text.hasSuffix("': bad"), "\(text)")
    }
  }

  // MARK: - What cannot be sent

  private static func copy(_ grantee: Grantee) throws -> InPlaceCopy {
    InPlaceCopy(
      head: try ObjectHead(HTTPResponse(status: 200, headers: HTTPHeaders([("ETag", "e"), ("Content-Length", "1")]))),
      acl: AccessControlList(owner: CanonicalID("site"), grants: [Grant(grantee, .read)]), encryption: nil, lock: nil)
  }

  @Test(arguments: [
    "a\", id=\"b", "a\"", "\"", "a,b", "a\\", "a\r\nx-amz-acl: public-read", "a\n", "\u{e9}", "a\u{0}", "", "\u{201d}",
  ])
  func noGranteeBecomesAnother(id: String) async throws {
    for grantee in [Grantee.canonicalUser(CanonicalID(id)), .group(id)] {
      let bench = ClientBench(.status(200, "<CopyObjectResult/>"))
      let copy = try Self.copy(grantee)
      let error = await #expect(throws: AWSError.self) {
        _ = try await bench.client.copyObject(bucket: "bucket", key: ObjectKey("k"), copy)
      }
      #expect(error?.kind == .transport(.other))
      await #expect(throws: AWSError.self) {
        _ = try await bench.client.createMultipartCopy(bucket: "bucket", key: ObjectKey("k"), copy)
      }
      #expect(bench.requests.isEmpty)
    }
  }

  @Test(arguments: ["0a1f", "tenant$user", "a b", "a=b;c'd", "http://acs.amazonaws.com/groups/global/AllUsers"])
  func otherGranteesAreQuoted(id: String) async throws {
    let bench = ClientBench(.status(200, "<CopyObjectResult/>"))
    _ = try await bench.client.copyObject(
      bucket: "bucket", key: ObjectKey("k"), Self.copy(.canonicalUser(CanonicalID(id))))
    #expect(bench.requests.first?.header("x-amz-grant-read") == "id=\"\(id)\"")
  }

  @Test(arguments: ["\u{0}", "a\u{1}b", "\u{1b}", "\u{fffe}", "\u{ffff}"])
  func whatXMLCannotHoldIsNotSent(text: String) async {
    let bench = ClientBench(.status(200))
    for acl in [
      AccessControlList(owner: CanonicalID(text), grants: []),
      AccessControlList(owner: CanonicalID("o"), grants: [Grant(.group(text), .read)]),
    ] {
      let error = await #expect(throws: AWSError.self) {
        try await bench.client.putObjectACL(bucket: "bucket", key: ObjectKey("k"), acl: acl)
      }
      #expect(error?.kind == .transport(.other))
    }
    await #expect(throws: AWSError.self) {
      try await bench.client.putObjectTags(
        bucket: "bucket", key: ObjectKey("k"), tags: [ObjectTag(key: "k", value: text)])
    }
    #expect(bench.requests.isEmpty)
  }

  // MARK: - Clocks

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200), ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
    ("Sun, 31 Dec 2000 23:59:59 GMT", 978_307_199),
  ])
  func datesOfServersAreRead(text: String, seconds: Int) {
    #expect(Timestamp(httpDate: text)?.seconds == seconds)
  }

  @Test(arguments: [
    "", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 99 Nov 1994 08:49:37 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov -1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
  ])
  func otherTextsAreNoDates(text: String) {
    #expect(Timestamp(httpDate: text) == nil)
  }

  /// As AWS's SDKs do it: sign again by the server's clock, and all that follows.
  @Test func aClockThatIsWrongIsSetOnce() async throws {
    let date = "Fri, 24 May 2013 01:00:00 GMT"
    let skewed = ScriptedAnswer.error(403, "RequestTimeTooSkewed", headers: [("Date", date)])
    let bench = ClientBench(skewed, .thing)
    #expect(try await bench.client.run(.getThing()) == "good")
    _ = try await bench.client.run(.getThing())
    let times = bench.requests.map { $0.header("x-amz-date") }
    #expect(times[1...] == ["20130524T010000Z", "20130524T010000Z"])
    #expect(times[0] == Timestamp.example.basic)
    #expect(bench.sleeps == [] && bench.throttle.statistics.retries == 0)

    let stubborn = ClientBench(skewed)
    await #expect(throws: AWSError.self) { try await stubborn.client.run(.getThing()) }
    #expect(stubborn.requests.count == 2)
  }

  /// Other services than S3 say only that the signature is wrong, which it is for other reasons, too.
  @Test(arguments: [
    ("SignatureDoesNotMatch", "Fri, 24 May 2013 00:05:00 GMT", 2),
    ("InvalidSignatureException", "Fri, 24 May 2013 01:00:00 GMT", 2),
    ("SignatureDoesNotMatch", "Fri, 24 May 2013 00:04:59 GMT", 1), ("AccessDenied", "Fri, 24 May 2013 01:00:00 GMT", 1),
  ])
  func aWrongClockOfOtherServices(code: String, date: String, requests: Int) async {
    let transport = ScriptedTransport([.error(403, code, headers: [("Date", date)]), .thing])
    var surroundings = AWSClient.Dependencies()
    surroundings.now = { .example }
    let client = AWSClient(
      service: .sts, endpoint: .aws, region: "us-east-1", credentials: StaticCredentialsProvider(.example()),
      transport: transport, throttle: Throttle(concurrency: 1), surroundings: surroundings)
    _ = try? await client.run(.getThing(key: nil))
    #expect(transport.requests.count == requests)
  }

  /// A machine that was suspended has many requests under way with a time of long ago: each is sent again.
  @Test func allRequestsUnderWayAreSignedAgain() async throws {
    let date = "Fri, 24 May 2013 01:00:00 GMT"
    let transport = ScriptedTransport { request, ordinal in
      // The first ones are answered together.
      if ordinal < 4 { try? await Task.sleep(for: .milliseconds(50)) }
      return request.header("x-amz-date") == "20130524T010000Z"
        ? .thing : .error(403, "RequestTimeTooSkewed", headers: [("Date", date)])
    }
    let bench = ClientBench(transport)
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<4 { group.addTask { try await bench.client.run(.getThing()) } }
      for try await answer in group { #expect(answer == "good") }
    }
  }

  /// The clock is right again after a suspend: what was signed before it is signed once more all the same.
  @Test(arguments: [HTTPMethod.get, .head])
  func aRequestThatSleptIsSignedAgain(method: HTTPMethod) async throws {
    let clock = ManualClock()
    let transport = ScriptedTransport { request, ordinal in
      if ordinal == 0 {
        clock.jump(seconds: 3600)
        let headers = [(name: "Date", value: "Fri, 24 May 2013 01:00:00 GMT")]
        return method == .head
          ? .status(403, headers: headers) : .error(403, "RequestTimeTooSkewed", headers: headers)
      }
      return request.header("x-amz-date") == clock.now.basic ? .thing : .error(403, "RequestTimeTooSkewed")
    }
    let bench = ClientBench(transport, clock: clock)
    let operation = AWSOperation<String>("Thing", method, bucket: "bucket", key: ObjectKey("k")) {
      _ throws(XMLError) in "good"
    }
    #expect(try await bench.client.run(operation) == "good")
    #expect(bench.requests.map(\.method) == [method, method])
  }

  /// A HEAD's 403 may be one of those; its date says so.
  @Test func aForbiddenHeadOfLongAgoIsSignedAgain() async throws {
    let operation = AWSOperation<String>("HeadThing", .head, bucket: "bucket", key: ObjectKey("k")) {
      _ throws(XMLError) in "there"
    }
    let late = ScriptedAnswer.status(403, headers: [("Date", "Fri, 24 May 2013 01:00:00 GMT")])
    let bench = ClientBench(late, .status(200))
    #expect(try await bench.client.run(operation) == "there")
    #expect(bench.requests.map { $0.header("x-amz-date") }.last == "20130524T010000Z")
    // A few minutes are no reason.
    let soon = ScriptedAnswer.status(403, headers: [("Date", "Fri, 24 May 2013 00:10:00 GMT")])
    let denied = ClientBench(ScriptedTransport([soon, .error(403, "AccessDenied")]))
    await #expect(throws: AWSError.self) { try await denied.client.run(operation) }
    #expect(denied.requests.map(\.method) == [.head, .get])
  }

  @Test(arguments: [nil, "yesterday", "Mon, 23 Nov 2020 11:15:00 GMT"] as [String?])
  func aClockIsNotSetByJustAnything(date: String?) async {
    let bench = ClientBench(.error(403, "RequestTimeTooSkewed", headers: date.map { [("Date", $0)] } ?? []))
    await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(bench.requests.count == 1)
  }
}
