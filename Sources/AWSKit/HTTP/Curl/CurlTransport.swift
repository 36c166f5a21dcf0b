internal import Synchronization

/// HTTP over libcurl: kept connections, verified TLS, one thread for each loop of up to 128 transfers.
///
/// libcurl's work for each transfer grows with more than about 128 transfers on one multi handle, hence several loops.
package final class CurlTransport: HTTPTransport {
  /// How to connect, and when to give up.
  package struct Options: Sendable {
    /// Also the text of the User-Agent header.
    package var userAgent = "fixacl"
    /// A file of PEM certificates to trust instead of the system's (`AWS_CA_BUNDLE`).
    package var certificateBundle: String?
    /// Whether requests go through the proxies of the environment.
    package var usesProxies = true
    package var connectTimeoutMilliseconds = 10_000
    /// The stall timeout: seconds without a byte before a transfer is given up.
    package var stallTimeoutSeconds = 60
    package var maximumConnectionsPerLoop = 128
    /// Long answers wait once all of them together would have more bytes. 512 pages of a listing have 180 MB, and 1.8 GB
    /// if all keys are as long as can be.
    package var usualBodyBytes = 20 << 20
    /// The most bytes of all long answers together, if they turn out to be longer than any before.
    package var maximumBodyBytes = 256 << 20

    package init() {}
  }

  /// How many transfers one loop carries before another loop pays off.
  private static let transfersPerLoop = 128
  /// How many tasks share a loop: more than it carries transfers, since some wait for other things.
  private static let tasksPerLoop = 160

  private let loops: [CurlLoop]
  private let budget: BodyBudget
  /// The most transfers of each loop, so that all loops together have enough room.
  private let loopCapacity: Int
  /// How many transfers each loop carries.
  private let loads: Mutex<[Int]>

  /// - Parameter concurrency: the most requests in flight at once.
  package init(options: Options = Options(), concurrency: Int) {
    let count = max(1, (concurrency + Self.transfersPerLoop - 1) / Self.transfersPerLoop)
    loops = (0..<count).map { _ in CurlLoop(options: options) }
    budget = BodyBudget(
      usual: min(options.usualBodyBytes, options.maximumBodyBytes), most: options.maximumBodyBytes)
    loads = Mutex([Int](repeating: 0, count: count))
    loopCapacity = (max(1, concurrency) + count - 1) / count
  }

  deinit {
    for loop in loops { loop.stop() }
  }

  package func executor(number: Int) -> (any TaskExecutor)? {
    loops[min(number / Self.tasksPerLoop, loops.count - 1)]
  }

  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let preferred = withUnsafeCurrentTask { $0?.unownedTaskExecutor }
    let place = takePlace(
      preferred.flatMap { preferred in loops.firstIndex { $0.asUnownedTaskExecutor() == preferred } })
    let result: Result<HTTPResponse, TransportError> = await withUnsafeContinuation { continuation in
      do throws(TransportError) {
        let headers = try CurlHeaders(request.headers)
        loops[place].submit(
          CurlTransfer(request: request, headers: headers, budget: budget, loop: loops[place]) {
            continuation.resume(returning: $0)
          })
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    loads.withLock { $0[place] -= 1 }
    return try result.get()
  }

  package func abandonReads() {
    for loop in loops { loop.abandonReads() }
  }

  /// Chooses the caller's own loop, or else the first loop with room. Each loop keeps the connections it has opened, so
  /// no loop may exceed its share if there are to be few more connections than requests in flight.
  ///
  /// - Parameter preferred: the loop that the caller runs on.
  private func takePlace(_ preferred: Int?) -> Int {
    loads.withLock { loads in
      let own = preferred.flatMap { loads[$0] < loopCapacity ? $0 : nil }
      let place = own ?? loads.firstIndex { $0 < loopCapacity } ?? loads.indices.min { loads[$0] < loads[$1] } ?? 0
      loads[place] += 1
      return place
    }
  }
}
