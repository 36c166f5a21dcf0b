import TestSupport
import Testing

@testable import AWSKit

/// What goes over the wire is what was signed, and nothing else.
@Suite(.timeLimit(.minutes(1))) struct CurlTransportRequestTests {
  private static func server() throws -> LoopbackServer {
    try LoopbackServer { _ in [.answer("ok")] }
  }

  @Test(arguments: [
    ("/", ""), ("/k", "acl="), ("/../up", ""), ("/a/../b", ""), ("/a/./b/.", ""), ("/..", ""), ("//leading", ""),
    ("///a//b//", ""), ("/a%2Fb", ""), ("/q%3Facl", ""), ("/h%23h", ""), ("/%2E%2E/x", ""), ("/100%25", ""),
    ("/%25zz", ""),
    ("/a%20b%2Bc", ""), ("/cr%0D%0Alf", ""), ("/%00%01%7F", ""), ("/~tilde-._", ""), ("/caf%C3%A9", ""),
    ("/back%5Cslash", ""), ("/k", "list-type=2&prefix=..%2F&start-after=%01"), ("/", "a=b%3Fc&a="),
    ("/" + String(repeating: "%F0", count: 1024), ""),
  ])
  func theRequestLineIsSentAsGiven(path: String, query: String) async throws {
    let server = try Self.server()
    let response = try await CurlTransport(concurrency: 1).send(server.request(.get, path, query: query))
    #expect(response.body == Array("ok".utf8))
    #expect(
      server.requests.map { $0.head.first } == ["GET \(path)\(query.isEmpty ? "" : "?" + query) HTTP/1.1"])
  }

  @Test func oneRequestAfterTheOtherIsSentExactly() async throws {
    // All on one connection and one handle, so that nothing may be left over from the request before.
    let server = try LoopbackServer { request in
      request.bytes.starts(with: "HEAD".utf8)
        ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")] : [.answer("ok")]
    }
    let transport = CurlTransport(concurrency: 1)
    let exchanges: [(request: HTTPRequest, lines: [String])] = [
      (server.request(.get, "/1"), ["GET /1 HTTP/1.1"]),
      (
        server.request(.put, "/2", headers: [("Content-Type", "application/xml")], body: "<a/>"),
        ["PUT /2 HTTP/1.1", "Content-Type: application/xml", "Content-Length: 4", "", "<a/>"]
      ),
      (server.request(.get, "/3"), ["GET /3 HTTP/1.1"]),
      (server.request(.put, "/4"), ["PUT /4 HTTP/1.1", "Content-Length: 0"]),
      (server.request(.head, "/5", headers: [("X-A", "1")]), ["HEAD /5 HTTP/1.1", "X-A: 1"]),
      (
        server.request(.put, "/6", headers: [("X-A", "1"), ("x-b", "2")], body: "b"),
        ["PUT /6 HTTP/1.1", "X-A: 1", "x-b: 2", "Content-Length: 1", "", "b"]
      ),
      (server.request(.head, "/7"), ["HEAD /7 HTTP/1.1"]),
      (server.request(.get, "/8"), ["GET /8 HTTP/1.1"]),
      (server.request(.delete, "/9"), ["DELETE /9 HTTP/1.1"]),
      (server.request(.head, "/10"), ["HEAD /10 HTTP/1.1"]),
      (server.request(.delete, "/11"), ["DELETE /11 HTTP/1.1"]),
      (server.request(.post, "/12", query: "delete="), ["POST /12?delete= HTTP/1.1", "Content-Length: 0"]),
      (server.request(.delete, "/13", body: "x"), ["DELETE /13 HTTP/1.1", "Content-Length: 1", "", "x"]),
      (server.request(.get, "/14"), ["GET /14 HTTP/1.1"]),
    ]
    for (request, _) in exchanges {
      let response = try await transport.send(request)
      #expect(response.status == 200)
      #expect(response.body == (request.method == .head ? [] : Array("ok".utf8)))
    }
    let expected = exchanges.map { _, lines in
      let (head, body) =
        lines.count > 2 && lines[lines.count - 2].isEmpty ? (lines.dropLast(2), lines.last!) : (lines[...], "")
      return ([head[0], "Host: \(server.authority)", "User-Agent: fixacl"] + head.dropFirst()).joined(separator: "\r\n")
        + "\r\n\r\n" + body
    }
    #expect(server.requests.map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
    #expect(server.connections == 1)
  }

  @Test func headersAreSentInTheirOrderAndAsTheyAre() async throws {
    let server = try Self.server()
    let request = server.request(
      .put, "/k",
      headers: [
        ("x-amz-meta-b", "2"), ("x-amz-meta-a", "1"), ("x-amz-meta-b", "0"), ("x-amz-meta-empty", ""),
        ("x-amz-meta-blanks", "a   b"), ("x-amz-meta-utf", "gr\u{fc}\u{df}e"), ("x-amz-meta-odd", "a;b:c,\"d\""),
      ])
    _ = try await CurlTransport(concurrency: 1).send(request)
    #expect(
      server.requests.first?.head.dropFirst(3) == [
        "x-amz-meta-b: 2", "x-amz-meta-a: 1", "x-amz-meta-b: 0", "x-amz-meta-empty:", "x-amz-meta-blanks: a   b",
        "x-amz-meta-utf: gr\u{fc}\u{df}e", "x-amz-meta-odd: a;b:c,\"d\"", "Content-Length: 0",
      ])
  }

  @Test(arguments: ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1", "a\u{0}b", "\n", "a\r\n\r\nGET /evil HTTP/1.1"])
  func aHeaderThatWouldEndItsLineIsRefused(value: String) async throws {
    let server = try Self.server()
    let transport = CurlTransport(concurrency: 1)
    #expect(await transport.failure(of: server.request(headers: [("x-amz-meta-a", value)])) == .other)
    #expect(await transport.failure(of: server.request(headers: [("x-amz-meta-" + value, "a")])) == .other)
    _ = try await transport.send(server.request(.get, "/good"))
    #expect(server.requests.map { $0.head.first } == ["GET /good HTTP/1.1"])
  }

  @Test func aLargeBodyIsSentWithoutWaiting() async throws {
    let server = try Self.server()
    // Far more than fits into the socket's buffers, and with every byte there is.
    let body = Array(String(repeating: "large body ", count: 100_000).utf8) + Array(UInt8.min...UInt8.max)
    var request = server.request(.put, "/large")
    request.body = body
    _ = try await CurlTransport(concurrency: 1).send(request)
    let received = try #require(server.requests.first)
    #expect(received.body == body)
    #expect(
      received.head == [
        "PUT /large HTTP/1.1", "Host: \(server.authority)", "User-Agent: fixacl", "Content-Length: \(body.count)",
      ])
  }

  @Test func theUserAgentIsTheOptions() async throws {
    let server = try Self.server()
    var options = CurlTransport.Options()
    options.userAgent = "fixacl/1.2 (test)"
    _ = try await CurlTransport(options: options, concurrency: 1).send(server.request())
    #expect(server.requests.first?.head.contains("User-Agent: fixacl/1.2 (test)") == true)
  }

  /// Something between here and the server that speaks otherwise for once: the request may be tried again.
  @Test func anAnswerThatIsNoHTTP() async throws {
    let server = try LoopbackServer { _ in [.send("220 mail.example ESMTP\r\n"), .close] }
    #expect(await CurlTransport(concurrency: 1).failure(of: server.request()) == .interrupted)
  }

  @Test(arguments: ["file", "ftp", "gopher", "dict", "telnet", "nonsense"])
  func onlyHTTPIsSpoken(scheme: String) async {
    let request = HTTPRequest(method: .get, scheme: scheme, authority: "localhost", path: "/etc/passwd")
    #expect(await CurlTransport(concurrency: 1).failure(of: request) == .other)
  }
}
