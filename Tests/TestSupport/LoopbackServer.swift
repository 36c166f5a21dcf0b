internal import Glibc
internal import Synchronization

/// A TCP server on a port of loopback that says, byte by byte, what a test has it say.
///
/// It speaks just enough HTTP to know where a request ends. Its one thread waits for all connections at once.
package final class LoopbackServer: Sendable {
  /// A request as it came.
  package struct Request: Sendable {
    /// Everything from the request line to the end of the body.
    package let bytes: [UInt8]
    /// How many bytes of it are head, with the empty line.
    package let headLength: Int
    /// The number of its connection, from 0.
    package let connection: Int
    /// How many requests there were before it, on any connection.
    package let ordinal: Int

    /// The request line and the header lines, without their ends.
    package var head: [String] {
      bytes[..<headLength].split(separator: UInt8(ascii: "\n")).map { line in
        String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
      }.filter { !$0.isEmpty }
    }

    package var body: [UInt8] { Array(bytes[headLength...]) }
  }

  /// What to do next on a connection. After the last step it stays open and silent, until the next request.
  package enum Step: Sendable {
    case send([UInt8])
    /// Goes on once so many requests have come, on all connections together.
    case waitForRequests(Int)
    case close
    /// Ends the connection with a RST, as a server does that dies.
    case reset
    /// Passes on everything that comes, in both directions, to and from a server on a socket in the file system.
    case tunnel(path: String)

    package static func send(_ text: String) -> Step { .send(Array(text.utf8)) }

    /// A whole answer with a body and its length.
    package static func answer(_ body: String, status: String = "200 OK") -> Step {
      .send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
  }

  /// What happened so far; written by the server's thread.
  final class Record: Sendable {
    let requests = Mutex<[Request]>([])
    let connections = Atomic<Int>(0)
  }

  package let port: UInt16
  private let record = Record()
  /// Closing it tells the thread to end.
  private let stopDescriptor: Int32

  /// - Parameter script: called on the server's thread with each request; must not block.
  package init(_ script: @escaping @Sendable (Request) -> [Step]) throws(SocketError) {
    let listener = try ListeningSocket()
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SocketError("pipe") }
    port = listener.port
    stopDescriptor = ends[1]
    LoopbackLoop(listener: listener, stopDescriptor: ends[0], record: record, script: script).start()
  }

  deinit {
    close(stopDescriptor)
  }

  /// Host and port, as in a URL.
  package var authority: String { "127.0.0.1:\(port)" }

  /// The requests so far, in the order in which they came.
  package var requests: [Request] { record.requests.withLock { $0 } }

  /// How many connections were accepted so far.
  package var connections: Int { record.connections.load(ordering: .relaxed) }
}
