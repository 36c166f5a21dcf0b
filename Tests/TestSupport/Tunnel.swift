internal import Foundation

/// Passes bytes on between two connections, on a thread of its own.
enum Tunnel {
  /// Takes over the connection `client`, and closes it once either side is done.
  static func open(_ client: Int32, toSocket path: String) {
    Thread {
      let server = connection(toSocket: path)
      if server >= 0 { pass(between: client, and: server) }
      close(client)
      if server >= 0 { close(server) }
    }.start()
  }

  private static func connection(toSocket path: String) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isLong = withUnsafeMutableBytes(of: &address.sun_path) { place in
      guard path.utf8.count < place.count else { return true }
      place.copyBytes(from: path.utf8)
      return false
    }
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard !isLong, isConnected else {
      close(descriptor)
      return -1
    }
    return descriptor
  }

  private static func pass(between client: Int32, and server: Int32) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var open: Set<Int32> = [client, server]
    while !open.isEmpty {
      var polled = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else { return }
      for entry in polled where entry.revents != 0 {
        let target = entry.fd == client ? server : client
        let count = recv(entry.fd, &buffer, buffer.count, 0)
        guard count > 0 else {
          shutdown(target, Int32(SHUT_WR))
          open.remove(entry.fd)
          continue
        }
        var sent = 0
        while sent < count {
          let more = buffer.withUnsafeBytes {
            send(target, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
          }
          guard more > 0 else { return }
          sent += more
        }
      }
    }
  }
}
