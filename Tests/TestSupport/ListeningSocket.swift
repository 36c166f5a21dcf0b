internal import Glibc

/// A call that the system refused.
package struct SocketError: Error, CustomStringConvertible {
  package let description: String

  init(_ call: String) {
    description = "\(call): \(String(cString: strerror(errno)))"
  }
}

/// A socket on a port of loopback that the system chose.
package final class ListeningSocket: Sendable {
  package let port: UInt16
  let descriptor: Int32

  /// - Parameter isListening: without it, the port is taken, and whoever connects is refused.
  package init(isListening: Bool = true) throws(SocketError) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw SocketError("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { [descriptor] address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    guard isBound, !isListening || listen(descriptor, 1024) == 0 else { throw SocketError("bind or listen") }
  }

  deinit {
    close(descriptor)
  }
}
