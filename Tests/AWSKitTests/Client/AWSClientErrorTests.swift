import Testing

@testable import AWSKit

@Suite struct AWSClientErrorTests {
  private static func error(_ answer: ScriptedAnswer, bucket: String? = "bucket", key: String? = "k") async -> AWSError?
  {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    policy.maximumConnectAttempts = 1
    let bench = ClientBench(answer, policy: policy)
    return await #expect(throws: AWSError.self) { try await bench.client.run(.getThing(bucket: bucket, key: key)) }
  }

  // REST error responses, S3 API Reference.
  @Test func amazonsErrorIsRead() async {
    let error = await Self.error(
      .status(
        404,
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Error>
          <Code>NoSuchKey</Code>
          <Message>The resource you requested does not exist</Message>
          <Resource>/mybucket/myfoto.jpg</Resource>
          <RequestId>4442587FB7D0A2F9</RequestId>
          <HostId>Uuag1LuByRx9e6j5Onimru9pO4ZVKnJ2Qz7/C1NPcfTWAtRPfTaOFg==</HostId>
        </Error>
        """))
    #expect(error?.kind == .service)
    #expect(error?.operation == "GetThing")
    #expect(error?.bucket == "bucket")
    #expect(error?.key == ObjectKey("k"))
    #expect(error?.status == 404)
    #expect(error?.code == "NoSuchKey")
    #expect(error?.message == "The resource you requested does not exist")
    #expect(error?.requestID == "4442587FB7D0A2F9")
    #expect(error?.region == nil)
    #expect(error?.isNotFound == true)
    #expect(error?.isAccessDenied == false)
    #expect(
      error?.description
        == "GetThing s3://bucket/k: 404 NoSuchKey (request 4442587FB7D0A2F9) The resource you requested does not exist")
  }

  @Test(arguments: [
    ("error-slowdown", 503, "SlowDown", "tx000006fe94cf83bd4e2b8-006b042527-1028-default"),
    ("error-nosuchbucket", 404, "NoSuchBucket", "tx00000454987432779b008-006b042525-1028-default"),
    ("error-accessdenied", 403, "AccessDenied", "tx000005d0e91715aa4855b-006b042525-1028-default"),
    ("error-invalidaccesskeyid", 403, "InvalidAccessKeyId", "tx000009c4b55903a921921-006b042525-1028-default"),
    ("error-signaturedoesnotmatch", 403, "SignatureDoesNotMatch", "tx0000048ba11b23cd884a5-006b042525-1028-default"),
    ("error-requesttimetooskewed", 403, "RequestTimeTooSkewed", "tx0000005592e8dae9a2489-006b042525-1028-default"),
  ])
  func radosGWsErrorsAreRead(recording: String, status: Int, code: String, requestID: String) async throws {
    let error = await Self.error(.success(try Recording.named(recording)))
    #expect(error?.status == status)
    #expect(error?.code == code)
    #expect(error?.requestID == requestID)
    #expect(error?.description == "GetThing s3://bucket/k: \(status) \(code) (request \(requestID))")
    #expect(error?.isAccessDenied == (code == "AccessDenied"))
  }

  @Test(
    arguments: [
      (301, "PermanentRedirect"), (400, "BadRequest"), (403, "AccessDenied"), (404, "NotFound"),
      (412, "PreconditionFailed"),
      (503, "ServiceUnavailable"), (500, nil), (502, nil), (418, nil), (429, nil), (408, nil), (100, nil), (302, nil),
    ] as [(Int, String?)])
  func aStatusStandsInForAMissingBody(status: Int, code: String?) async {
    for body in ["", " \n"] + Self.othersBodies {
      let error = await Self.error(.status(status, body))
      // A proxy that refuses something says nothing of the object.
      if (400..<500).contains(status), ![408, 429].contains(status), Self.othersBodies.contains(body) {
        #expect(error?.kind == .malformedAnswer, "\(body)")
        #expect(error?.isNotFound == false && error?.isAccessDenied == false && error?.isForbidden == false)
        #expect(error?.status == status && error?.code == nil)
        // It is the service's own word if it has the request's ID.
        let own = await Self.error(.status(status, body, headers: [("x-amz-request-id", "1")]))
        #expect(own?.kind == .service && own?.code == code)
        continue
      }
      #expect(error?.kind == .service)
      #expect(error?.status == status)
      #expect(error?.code == code, "\(body)")
      #expect(error?.message == "")
    }
  }

  private static let othersBodies = [
    "<html><h1>Error</h1></html>", "<Error><Code>Cut", "gateway", "<!DOCTYPE Error><Error/>", "<Error/>", "{", "{}",
  ]

  /// A key can have characters that no XML document can: the code stands before it, and no key can be taken for one.
  @Test(arguments: [
    (
      "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>m</Message><Key>a\u{1}b</Key></Error>",
      "AccessDenied"
    ),
    ("<Error>\n  <Code>ExpiredToken</Code><Resource>&#x1;</Resource></Error>", "ExpiredToken"),
    ("<Error><Key>a\u{1}<Code>NoSuchKey</Code></Key></Error>", nil),
    ("<Error><Code>No Such\u{1}Key</Code></Error>", nil), ("<Error><Code></Code>\u{1}</Error>", nil),
    ("<Error><Code>\(String(repeating: "A", count: 129))</Code>\u{1}</Error>", nil), ("<Error><Code>Cut", nil),
  ])
  func aKeyDoesNotHideTheCode(body: String, code: String?) async {
    let error = await Self.error(.status(403, body, headers: [("x-amz-request-id", "1")]))
    #expect(error?.kind == .service && error?.code == code ?? "AccessDenied")
  }

  /// A service that gives its answers IDs gives them to its refusals, too.
  @Test func aRefusalWithoutAnIDIsOfAProxy() async throws {
    let thing = ScriptedAnswer.status(200, headers: [("x-amz-request-id", "1")])
    let operation = AWSOperation<String>("HeadObject", .head, bucket: "bucket", key: ObjectKey("k")) {
      _ throws(XMLError) in "there"
    }
    let bench = ClientBench(thing, .status(404), .status(403), thing)
    for _ in 0..<2 { #expect(try await bench.client.run(operation) == "there") }
    #expect(bench.requests.count == 4)
    let missing = ClientBench(thing, .status(404, headers: [("x-amz-request-id", "2")]))
    _ = try await missing.client.run(operation)
    let error = await #expect(throws: AWSError.self) { try await missing.client.run(operation) }
    #expect(error?.isNotFound == true && missing.requests.count == 2)
  }

  /// A HEAD has no body, whatever a server sends.
  @Test func aHeadHasNoWords() async {
    let bench = ClientBench(.status(404, "<html/>"))
    let operation = AWSOperation<String>("HeadObject", .head, bucket: "bucket", key: ObjectKey("k")) {
      _ throws(XMLError) in "there"
    }
    let error = await #expect(throws: AWSError.self) { try await bench.client.run(operation) }
    #expect(error?.isNotFound == true)
  }

  @Test func theHeadersSayTheRequestIDAndTheRegionFirst() async {
    let error = await Self.error(
      .error(
        404, "NoSuchBucket", more: "<RequestId>body</RequestId><Region>eu-west-2</Region>",
        headers: [("x-amz-request-id", "header"), ("x-amz-bucket-region", "eu-west-1")]))
    #expect(error?.requestID == "header")
    #expect(error?.region == "eu-west-1")
    let other = await Self.error(
      .error(404, "NoSuchBucket", more: "<RequestId>body</RequestId><Region>eu-west-2</Region>"))
    #expect(other?.requestID == "body")
    #expect(other?.region == "eu-west-2")
  }

  /// S3 says which of the grantees of an ACL it does not know.
  @Test func theArgumentThatTheServerObjectsToIsKept() async {
    let more = "<ArgumentName>CanonicalUser/ID</ArgumentName><ArgumentValue>9e\u{9b}57</ArgumentValue>"
    let error = await Self.error(.error(400, "InvalidArgument", more: more))
    #expect(error?.argument == AWSError.Argument(name: "CanonicalUser/ID", value: "9e\u{9b}57"))
    #expect(
      error?.description == "GetThing s3://bucket/k: 400 InvalidArgument because (CanonicalUser/ID 9e\\u{9b}57)")
    let long = await Self.error(
      .error(400, "InvalidArgument", more: "<ArgumentValue>\(String(repeating: "9", count: 9000))</ArgumentValue>"))
    #expect((long?.description.utf8.count ?? .max) < 1000)
  }

  @Test func errorsNameTheAccountThatSigned() {
    let error = AWSError(
      kind: .service, operation: "O", bucket: "b", status: 403, code: "AccessDenied", message: "", requestID: "R",
      account: "profile tools\u{1b}")
    #expect(error.description == "O s3://b: 403 AccessDenied (request R, as profile tools\\u{1b})")
    let other = AWSError(kind: .credentials, operation: "O", message: "none", account: "the environment")
    // Why there are no credentials has nothing to do with the operation, and names them itself.
    #expect(other.description == "none")
  }

  @Test func anErrorInA200IsTheServicesError() async {
    let error = await Self.error(.error(200, "InternalError", headers: [("x-amz-request-id", "R")]))
    #expect(error?.kind == .service)
    #expect(error?.status == 200)
    #expect(error?.code == "InternalError")
    #expect(error?.requestID == "R")
  }

  @Test func aMalformedAnswerIsToldWithItsRequestID() async {
    let error = await Self.error(.status(200, "<Thing>", headers: [("x-amz-request-id", "R")]))
    #expect(error?.kind == .malformedAnswer)
    #expect(error?.status == 200)
    #expect(error?.code == nil)
    #expect(error?.requestID == "R")
    #expect(
      error?.description.hasPrefix("GetThing s3://bucket/k: 200 (request R) the answer is not well-formed XML: ")
        == true)
  }

  @Test(arguments: [TransportError.Kind.cannotConnect, .untrusted, .interrupted, .responseTooLarge, .other])
  func aBrokenTransportIsToldWithTheHost(kind: TransportError.Kind) async {
    let message = "no answer (https://bucket.s3.us-east-1.amazonaws.com)"
    let error = await Self.error(.broken(kind))
    #expect(error?.kind == .transport(kind))
    #expect(error?.message == message)
    #expect(error?.status == nil && error?.code == nil && error?.requestID == nil)
    #expect(error?.description == "GetThing s3://bucket/k: \(message)")
  }

  @Test func nothingThatAServerSaysReachesATerminalRaw() async {
    let error = await Self.error(
      .error(400, "A\u{9b}B", more: "<RequestId>\u{85}</RequestId>", headers: [("x-amz-request-id", "\u{1b}[2J")]),
      bucket: "b\u{202e}", key: "k\u{1b}\n")
    #expect(
      error?.description
        == "GetThing s3://b\\u{202e}/k\\u{1b}\\n: 400 A\\u{9b}B (request \\u{1b}[2J) because")
  }

  @Test(arguments: [
    (AWSError(kind: .service, operation: "ListBuckets", message: ""), "ListBuckets:"),
    (AWSError(kind: .service, operation: "O", bucket: "b", message: "It is so."), "O s3://b: It is so"),
    (AWSError(kind: .service, operation: "O", bucket: "b", status: 500, message: "so"), "O s3://b: 500 so"),
    (AWSError(kind: .service, operation: "O", key: ObjectKey("k"), message: "so"), "O: so"),
  ])
  func descriptionsSayWhatThereIs(error: AWSError, description: String) {
    #expect(error.description == description)
  }

  @Test(
    arguments: [
      (403, nil, true), (403, "AccessDenied", true), (403, "SignatureDoesNotMatch", false),
      (404, "AccessDenied", false),
      (nil, nil, false),
    ] as [(Int?, String?, Bool)])
  func accessIsDeniedByStatusAndCode(status: Int?, code: String?, isDenied: Bool) {
    #expect(
      AWSError(kind: .service, operation: "O", status: status, code: code, message: "").isAccessDenied == isDenied)
  }
}
