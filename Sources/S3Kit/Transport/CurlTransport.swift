internal import Synchronization

/// HTTP over libcurl: kept connections, verified TLS, one thread for each loop of up to 128 transfers.
///
/// A loop on `curl_multi_poll` costs about 17 µs of CPU a small request on loopback, half of what a thread for
/// each transfer costs; with much more than 128 transfers on one loop that grows, hence several.
package final class CurlTransport: HTTPTransport {
  /// How to connect, and when to give up.
  package struct Options: Sendable {
    /// Also the text of the User-Agent header.
    package var userAgent = "fixacl"
    /// A file of PEM certificates to trust instead of the system's (`AWS_CA_BUNDLE`).
    package var certificateBundle: String?
    package var connectTimeoutMilliseconds = 10_000
    /// Seconds without a byte after which a transfer is given up.
    package var stallTimeoutSeconds = 60
    package var maximumConnectionsPerLoop = 256

    package init() {}
  }

  /// The transfers that one loop carries before another loop pays.
  private static let transfersPerLoop = 128

  private let loops: [CurlLoop]
  private let next = Atomic<Int>(0)

  /// - Parameter concurrency: the most requests that will be in flight at once.
  package init(options: Options = Options(), concurrency: Int) {
    let count = max(1, (concurrency + Self.transfersPerLoop - 1) / Self.transfersPerLoop)
    loops = (0..<count).map { _ in CurlLoop(options: options) }
  }

  deinit {
    for loop in loops { loop.stop() }
  }

  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    // Grantees and metadata come from servers and files; libcurl would send a line break in them as one.
    for (name, value) in request.headers where name.endsHeaderLine || value.endsHeaderLine {
      throw TransportError(.other, "the header \(name.escapedForTerminal) holds a line break or a zero byte")
    }
    let loop =
      loops.count == 1
      ? loops[0] : loops[next.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count]
    let result: Result<HTTPResponse, TransportError> = await withUnsafeContinuation { continuation in
      loop.submit(CurlTransfer(request: request) { continuation.resume(returning: $0) })
    }
    return try result.get()
  }
}

extension String {
  fileprivate var endsHeaderLine: Bool {
    utf8.contains { $0 == 0x0a || $0 == 0x0d || $0 == 0x00 }
  }
}
