import TestSupport
import Testing

@testable import AWSKit

/// Answers, honest and hostile.
@Suite(.timeLimit(.minutes(1))) struct CurlTransportAnswerTests {
  /// Sends one request to a server that answers so, and then another to one that is well, over the same transport.
  private static func exchange(
    _ steps: [LoopbackServer.Step], _ method: HTTPMethod = .get, maximum: Int = 1 << 20
  ) async throws -> Result<HTTPResponse, TransportError> {
    let hostile = try LoopbackServer { _ in steps }
    let good = try LoopbackServer { _ in [.answer("good")] }
    let transport = CurlTransport(concurrency: 1)
    let result: Result<HTTPResponse, TransportError>
    do throws(TransportError) {
      result = .success(try await transport.send(hostile.request(method, maximum: maximum)))
    } catch {
      result = .failure(error)
    }
    let after = try await transport.send(good.request())
    #expect(after.status == 200)
    #expect(after.body == Array("good".utf8), "nothing is left over from the answer before")
    return result
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
    ("HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello", 200, "hello"),
    ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, ""),
    ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
    ("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", 200, "hello"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", 200, "hello"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: t\r\n\r\n", 200, "hello"),
    ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
    (
      "HTTP/1.1 103 Early Hints\r\nETag: early\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
        + "HTTP/1.1 403 Forbidden\r\nContent-Length: 1\r\n\r\nx", 403, "x"
    ),
    // Redirects are answers.
    ("HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nmo", 301, "mo"),
    ("HTTP/1.1 307 Temporary Redirect\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", 307, ""),
    ("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n", 401, ""),
    ("HTTP/1.1 503 Slow Down\r\nContent-Length: 4\r\n\r\nbusy", 503, "busy"),
    ("HTTP/1.1 999 \u{e4}\r\nContent-Length: 1\r\n\r\nx", 999, "x"),
    // What is encoded stays so: nobody asked for it.
    ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", 200, "nope"),
    // More than was announced.
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world", 200, "hello"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
  ])
  func wholeAnswersAreReadToTheirEnd(raw: String, status: Int, body: String) async throws {
    let response = try await Self.exchange([.send(raw)]).get()
    #expect(response.status == status)
    #expect(String(decoding: response.body, as: UTF8.self) == body)
  }

  @Test func anAnswerWithoutALengthEndsWithTheConnection() async throws {
    let response = try await Self.exchange([.send("HTTP/1.1 200 OK\r\n\r\nhel"), .send("lo"), .close]).get()
    #expect(String(decoding: response.body, as: UTF8.self) == "hello")
  }

  @Test func anAnswerInPiecesIsPutTogether() async throws {
    let raw = "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello"
    let response = try await Self.exchange(raw.utf8.map { .send([$0]) }).get()
    #expect(String(decoding: response.body, as: UTF8.self) == "hello")
    #expect(response.headers["x-a"] == "1")
  }

  @Test func headersAreThoseOfTheLastAnswerAlone() async throws {
    let response = try await Self.exchange([
      .send(
        "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\nETag: interim\r\n\r\n"
          + "HTTP/1.1 200 OK\r\nETag:  \"final\" \r\nX-B: 1\r\nx-b: 2\r\nContent-Length: 0\r\n\r\n")
    ]).get()
    #expect(response.headers["etag"] == "\"final\"")
    #expect(response.headers["x-interim"] == nil)
    #expect(response.headers.fields(withPrefix: "x-b").map(\.value) == ["1", "2"])
  }

  @Test func aHeadHasALengthAndNoBody() async throws {
    let response = try await Self.exchange(
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 123456789\r\nETag: \"e\"\r\n\r\n")], .head
    ).get()
    #expect(response.headers["content-length"] == "123456789")
    #expect(response.body == [])
  }

  /// How a connection ends too early, and what to call it.
  struct Ending: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var steps: [LoopbackServer.Step]

    init(_ name: String, _ steps: LoopbackServer.Step...) {
      testDescription = name
      self.steps = steps
    }
  }

  @Test(arguments: [
    Ending("closed before the answer", .close),
    Ending("reset before the answer", .reset),
    Ending("closed in the status line", .send("HTTP/1.1 20"), .close),
    Ending("closed after the status line", .send("HTTP/1.1 200 OK\r\n"), .close),
    Ending("closed in the headers", .send("HTTP/1.1 200 OK\r\nContent-Le"), .close),
    Ending("closed before the empty line", .send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"), .close),
    Ending("reset in the headers", .send("HTTP/1.1 200 OK\r\nContent-Le"), .reset),
    Ending("closed before the body", .send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), .close),
    Ending("closed in the body", .send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"), .close),
    Ending("reset in the body", .send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"), .reset),
    Ending("closed in a chunk", .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), .close),
    Ending(
      "closed after a chunk", .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), .close),
    Ending("closed after 100 Continue", .send("HTTP/1.1 100 Continue\r\n\r\n"), .close),
  ])
  func anAnswerCutShortIsInterrupted(ending: Ending) async throws {
    for method in [HTTPMethod.get, .put] {
      let result = try await Self.exchange(ending.steps, method)
      #expect(throws: TransportError.self) { try result.get() }
      guard case .failure(let error) = result else { continue }
      #expect(error.kind == .interrupted, "\(error.message)")
      #expect(!error.message.isEmpty)
    }
  }

  @Test(arguments: [
    // No number, or one that cannot be.
    "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    // Another protocol.
    "SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example.com ESMTP\r\n", "<html>hello</html>",
    "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}",
    "HTTP/1.1\r\n\r\n", "HTTP/4.2 200 OK\r\nContent-Length: 0\r\n\r\n",
  ])
  func whatIsNoHTTPIsAnError(raw: String) async throws {
    let result = try await Self.exchange([.send(raw), .close])
    #expect(throws: TransportError.self) { try result.get() }
  }

  @Test(arguments: [
    (4, true), (5, true), (6, false), (1_000_000, false), (1 << 40, false),
  ])
  func aLongAnswerIsRefused(length: Int, isTaken: Bool) async throws {
    let body = String(repeating: "x", count: min(length, 2_000_000))
    let result = try await Self.exchange(
      [.send("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n\(body)")], maximum: 5)
    switch result {
    case .success(let response): #expect(isTaken && response.body.count == length)
    case .failure(let error):
      #expect(!isTaken)
      #expect(error.kind == .responseTooLarge)
      #expect(error.message == "the answer is longer than 5 bytes")
    }
  }

  @Test func aLongAnswerInChunksIsRefused() async throws {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunk = "400\r\n" + String(repeating: "x", count: 1024) + "\r\n"
    let fitting = try await Self.exchange(
      [.send(head + chunk + chunk + "0\r\n\r\n")], maximum: 2048
    ).get()
    #expect(fitting.body.count == 2048)
    let result = try await Self.exchange([.send(head + String(repeating: chunk, count: 10_000))], maximum: 2048)
    guard case .failure(let error) = result else {
      Issue.record("it was taken")
      return
    }
    #expect(error.kind == .responseTooLarge)
  }

  @Test(arguments: [
    Ending(
      "many headers", .send(String(repeating: "X-Bomb: " + String(repeating: "x", count: 1000) + "\r\n", count: 2000))),
    Ending("a long header", .send("X-Bomb: " + String(repeating: "x", count: 2_000_000) + "\r\n")),
    Ending("many short headers", .send(String(repeating: "a:\r\n", count: 400_000))),
    Ending(
      "many interim answers", .send("\r\n" + String(repeating: "HTTP/1.1 103 X\r\nX-Bomb: x\r\n\r\n", count: 60_000))),
  ])
  func headersWithoutEndAreRefused(headers: Ending) async throws {
    let result = try await Self.exchange(
      [.send("HTTP/1.1 103 Early Hints\r\n")] + headers.steps + [.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")])
    #expect(throws: TransportError.self) { try result.get() }
  }

  @Test func anAnswerThatNobodyAskedForIsNotTakenForTheNext() async throws {
    let server = try LoopbackServer { request in
      request.ordinal == 0
        ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
        : [.answer("good")]
    }
    let transport = CurlTransport(concurrency: 1)
    #expect(try await transport.send(server.request()).body == Array("ok".utf8))
    #expect(try await transport.send(server.request()).body == Array("good".utf8))
  }
}
