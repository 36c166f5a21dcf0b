import TestSupport
import Testing

@testable import AWSKit

/// Requests that libcurl would not take, and answers that are longer than they need to be.
@Suite(.timeLimit(.minutes(1))) struct CurlTransportBoundTests {
  @Test(arguments: [40_000, 9_000_000])
  func aURLOfAnyLengthIsAnErrorAndNoTrap(length: Int) async throws {
    let server = try LoopbackServer { _ in [.answer("good")] }
    let transport = CurlTransport(concurrency: 1)
    let path = "/" + String(repeating: "k", count: length)
    #expect(await transport.failure(of: server.request(.get, path)) == .other)
    #expect(await transport.failure(of: server.request(.get, "/", query: "versionId=" + path.dropFirst())) == .other)
    let header = String(repeating: path, count: 10)
    #expect(await transport.failure(of: server.request(.put, "/", headers: [("x", header)])) == .other)
    #expect(try await transport.send(server.request()).body == Array("good".utf8))
  }

  /// However long each of them may be, all together are not.
  @Test func longAnswersTogetherAreBounded() async throws {
    let body = String(repeating: "x", count: 1 << 20)
    let server = try LoopbackServer { _ in [.answer(body)] }
    var options = CurlTransport.Options()
    options.maximumBodyBytes = (5 << 20) / 2
    let transport = CurlTransport(options: options, concurrency: 4)
    var kept: [HTTPResponse] = []
    for _ in 0..<2 { kept.append(try await transport.send(server.request(maximum: 2 << 20))) }
    #expect(await transport.failure(of: server.request(maximum: 2 << 20)) == .interrupted)
    #expect(kept.allSatisfy { $0.body.count == 1 << 20 })
    kept.removeLast()
    for _ in 0..<5 { #expect(try await transport.send(server.request(maximum: 2 << 20)).body.count == 1 << 20) }
  }

  /// The status counts, whatever follows it.
  @Test func ofALongErrorTheBeginningIsKept() async throws {
    let body = String(repeating: "x", count: 8 << 20)
    let server = try LoopbackServer { request in
      request.ordinal == 0
        ? [.send("HTTP/1.1 403 Forbidden\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")] : [.answer("good")]
    }
    let transport = CurlTransport(concurrency: 1)
    let response = try await transport.send(server.request(maximum: 100))
    #expect(response.status == 403)
    #expect(response.body.count == 64 << 10)
    #expect(try await transport.send(server.request()).body == Array("good".utf8))
  }
}
