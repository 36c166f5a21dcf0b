import Testing

@testable import AWSKit

/// Whether an object has annotations, as servers say it that know them, and as others do.
@Suite struct ObjectAnnotationsTests {
  private static let elsewhere = AWSEndpoint(url: "http://s3.test")!

  private static func ask(
    _ answer: ScriptedAnswer, _ endpoint: AWSEndpoint = elsewhere
  ) async throws(AWSError) -> (answer: Bool, requests: [HTTPRequest]) {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let bench = ClientBench(answer, endpoint: endpoint, policy: policy)
    let fields = [("ETag", "\"e1-2\""), ("Content-Length", "6000000000")]
    let head: ObjectHead
    do {
      head = try ObjectHead(HTTPResponse(status: 200, headers: HTTPHeaders(fields)))
    } catch {
      preconditionFailure("\(error)")
    }
    let found = try await bench.client.hasAnnotations(bucket: "bucket", key: ObjectKey("a b"), head)
    return (found, bench.requests)
  }

  private static func list(_ content: String, root: String = "ListObjectAnnotationsResult") -> ScriptedAnswer {
    .status(200, "<\(root) xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(content)</\(root)>")
  }

  private static let entry =
    "<Annotations><AnnotationEntry><AnnotationName>a</AnnotationName><Size>1</Size></AnnotationEntry></Annotations>"

  @Test func theRequestAsksForNoMoreThanAByteOfTheObject() async throws {
    let request = try #require(
      try await Self.ask(Self.list("<AnnotationCount>0</AnnotationCount>"), .aws).requests.first)
    #expect(request.method == .get)
    #expect(
      request.url == "https://bucket.s3.us-east-1.amazonaws.com/a%20b?annotation=&max-annotation-results=1")
    #expect(request.header("Range") == "bytes=0-0")
  }

  @Test(
    arguments: [
      (list("<AnnotationCount>0</AnnotationCount><Annotations/>"), false), (list("<Annotations/>"), false),
      (list("<AnnotationCount>0</AnnotationCount>", root: "ListObjectAnnotationsOutput"), false),
      (list("<AnnotationCount>1</AnnotationCount>" + entry), true), (list(entry), true),
      (list("<AnnotationCount>3</AnnotationCount>"), true),
      (list(entry, root: "ListObjectAnnotationsOutput"), true),
      // A page without any says nothing of the next one.
      (list("<AnnotationCount>0</AnnotationCount><NextContinuationToken>t</NextContinuationToken>"), true),
    ] as [(ScriptedAnswer, Bool)], [AWSEndpoint.aws, elsewhere])
  func listsAreRead(list: (answer: ScriptedAnswer, has: Bool), endpoint: AWSEndpoint) async throws {
    #expect(try await Self.ask(list.answer, endpoint).answer == list.has)
  }

  /// Who does not know the sub-resource answers with the object, whatever that is.
  @Test(arguments: [(206, "x"), (206, "<"), (200, "<html/>"), (200, "<Annotations/>")])
  func theObjectItselfIsNoAnnotation(status: Int, body: String) async throws {
    let answer = ScriptedAnswer.status(status, body, headers: [("ETag", "\"e1-2\"")])
    for endpoint in [AWSEndpoint.aws, Self.elsewhere] {
      #expect(try await Self.ask(answer, endpoint).answer == false)
    }
    // Of another object it says nothing.
    let error = await #expect(throws: AWSError.self) {
      try await Self.ask(.status(status, body, headers: [("ETag", "\"e1-3\"")]))
    }
    #expect(error?.kind == .malformedAnswer)
  }

  /// Amazon knows annotations, so there it is no answer.
  @Test(arguments: [
    (501, "NotImplemented"), (405, "MethodNotAllowed"), (400, "InvalidArgument"), (400, "InvalidRequest"),
  ])
  func whoDoesNotDoItHasNone(status: Int, code: String) async throws {
    #expect(try await Self.ask(.error(status, code)).answer == false)
    let error = await #expect(throws: AWSError.self) { try await Self.ask(.error(status, code), .aws) }
    #expect(error?.code == code)
  }

  @Test(
    arguments: [
      .error(403, "AccessDenied"), .error(404, "NoSuchKey"), .error(400, "ExpiredToken"), .error(500, "InternalError"),
      .error(400, "BadRequest"), .status(200, ""), .status(200, "<ListBucketResult/>"), list(""),
      .status(200, "<Error><Code>InternalError</Code></Error>", headers: [("ETag", "\"e1-2\"")]),
    ] as [ScriptedAnswer])
  func otherAnswersAreErrors(answer: ScriptedAnswer) async {
    await #expect(throws: AWSError.self) { try await Self.ask(answer) }
  }
}
