import Synchronization
import TestSupport
import Testing

@testable import AWSKit

@Suite struct AWSClientRetryTests {
  /// An answer, and what to call it.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var answer: ScriptedAnswer

    init(_ name: String, _ answer: ScriptedAnswer) {
      testDescription = name
      self.answer = answer
    }
  }

  @Test(arguments: [
    Case("503", .status(503)), Case("503 SlowDown", .error(503, "SlowDown")),
    Case("503 with HTML", .status(503, "<html>busy</html>")), Case("429", .status(429)),
    Case("500", .status(500)), Case("500 InternalError", .error(500, "InternalError")), Case("502", .status(502)),
    Case("504", .status(504)), Case("520", .status(520, "<html>")), Case("524", .status(524)),
    Case("408", .status(408, "<html>")), Case("400 TooManyRequests", .error(400, "TooManyRequestsException")),
    Case("400 of an identity provider", .error(400, "IDPCommunicationError")),
    Case("400 RequestTimeout", .error(400, "RequestTimeout")),
    Case("409 OperationAborted", .error(409, "OperationAborted")),
    Case("400 Throttling", .error(400, "ThrottlingException")),
    Case("403 RequestLimitExceeded", .error(403, "RequestLimitExceeded")),
    Case("200 with InternalError", .error(200, "InternalError")), Case("200 with SlowDown", .error(200, "SlowDown")),
    Case("200 without body", .status(200)), Case("204", .status(204)),
    Case("200 cut short", .status(200, "<Thing>go")),
    Case("200 with HTML", .status(200, "<html>log in</html>")), Case("200 with junk", .status(200, "\u{1}\u{2}")),
    Case("200 with a document type", .status(200, "<!DOCTYPE Thing><Thing>good</Thing>")),
    Case("interrupted", .broken(.interrupted)), Case("cannot connect", .broken(.cannotConnect)),
  ])
  func whatMayPassIsTriedAgain(failure: Case) async throws {
    let bench = ClientBench(failure.answer, .thing)
    #expect(try await bench.client.run(.getThing()) == "good")
    #expect(bench.requests.count == 2)
    #expect(bench.sleeps == [0.1])
    #expect(bench.throttle.statistics.requests == 2)
    #expect(bench.throttle.statistics.retries == 1)
  }

  @Test(arguments: [
    Case("403", .status(403)), Case("403 AccessDenied", .error(403, "AccessDenied")),
    Case("403 SignatureDoesNotMatch", .error(403, "SignatureDoesNotMatch")),
    Case("403 RequestTimeTooSkewed", .error(403, "RequestTimeTooSkewed")),
    Case("404", .status(404)), Case("404 NoSuchKey", .error(404, "NoSuchKey")), Case("400", .status(400)),
    Case("400 ExpiredToken", .error(400, "ExpiredToken")), Case("405", .error(405, "MethodNotAllowed")),
    Case("409", .error(409, "BucketNotEmpty")), Case("412", .status(412)), Case("501", .error(501, "NotImplemented")),
    Case("302", .status(302)), Case("304", .status(304)), Case("200 with AccessDenied", .error(200, "AccessDenied")),
    Case("untrusted", .broken(.untrusted)), Case("too large", .broken(.responseTooLarge)),
    Case("other", .broken(.other)),
  ])
  func whatWillNotPassIsFinal(failure: Case) async {
    let bench = ClientBench(failure.answer, .thing)
    await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(bench.requests.count == 1)
    #expect(bench.sleeps == [])
    #expect(bench.throttle.statistics.retries == 0)
  }

  @Test(arguments: [
    (1.0, [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20, 20, 20, 20]),
    (0.5, [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10, 10]),
    (0.0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  ])
  func twelveAttemptsAreMadeWithFullJitter(die: Double, sleeps: [Double]) async {
    let bench = ClientBench(.thing, .status(500), die: die)
    _ = try? await bench.client.run(.getThing(key: nil))
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing(key: nil)) }
    #expect(error?.status == 500)
    #expect(bench.requests.count == 1 + 12)
    #expect(bench.sleeps == sleeps)
  }

  /// Whoever mistyped an address should not wait for long.
  @Test func whatHasNeverAnsweredIsGivenUpSoon() async {
    let bench = ClientBench(.status(503), die: 1)
    await #expect(throws: AWSError.self) { try await bench.client.run(.getThing(key: nil)) }
    #expect(bench.requests.count == 6)
    #expect(bench.requests.allSatisfy { $0.stallTimeoutSeconds == 10 && $0.deadlineSeconds == 60 })
    #expect(bench.requests.allSatisfy { $0.minimumBytesPerSecond == 100 })
  }

  /// One object that is never answered for keeps nobody waiting for long.
  @Test func sixAttemptsAreMadeToReadAnObject() async {
    let bench = ClientBench(.status(500), die: 1)
    await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(bench.requests.count == 6)
    #expect(bench.sleeps == [0.2, 0.4, 0.8, 1.6, 3.2])
  }

  /// Each attempt but the first request's gets no answer for so long.
  @Test(arguments: [(seconds: 0.5, requests: 12), (19, 12), (21, 6), (60, 3), (3600, 3)])
  func longSilencesCountForSeveralAttempts(seconds: Double, requests: Int) async {
    let time = Mutex(0.0)
    var surroundings = AWSClient.Dependencies()
    surroundings.sleep = { _ in }
    surroundings.uptime = { time.withLock { $0 } }
    let transport = ScriptedTransport { _, ordinal in
      // What has never answered is given up sooner.
      if ordinal == 0 { return .thing }
      time.withLock { $0 += seconds }
      return .broken(.interrupted)
    }
    let client = AWSClient(
      endpoint: .aws, region: "us-east-1", credentials: StaticCredentialsProvider(.example()), transport: transport,
      throttle: Throttle(concurrency: 1), surroundings: surroundings)
    for _ in 0..<2 { _ = try? await client.run(.getThing(key: nil)) }
    #expect(transport.requests.count == 1 + requests)
  }

  /// Throttling is known by an error's code, too, where the status does not say it.
  @Test(arguments: [
    (ScriptedAnswer.error(200, "SlowDown"), 1), (.error(400, "ThrottlingException"), 1), (.error(503, "SlowDown"), 1),
    (.status(429), 1), (.error(200, "InternalError"), 0), (.error(500, "InternalError"), 0),
  ])
  func throttlingIsCounted(answer: ScriptedAnswer, count: Int) async throws {
    let bench = ClientBench(answer, .thing)
    #expect(try await bench.client.run(.getThing()) == "good")
    #expect(bench.throttle.statistics.throttled == count)
  }

  /// What was throttled says nothing of an object that breaks a connection later, or of a server that does not listen once.
  @Test(arguments: [ScriptedAnswer.broken(.interrupted), .broken(.cannotConnect)])
  func throttlingTakesNoAttemptsFromOthers(answer: ScriptedAnswer) async throws {
    let bench = ClientBench(
      .thing, .status(503), .status(503), .status(503), .status(503), .status(503), .status(503), answer, .thing)
    for _ in 0..<2 { #expect(try await bench.client.run(.getThing()) == "good") }
    #expect(bench.requests.count == 9)
  }

  /// Refusals show that the server works: a scan in which nearly all is refused may be disturbed for as long as another.
  @Test func refusalsRefillTheRetryBudget() async throws {
    let transport = ScriptedTransport { _, ordinal in
      ordinal % 2 == 0 ? .broken(.interrupted) : .error(403, "AccessDenied")
    }
    let bench = ClientBench(transport)
    for _ in 0..<RetryBudget.capacity / RetryBudget.cost(of: .interrupted) + 10 {
      let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
      #expect(error?.isAccessDenied == true)
    }
  }

  @Test func whatRequestsWaitForHereIsNotTheServersSilence() async {
    let time = Mutex(0.0)
    var surroundings = AWSClient.Dependencies()
    surroundings.sleep = { _ in }
    surroundings.uptime = { time.withLock { $0 } }
    let transport = ScriptedTransport { _, ordinal in ordinal == 0 ? .thing : .broken(.interrupted) }
    let client = AWSClient(
      endpoint: .aws, region: "us-east-1",
      // As somebody who types a code of an MFA device.
      credentials: SlowCredentials { time.withLock { $0 += 60 } }, transport: transport,
      throttle: Throttle(concurrency: 1), surroundings: surroundings)
    for _ in 0..<2 { _ = try? await client.run(.getThing(key: nil)) }
    #expect(transport.requests.count == 1 + 12)
  }

  private struct SlowCredentials: CredentialsProvider {
    let wait: @Sendable () -> Void

    func credentials() async throws -> Credentials {
      wait()
      return .example()
    }
  }

  @Test func fourAttemptsAreMadeToConnect() async {
    let bench = ClientBench(.broken(.cannotConnect), die: 1)
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(error?.kind == .transport(.cannotConnect))
    #expect(error?.message == "no answer (https://bucket.s3.us-east-1.amazonaws.com)")
    #expect(bench.requests.count == 4)
    #expect(bench.sleeps == [0.2, 0.4, 0.8])
  }

  @Test func attemptsOfAllKindsCountTogether() async {
    let bench = ClientBench(
      .status(500), .broken(.interrupted), .status(502), .broken(.cannotConnect), .thing)
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(error?.kind == .transport(.cannotConnect))
    #expect(bench.requests.count == 4)
  }

  @Test(arguments: [
    ("3", 3.0), ("0.5", 0.5), ("20", 20), ("120", 20), ("1e300", 20), ("inf", 20),
    // Nothing to be waited for, or nothing that is understood: the jitter decides.
    ("0", 0.1), ("-5", 0.1), ("nan", 0.1), ("-inf", 0.1), ("soon", 0.1), ("", 0.1),
    ("Wed, 21 Oct 2026 07:28:00 GMT", 0.1),
  ])
  func whatTheServerAsksForIsWaited(retryAfter: String, seconds: Double) async throws {
    let slow = ScriptedAnswer.error(503, "SlowDown", headers: [("Retry-After", retryAfter)])
    let bench = ClientBench(slow, .status(503), .thing)
    _ = try await bench.client.run(.getThing())
    // Only after the answer that asked for it.
    #expect(bench.sleeps == [seconds, 0.2])
  }

  @Test func anEmptyBudgetMakesFailuresFinal() async throws {
    let bench = ClientBench(
      ScriptedTransport { request, _ in
        request.path == "/good" ? .thing : request.path == "/slow" ? .status(503) : .status(500)
      })
    func requestsFor(_ key: String) async -> Int {
      let before = bench.requests.count
      _ = try? await bench.client.run(.getThing(key: key))
      return bench.requests.count - before
    }
    // 500 tokens; a run of six attempts costs 50 of them.
    for _ in 0..<10 { #expect(await requestsFor("bad") == 6) }
    #expect(await requestsFor("bad") == 1)
    #expect(await requestsFor("slow") == 1)
    #expect(bench.throttle.statistics.retries == 50)
    // Ten successes pay for one retry.
    for _ in 0..<10 { #expect(await requestsFor("good") == 1) }
    #expect(await requestsFor("bad") == 2)
    #expect(await requestsFor("bad") == 1)
  }

  /// Objects that are never answered for must not end the retries of what is about the bucket.
  @Test func listingsHaveABudgetOfTheirOwn() async throws {
    let bench = ClientBench(.thing, .status(500))
    _ = try await bench.client.run(.getThing(key: nil))
    for _ in 0..<20 { _ = try? await bench.client.run(.getThing()) }
    let before = bench.requests.count
    _ = try? await bench.client.run(.getThing(key: nil))
    #expect(bench.requests.count == before + 12)
  }

  @Test func aRetryThatSucceedsPaysItselfBack() async throws {
    let bench = ClientBench(ScriptedTransport { _, ordinal in ordinal.isMultiple(of: 2) ? .status(500) : .thing })
    for _ in 0..<200 { #expect(try await bench.client.run(.getThing()) == "good") }
    #expect(bench.throttle.statistics.retries == 200)
  }

  @Test func afterStoppingNothingIsSent() async {
    let bench = ClientBench(.status(503), .thing)
    bench.throttle.stop()
    let write = await #expect(throws: AWSError.self) { try await bench.client.run(.putThing()) }
    #expect(write?.isStopped == true)
    #expect(bench.requests.isEmpty)
    // What was written may still be looked at, once.
    let read = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(read?.status == 503 && bench.requests.count == 1)
    bench.throttle.stopReads()
    let late = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(late?.isStopped == true && bench.requests.count == 1)
    #expect(bench.sleeps == [])
  }

  @Test func stoppingEndsAWaitForTheNextAttempt() async {
    var surroundings = AWSClient.Dependencies()
    let (naps, nap) = AsyncStream.makeStream(of: Void.self)
    surroundings.sleep = { _ in
      nap.yield()
      try? await Task.sleep(for: .seconds(3600))
    }
    let transport = ScriptedTransport([.status(503)])
    let throttle = Throttle(concurrency: 1)
    let client = AWSClient(
      endpoint: .aws, region: "us-east-1", credentials: StaticCredentialsProvider(.example()), transport: transport,
      throttle: throttle, surroundings: surroundings)
    async let failure = #expect(throws: AWSError.self) { try await client.run(.getThing()) }
    for await _ in naps { break }
    throttle.stop()
    throttle.stopReads()
    #expect(await failure?.isStopped == true)
    #expect(transport.requests.count == 1)
  }

  /// Failures that leave open whether the server has carried the operation out.
  @Test(arguments: [
    Case("500", .status(500)), Case("502", .status(502)), Case("504", .error(504, "GatewayTimeout")),
    Case("200 with InternalError", .error(200, "InternalError")), Case("200 cut short", .status(200, "<Thing>go")),
    Case("200 with HTML", .status(200, "<html>log in</html>")), Case("interrupted", .broken(.interrupted)),
    Case("too large", .broken(.responseTooLarge)), Case("other", .broken(.other)),
  ])
  func aWriteOfUnknownOutcomeIsNotRepeatedBlindly(failure: Case) async {
    let bench = ClientBench(failure.answer, .thing)
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.putThing()) }
    #expect(error?.isOutcomeUnknown == true)
    #expect(bench.requests.count == 1)
    #expect(bench.requests.allSatisfy { !$0.maySendTwice })
  }

  /// Failures that say that nothing was done.
  @Test(arguments: [
    Case("503", .status(503)), Case("503 SlowDown", .error(503, "SlowDown")),
    Case("200 with SlowDown", .error(200, "SlowDown")), Case("400 RequestTimeout", .error(400, "RequestTimeout")),
    Case("409 OperationAborted", .error(409, "OperationAborted")), Case("cannot connect", .broken(.cannotConnect)),
  ])
  func aWriteThatWasNotDoneIsTriedAgain(failure: Case) async throws {
    let bench = ClientBench(failure.answer, .thing)
    #expect(try await bench.client.run(.putThing()) == "good")
    #expect(bench.requests.count == 2)
  }

  @Test func aRefusedWriteHasAKnownOutcome() async {
    let bench = ClientBench(.error(403, "AccessDenied"))
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.putThing()) }
    #expect(error?.isOutcomeUnknown == false)
  }

  @Test func repeatingAWriteWaitsAndEndsAsOtherRetriesDo() async {
    let bench = ClientBench(.status(500), die: 1)
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.putThing()) }
    guard let error else { return }
    #expect(await bench.client.mayRepeat(after: error, attempt: 1))
    #expect(await bench.client.mayRepeat(after: error, attempt: 2))
    #expect(bench.sleeps == [0.2, 0.4])
    #expect(await !bench.client.mayRepeat(after: error, attempt: 12))
    bench.throttle.stop()
    #expect(await !bench.client.mayRepeat(after: error, attempt: 1))
  }

  @Test func stoppingEndsWhatIsBeingTriedAgain() async {
    let throttle = Log<Throttle>()
    let transport = ScriptedTransport { _, ordinal in
      if ordinal == 2 { throttle.entries.first?.stop() }
      return .status(500)
    }
    let bench = ClientBench(transport)
    throttle.note(bench.throttle)
    await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(bench.requests.count == 3)
  }

  @Test func aCancelledTaskTriesNothingAgain() async {
    let bench = ClientBench(.status(503), .thing)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    }
    await task.value
    #expect(bench.requests.count == 1)
  }

  @Test func throttlingIsCountedAndNarrowsTheGate() async throws {
    let bench = ClientBench(.status(503), .status(429), .status(500), .thing)
    #expect(bench.throttle.limit(of: .read) == 8)
    _ = try await bench.client.run(.getThing())
    #expect(
      bench.throttle.statistics == Throttle.Statistics(requests: 4, retries: 3, throttled: 2))
    #expect(bench.throttle.limit(of: .read) == 4)
  }

  @Test func everyAttemptIsSignedAnew() async throws {
    let moments = Log<Timestamp>()
    var surroundings = AWSClient.Dependencies()
    surroundings.sleep = { _ in }
    surroundings.now = {
      moments.note(.example)
      return Timestamp(seconds: Timestamp.example.seconds + moments.entries.count)
    }
    let transport = ScriptedTransport([.status(500), .thing])
    let client = AWSClient(
      endpoint: .aws, region: "us-east-1", credentials: StaticCredentialsProvider(.example()), transport: transport,
      throttle: Throttle(concurrency: 1), surroundings: surroundings)
    _ = try await client.run(.getThing())
    #expect(
      transport.requests.map { $0.header("x-amz-date") } == ["20130524T000001Z", "20130524T000002Z"])
    #expect(Set(transport.requests.map(\.signature)).count == 2)
    #expect(transport.requests.allSatisfy { $0.headers.count == 3 })
  }
}
