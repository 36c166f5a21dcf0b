internal import Dispatch
internal import FixACLKit
internal import Glibc
internal import Synchronization

/// Turns the first SIGINT or SIGTERM into a request to stop, and a second into the end, as long as it lives.
///
/// A handler that writes to a pipe, and not Dispatch's own source of signals: for that one they must be ignored, and one
/// that comes before the source is at work is then lost.
final class Interruption {
  let stop: StopSignal
  private let source: any DispatchSourceRead

  /// - Parameters:
  ///   - announcement: what is said then.
  ///   - onStop: called once, with the first signal, or by whoever sets `stop` before one comes.
  init(announcement: @autoclosure @escaping @Sendable () -> String, onStop: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFL, O_NONBLOCK) == 0 }) else {
      fatalError("no pipe could be made: \(String(cString: strerror(errno)))")
    }
    let readEnd = ends[0]
    stop = StopSignal(onStop)
    source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: DispatchQueue(label: "fixacl.signals"))
    // Not whether it is stopped: that can have another reason.
    var hasCome = false
    source.setEventHandler { [stop] in
      var byte: UInt8 = 0
      while read(readEnd, &byte, 1) == 1 {
        if hasCome { Glibc._exit(ExitStatus.interrupted.rawValue) }
        hasCome = true
        // First: what is stopped may end the program before another word is written.
        Console.shared.note("fixacl: " + announcement())
        stop.set()
      }
    }
    source.setCancelHandler { close(readEnd) }
    source.activate()
    Self.writeEnd.store(ends[1], ordering: .relaxed)
    for number in Self.signals { signal(number) { _ in Interruption.handle() } }
  }

  deinit {
    for number in Self.signals { signal(number, SIG_DFL) }
    close(Self.writeEnd.exchange(-1, ordering: .relaxed))
    source.cancel()
  }

  private static let signals = [SIGINT, SIGTERM]
  private static let writeEnd = Atomic<Int32>(-1)

  /// Called by the kernel, on any thread and in the middle of anything: may do nothing but this.
  private static func handle() {
    let code = errno
    var byte: UInt8 = 0
    _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
    errno = code
  }
}
