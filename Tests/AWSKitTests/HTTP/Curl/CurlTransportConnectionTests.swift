import TestSupport
import Testing

@testable import AWSKit

/// Connections: how they are kept, how many there are, and how they fail.
@Suite(.timeLimit(.minutes(1))) struct CurlTransportConnectionTests {
  @Test func requestsOneAfterTheOtherShareAConnection() async throws {
    let server = try LoopbackServer { request in [.answer("\(request.ordinal)")] }
    let transport = CurlTransport(concurrency: 1)
    for number in 0..<50 {
      let response = try await transport.send(server.request(.get, "/\(number)"))
      #expect(response.body == Array("\(number)".utf8))
    }
    #expect(server.connections == 1)
  }

  @Test func aConnectionThatTheServerClosesIsReplaced() async throws {
    let server = try LoopbackServer { _ in
      [.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"), .close]
    }
    let transport = CurlTransport(concurrency: 1)
    for _ in 0..<10 { #expect(try await transport.send(server.request()).status == 200) }
    #expect(server.connections == 10)
  }

  @Test func aConnectionThatTheServerDropsSilentlyIsReplaced() async throws {
    // It answers, and hangs up without having said so: the next request may meet a closed connection.
    let server = try LoopbackServer { _ in [.answer("ok"), .close] }
    let transport = CurlTransport(concurrency: 1)
    var interruptions = 0
    for _ in 0..<20 {
      do throws(TransportError) {
        #expect(try await transport.send(server.request(.put, "/k", body: "b")).status == 200)
      } catch {
        // It hung up while the request was on its way, which nobody can tell from one that was carried out.
        #expect(error.kind == .interrupted)
        interruptions += 1
      }
    }
    #expect(interruptions <= 3)
    #expect(server.requests.count >= 20 - interruptions)
    #expect(server.requests.allSatisfy { $0.body == Array("b".utf8) })
  }

  /// A server that carries a request out and then drops the kept connection without a byte of answer.
  @Test(arguments: [true, false])
  func aRequestIsSentTwiceOnlyIfItMayBe(maySendTwice: Bool) async throws {
    let server = try LoopbackServer { request in [1, 2].contains(request.ordinal) ? [.reset] : [.answer("ok")] }
    let transport = CurlTransport(concurrency: 1)
    _ = try await transport.send(server.request())
    var request = server.request(.put, "/k", body: "b")
    request.maySendTwice = maySendTwice
    do throws(TransportError) {
      _ = try await transport.send(request)
    } catch {
      #expect(error.kind == .interrupted)
    }
    #expect(server.requests.count == (maySendTwice ? 3 : 2))
  }

  @Test(arguments: [1, 128, 200, 300])
  func requestsSideBySideAreAllAnswered(count: Int) async throws {
    // The server answers nobody before all have asked.
    let server = try LoopbackServer { request in
      let path = request.head[0].split(separator: " ")[1]
      return [.waitForRequests(count), .answer("for \(path)")]
    }
    let transport = CurlTransport(concurrency: count)
    let answers = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
      for number in 0..<count {
        let request = server.request(number.isMultiple(of: 2) ? .get : .put, "/\(number)", body: "")
        group.addTask { (number, try await transport.send(request).body) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect(answers.count == count)
    for (number, body) in answers { #expect(body == Array("for /\(number)".utf8)) }
    #expect(server.connections == count)
  }

  @Test func thousandsOfRequestsMixUpNothing() async throws {
    let server = try LoopbackServer { request in
      let path = request.head[0].split(separator: " ")[1]
      switch request.ordinal % 50 {
      case 7: return [.reset]
      case 23: return [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfor \(path)"), .close]
      default: return [.answer("for \(path)")]
      }
    }
    let transport = CurlTransport(concurrency: 200)
    let counts = await withTaskGroup(of: (answered: Int, failed: Int).self) { group in
      for lane in 0..<32 {
        group.addTask {
          var counts = (answered: 0, failed: 0)
          for number in 0..<100 {
            let path = "/\(lane)-\(number)"
            do throws(TransportError) {
              let response = try await transport.send(server.request(.get, path))
              #expect(response.body == Array("for \(path)".utf8))
              counts.answered += 1
            } catch {
              #expect(error.kind == .interrupted)
              counts.failed += 1
            }
          }
          return counts
        }
      }
      return await group.reduce((0, 0)) { ($0.0 + $1.answered, $0.1 + $1.failed) }
    }
    #expect(counts.0 + counts.1 == 3200)
    // libcurl itself repeats a request that met a kept connection's end; the others are told.
    #expect(counts.1 > 0)
    #expect(counts.0 > 3000)
  }

  @Test func whereNothingListensNobodyConnects() async throws {
    let socket = try ListeningSocket(isListening: false)
    let request = HTTPRequest(method: .get, scheme: "http", authority: "127.0.0.1:\(socket.port)", path: "/")
    let transport = CurlTransport(concurrency: 1)
    for _ in 0..<3 { #expect(await transport.failure(of: request) == .cannotConnect) }
  }

  // A label of more than 63 characters is no name: no resolver has to be asked for it.
  @Test func anUnknownHostIsNotConnectedTo() async {
    let host = String(repeating: "x", count: 64) + ".invalid"
    let request = HTTPRequest(method: .get, scheme: "http", authority: host, path: "/")
    #expect(await CurlTransport(concurrency: 1).failure(of: request) == .cannotConnect)
  }

  /// Where a server falls silent, and what to call it.
  struct Silence: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var steps: [LoopbackServer.Step]
  }

  @Test(arguments: [
    Silence(testDescription: "before the answer", steps: []),
    Silence(testDescription: "in the body", steps: [.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")]),
  ])
  func aServerThatFallsSilentIsGivenUp(silence: Silence) async throws {
    var options = CurlTransport.Options()
    options.stallTimeoutSeconds = 1
    let server = try LoopbackServer { request in request.ordinal == 0 ? silence.steps : [.answer("good")] }
    let transport = CurlTransport(options: options, concurrency: 1)
    #expect(await transport.failure(of: server.request()) == .interrupted)
    #expect(try await transport.send(server.request()).body == Array("good".utf8))
  }

  /// A few bytes now and then keep no request going, unless it is one for which S3 sends blanks while it works.
  @Test(arguments: [false, true])
  func anAnswerThatTricklesIsGivenUp(sendsBlanks: Bool) async throws {
    var options = CurlTransport.Options()
    let (stallTimeout, count) = sendsBlanks ? (4, 30) : (1, 15)
    options.stallTimeoutSeconds = stallTimeout
    // Each further request lets some go: 50 a second, and on a busy machine far fewer.
    let blanks = String(repeating: " ", count: 10)
    let server = try LoopbackServer { request in
      guard request.ordinal == 0 else { return [.answer("ok")] }
      return [.send("HTTP/1.1 200 OK\r\nContent-Length: \(count * blanks.count)\r\n\r\n")]
        + (1...count).flatMap { [.waitForRequests($0 + 1), .send(blanks)] }
    }
    let transport = CurlTransport(options: options, concurrency: 1)
    var request = server.request()
    if sendsBlanks { request.minimumBytesPerSecond = 1 }
    let answer = Task { [request] in await transport.failure(of: request) }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    let other = CurlTransport(concurrency: 1)
    for _ in 0..<count {
      try await Task.sleep(for: .milliseconds(200))
      _ = try await other.send(server.request())
    }
    #expect(await answer.value == (sendsBlanks ? nil : .interrupted))
  }

  /// However much comes.
  @Test func anAnswerHasADeadline() async throws {
    let server = try LoopbackServer { request in
      request.ordinal == 0 ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")] : [.answer("good")]
    }
    let transport = CurlTransport(concurrency: 1)
    var request = server.request()
    request.deadlineSeconds = 1
    #expect(await transport.failure(of: request) == .interrupted)
    #expect(try await transport.send(server.request()).body == Array("good".utf8))
  }

  @Test func whatIsUnderWayEndsWellThoughTheTransportIsGone() async throws {
    let server = try LoopbackServer { _ in [.waitForRequests(2), .answer("ok")] }
    let first = Task { [request = server.request()] in
      let transport = CurlTransport(concurrency: 1)
      return try await transport.send(request).body
    }
    let second = Task { [request = server.request()] in
      try await CurlTransport(concurrency: 1).send(request).body
    }
    #expect(try await first.value == Array("ok".utf8))
    #expect(try await second.value == Array("ok".utf8))
  }

  @Test func manyTransportsComeAndGo() async throws {
    let server = try LoopbackServer { _ in [.answer("ok")] }
    for _ in 0..<100 {
      #expect(try await CurlTransport(concurrency: 1).send(server.request()).status == 200)
    }
    #expect(server.connections == 100)
  }
}
