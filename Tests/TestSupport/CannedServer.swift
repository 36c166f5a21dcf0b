internal import Foundation
internal import Synchronization

/// A server on a port of loopback that reads a request and sends the same bytes every time, whatever was asked.
package final class CannedServer: Sendable {
  package let port: UInt16
  private let listener: Int32
  private let count = Mutex(0)

  /// - Parameter answer: the whole answer, with its HTTP head if it is to have one; the connection ends after it.
  package init(_ answer: String) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    // A thread of its own, since it blocks, which a task must not.
    Thread { [self] in serve(Array(answer.utf8)) }.start()
  }

  package var url: String { "http://127.0.0.1:\(port)" }

  /// How often it was asked.
  package var requests: Int { count.withLock { $0 } }

  /// Ends the thread, and with it the server.
  package func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func serve(_ answer: [UInt8]) {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { break }
      count.withLock { $0 += 1 }
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      _ = recv(connection, &buffer, buffer.count, 0)
      _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
      close(connection)
    }
    close(listener)
  }
}
