import TestSupport
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
    // Twice: before each waits for its turn, and when it has come.
    #expect(bench.requests.map { $0.header("x-amz-security-token") } == ["T2", "T4"])
    #expect(bench.requests[1].header("Authorization")?.contains("Credential=ID4/") == true)
  }

  @Test func withoutThemNothingIsSentAndNothingTriedAgain() async {
    let bench = ClientBench(ScriptedTransport([.thing]), credentials: Failing())
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(error?.kind == .credentials)
    #expect(error?.description == "no keys in the box")
    #expect(bench.requests.isEmpty && bench.sleeps.isEmpty)
    // No place was taken that is not given back.
    #expect(bench.throttle.statistics == Throttle.Statistics())
  }

  /// Has other credentials once these are rejected, as often as there are any.
  private final class Replaceable: CredentialsProvider {
    let rejections = Log<String>()
    private let last: Int

    /// - Parameter last: the number of the last credentials that there are.
    init(last: Int) { self.last = last }

    func credentials() async throws -> Credentials { key(min(rejections.entries.count + 1, last)) }

    func credentials(insteadOf rejected: Credentials) async throws -> Credentials {
      rejections.note(rejected.accessKeyID)
      return try await credentials()
    }

    private func key(_ number: Int) -> Credentials {
      Credentials(accessKeyID: "ID\(number)", secretAccessKey: "s", sessionToken: "T\(number)")
    }
  }

  @Test(arguments: ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"])
  func expiredCredentialsAreReplacedAndTheRequestRepeated(code: String) async throws {
    let provider = Replaceable(last: 2)
    let bench = ClientBench(ScriptedTransport([.error(400, code), .thing]), credentials: provider)
    // A write too: it was not made.
    #expect(try await bench.client.run(.putThing()) == "good")
    #expect(provider.rejections.entries == ["ID1"])
    #expect(bench.requests.map { $0.header("x-amz-security-token") } == ["T1", "T2"])
    // That is no retry: nothing was overloaded.
    #expect(bench.sleeps.isEmpty)
    #expect(bench.throttle.statistics.retries == 0)
  }

  @Test func notForEver() async {
    let provider = Replaceable(last: 99)
    let bench = ClientBench(ScriptedTransport([.error(400, "ExpiredToken")]), credentials: provider)
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(error?.code == "ExpiredToken")
    #expect(error?.refusesCredentials == true)
    #expect(bench.requests.count == 11)
  }

  @Test func theSameCredentialsAgainAreNotSent() async {
    let provider = Replaceable(last: 1)
    let bench = ClientBench(ScriptedTransport([.error(403, "ExpiredToken")]), credentials: provider)
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
    #expect(error?.code == "ExpiredToken")
    #expect(bench.requests.count == 1)
  }

  @Test func otherRefusalsReplaceNothing() async {
    for code in ["AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken"] {
      let provider = Replaceable(last: 9)
      let bench = ClientBench(ScriptedTransport([.error(403, code)]), credentials: provider)
      await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
      #expect(provider.rejections.entries.isEmpty)
    }
  }

  private static func head() -> AWSOperation<String> {
    AWSOperation("HeadThing", .head, bucket: "bucket", key: ObjectKey("k")) { _ throws(XMLError) in "there" }
  }

  /// The answer to a HEAD does not say why it is 400.
  @Test func aHeadThatFailsIsAskedOtherwise() async throws {
    let provider = Replaceable(last: 2)
    let bench = ClientBench(
      ScriptedTransport([.status(400), .error(400, "ExpiredToken"), .status(200)]), credentials: provider)
    #expect(try await bench.client.run(Self.head()) == "there")
    #expect(bench.requests.map(\.method) == [.head, .get, .head])
    #expect(bench.requests[1].header("Range") == "bytes=0-0")
    #expect(bench.requests.map { $0.header("x-amz-security-token") } == ["T1", "T1", "T2"])
    // An object that is encrypted with a customer's key.
    let other = Replaceable(last: 2)
    let customer = ClientBench(
      ScriptedTransport([.status(400), .error(400, "InvalidRequest")]), credentials: other)
    let error = await #expect(throws: AWSError.self) { try await customer.client.run(Self.head()) }
    #expect(error?.operation == "HeadThing" && error?.status == 400)
    #expect(other.rejections.entries.isEmpty)
    // The question is about the credentials that were rejected, whatever others there are by now.
    let late = ClientBench(
      ScriptedTransport([.status(400), .error(400, "ExpiredToken"), .status(200)]), credentials: Renewing())
    #expect(try await late.client.run(Self.head()) == "there")
    #expect(late.requests[1].header("x-amz-security-token") == late.requests[0].header("x-amz-security-token"))
    // Keys that do not expire need no such question.
    let keys = ClientBench(ScriptedTransport([.status(400)]))
    await #expect(throws: AWSError.self) { try await keys.client.run(Self.head()) }
    #expect(keys.requests.count == 1)
  }

  /// A HEAD without credentials that are good says so: it is not the answer for a customer's key.
  @Test(arguments: [1, 99], ["ExpiredToken", "InvalidToken"])
  func aHeadWithCredentialsThatAreNoGoodSaysSo(last: Int, code: String) async {
    let answers: [ScriptedAnswer] = [.status(400), .error(400, code)]
    let bench = ClientBench(
      ScriptedTransport(Array(repeating: answers, count: 12).flatMap { $0 }), credentials: Replaceable(last: last))
    let operation = AWSOperation<String>("HeadObject", .head, bucket: "bucket", key: ObjectKey("k")) {
      _ throws(XMLError) in "there"
    }
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(operation) }
    #expect(error?.code == code && error?.operation == "HeadObject")
    #expect(error?.refusesCredentials == true && error?.meansCustomerKey == false)
  }

  /// Why a HEAD was refused is asked until there is an answer: it could be a customer's key.
  @Test func aQuestionThatFailsIsNoAnswer() async throws {
    for failure in [
      ScriptedAnswer.error(503, "SlowDown"), .broken(.interrupted), .status(206), .error(416, "InvalidRange"),
    ] {
      let bench = ClientBench(
        ScriptedTransport([.status(400), failure, .status(200)]), credentials: Replaceable(last: 1))
      #expect(try await bench.client.run(Self.head()) == "there")
      #expect(bench.requests.map(\.method) == [.head, .get, .head])
    }
    let bench = ClientBench(
      ScriptedTransport { request, _ in request.method == .head ? .status(400) : .error(503, "SlowDown") },
      credentials: Replaceable(last: 1))
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(Self.head()) }
    #expect(error?.code == "SlowDown")
  }

  /// Nor does a HEAD's 403 say whether the keys are any good.
  @Test(arguments: ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"])
  func aForbiddenHeadIsAskedOtherwise(code: String) async throws {
    let bench = ClientBench(ScriptedTransport([.status(403), .error(403, code)]))
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(Self.head()) }
    #expect(error?.code == code && error?.operation == "HeadThing")
    #expect(error?.refusesCredentials == true)
    #expect(bench.requests.map(\.method) == [.head, .get])
  }

  /// Only where that is not known: most objects of others are forbidden to somebody.
  @Test func goodKeysAreNotAskedForAgain() async throws {
    for first in [ScriptedAnswer.thing, .error(403, "AccessDenied")] {
      let bench = ClientBench(ScriptedTransport([first, .status(403)]))
      _ = try? await bench.client.run(.getThing())
      for _ in 0..<3 {
        let error = await #expect(throws: AWSError.self) { try await bench.client.run(Self.head()) }
        #expect(error?.isAccessDenied == true)
      }
      #expect(bench.requests.map(\.method) == [.get, .head, .head, .head])
    }
    let denied = ClientBench(
      ScriptedTransport { request, _ in request.method == .head ? .status(403) : .error(403, "AccessDenied") })
    for _ in 0..<3 { await #expect(throws: AWSError.self) { try await denied.client.run(Self.head()) } }
    #expect(denied.requests.map(\.method) == [.head, .get, .head, .head])
  }

  /// What was so a second ago may not be so now.
  @Test(arguments: [(0.9, 0), (1.1, 1)])
  func whatIsKnownOfKeysIsSoonForgotten(seconds: Double, questions: Int) async throws {
    let bench = ClientBench(
      ScriptedTransport { request, _ in
        request.method == .head ? .status(403) : request.header("Range") == nil ? .thing : .error(403, "AccessDenied")
      })
    _ = try await bench.client.run(.getThing())
    for _ in 0..<3 {
      bench.clock.advance(seconds: seconds)
      await #expect(throws: AWSError.self) { try await bench.client.run(Self.head()) }
      _ = try await bench.client.run(.getThing())
    }
    #expect(bench.requests.count { $0.header("Range") != nil } == 3 * questions)
  }

  /// An object that can be read is not forbidden, and what a GET says of it counts more than a bare 403.
  @Test func whatTheGETSaysCounts() async throws {
    for answer in [ScriptedAnswer.status(206), .error(416, "InvalidRange")] {
      let bench = ClientBench(ScriptedTransport([.status(403), answer, .status(200)]))
      #expect(try await bench.client.run(Self.head()) == "there")
    }
    for code in ["RequestTimeTooSkewed", "UserSuspended", "InvalidObjectState"] {
      let bench = ClientBench(ScriptedTransport([.status(403), .error(403, code)]))
      let error = await #expect(throws: AWSError.self) { try await bench.client.run(Self.head()) }
      #expect(error?.code == code && error?.isAccessDenied == false)
    }
  }

  @Test func withoutCredentialsNothingIsSigned() async throws {
    let transport = ScriptedTransport([.thing])
    let client = AWSClient(
      service: .sso, endpoint: .aws, region: "eu-west-1", credentials: nil, transport: transport,
      throttle: Throttle(concurrency: 1))
    _ = try await client.run(AWSOperation<String>.getThing(bucket: nil, key: nil))
    #expect(transport.requests.first?.header("Authorization") == nil)
    #expect(transport.requests.first?.header("x-amz-date") == nil)
  }

  @Test func errorsInJSON() async {
    let cases: [(String, [(name: String, value: String)], code: String?, message: String, argument: String?)] = [
      (
        #"{"message":"no"}"#, [("x-amzn-ErrorType", "UnauthorizedException:http://x")], "UnauthorizedException", "no",
        nil
      ),
      (#" {"__type":"com.amazonaws.sso#Gone","Message":"m"}"#, [], "Gone", "m", nil),
      (
        #"{"error":"invalid_grant","error_description":"d"}"#, [("x-amzn-errortype", "InvalidGrantException")],
        "InvalidGrantException", "d", "invalid_grant"
      ),
      (#"{"error":"TOKEN_EXPIRED","message":"m"}"#, [], "TOKEN_EXPIRED", "m", "TOKEN_EXPIRED"),
    ]
    for (body, headers, code, message, argument) in cases {
      let bench = ClientBench(.status(403, body, headers: headers))
      let error = await #expect(throws: AWSError.self) { try await bench.client.run(.getThing()) }
      #expect(error?.code == code)
      #expect(error?.message == message)
      #expect(error?.argument?.value == argument)
    }
  }

  @Test func secretsOfAnOperationAreNotShown() async {
    let bench = ClientBench(.error(400, "Bad", more: "<ArgumentValue>PLANTEDsecret1</ArgumentValue>"))
    var operation = AWSOperation<String>.getThing()
    operation.secrets = ["PLANTEDsecret1"]
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(operation) }
    #expect(error.map { "\($0)" }?.contains("PLANTED") == false)
  }
}
