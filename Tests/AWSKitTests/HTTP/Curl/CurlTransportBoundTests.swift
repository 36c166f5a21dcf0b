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

  /// However long each of them may be, all together are not: those without room wait until others are read.
  @Test(arguments: [1, 4, 300]) func longAnswersWaitForOthers(concurrency: Int) async throws {
    let body = String(repeating: "x", count: 1 << 20)
    let server = try LoopbackServer { _ in [.answer(body)] }
    var options = CurlTransport.Options()
    options.usualBodyBytes = (5 << 20) / 2
    let transport = CurlTransport(options: options, concurrency: concurrency)
    var kept: [HTTPResponse] = []
    for _ in 0..<2 { kept.append(try await transport.send(server.request(maximum: 2 << 20))) }
    let waiting = Task {
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<40 {
          group.addTask { try await transport.send(server.request(maximum: 2 << 20)).body.count }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    // Short ones do not wait.
    let small = try LoopbackServer { _ in [.answer("good")] }
    #expect(try await transport.send(small.request()).body == Array("good".utf8))
    #expect(kept.allSatisfy { $0.body.count == 1 << 20 })
    kept = []
    #expect(try await waiting.value == [Int](repeating: 1 << 20, count: 40))
  }

  /// Nothing is announced here. What is longer than any answer before may exceed the bound, and not by any amount.
  @Test func answersLongerThanExpectedAreBoundedToo() async throws {
    let piece = String(repeating: "x", count: 1 << 20)
    let chunk = "100000\r\n\(piece)\r\n"
    let server = try LoopbackServer { _ in
      [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)\(chunk)0\r\n\r\n")]
    }
    var options = CurlTransport.Options()
    options.usualBodyBytes = 1 << 20
    options.maximumBodyBytes = 4 << 20
    let transport = CurlTransport(options: options, concurrency: 4)
    let first = try await transport.send(server.request(maximum: 8 << 20))
    #expect(first.body.count == 3 << 20)
    withExtendedLifetime(first) {}
    options.maximumBodyBytes = 2 << 20
    let bounded = CurlTransport(options: options, concurrency: 4)
    #expect(await bounded.failure(of: server.request(maximum: 8 << 20)) == .interrupted)
  }

  /// Whoever stops does not wait for answers that have no room.
  @Test func aPausedReadIsAbandoned() async throws {
    let body = String(repeating: "x", count: 1 << 20)
    let server = try LoopbackServer { _ in [.answer(body)] }
    var options = CurlTransport.Options()
    options.usualBodyBytes = 1 << 20
    let transport = CurlTransport(options: options, concurrency: 4)
    let kept = try await transport.send(server.request(maximum: 2 << 20))
    let waiting = (0..<3).map { _ in Task { await transport.failure(of: server.request(maximum: 2 << 20)) } }
    try await Task.sleep(nanoseconds: 50_000_000)
    transport.abandonReads()
    for task in waiting { #expect(await task.value == .interrupted) }
    withExtendedLifetime(kept) {}
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
