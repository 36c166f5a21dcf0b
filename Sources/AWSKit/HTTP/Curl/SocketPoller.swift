internal import CLinux
internal import Glibc

/// Linux's epoll: waits for many sockets, or until woken up.
///
/// `wakeUp` may be called on any thread; everything else on the waiting one.
final class SocketPoller: Sendable {
  private let epoll: Int32
  /// An eventfd that becomes readable when `wakeUp` is called.
  private let attention: Int32

  init() {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    attention = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    Self.check(epoll)
    Self.check(attention)
    watch(attention, forReading: true, forWriting: false)
  }

  deinit {
    close(attention)
    close(epoll)
  }

  /// Makes the current or the next `wait` return at once.
  func wakeUp() {
    var one: UInt64 = 1
    _ = write(attention, &one, MemoryLayout<UInt64>.size)
  }

  /// Begins to watch a socket, or changes what to watch it for.
  func watch(_ socket: Int32, forReading: Bool, forWriting: Bool) {
    var event = epoll_event()
    event.events = (forReading ? EPOLLIN.rawValue : 0) | (forWriting ? EPOLLOUT.rawValue : 0)
    event.data.fd = socket
    if epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) != 0 {
      precondition(errno == EEXIST, "a socket cannot be watched: \(String(cString: strerror(errno)))")
      Self.check(epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event))
    }
  }

  /// Stops watching a socket. epoll forgets a closed one by itself.
  func forget(_ socket: Int32) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
  }

  /// Waits until something happens, and reports each socket that is ready.
  ///
  /// - Parameter milliseconds: the longest wait; nil for no limit.
  func wait(
    milliseconds: Int?, _ body: (_ socket: Int32, _ isReadable: Bool, _ isWritable: Bool, _ hasFailed: Bool) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 128) { events in
      let timeout = milliseconds.map { Int32(clamping: $0) } ?? -1
      let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), timeout)
      // A signal ends the wait early, which is harmless.
      guard count > 0 else { return }
      for event in events[..<Int(count)] {
        guard event.data.fd != attention else {
          var number: UInt64 = 0
          _ = read(attention, &number, MemoryLayout<UInt64>.size)
          continue
        }
        body(
          event.data.fd, event.events & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0,
          event.events & EPOLLOUT.rawValue != 0, event.events & EPOLLERR.rawValue != 0)
      }
    }
  }

  private static func check(_ result: Int32) {
    precondition(result >= 0, "epoll does not work: \(String(cString: strerror(errno)))")
  }
}
