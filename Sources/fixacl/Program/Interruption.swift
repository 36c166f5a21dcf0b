internal import Dispatch
internal import FixACLKit
internal import Glibc
internal import Synchronization

/// Stops the work on the first SIGINT or SIGTERM, and exits on the second. Before the work has begun, the first one exits:
/// somebody may be asked for a code of an MFA device, or a server that gives credentials may not answer.
///
/// A handler that writes to a pipe, and not Dispatch's own source of signals: for that one they must be ignored, and one
/// that comes before the source is at work is then lost.
enum Interruption {
  /// Handles signals while `body` runs.
  static func during<Value>(_ stop: StopSignal, _ body: () async throws -> Value) async rethrows -> Value {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFL, O_NONBLOCK) == 0 }) else {
      fatalError("no pipe could be made: \(String(cString: strerror(errno)))")
    }
    let readEnd = ends[0]
    let source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: DispatchQueue(label: "fixacl.signals"))
    var hasCome = false
    source.setEventHandler {
      var byte: UInt8 = 0
      while read(readEnd, &byte, 1) == 1 {
        // A code that is being typed is not shown; what comes after it must be.
        MFAPrompt.showTyping()
        if !hasCome, stop.hasWorkBegun {
          hasCome = true
          stop.set(.interruption)
          continue
        }
        if !hasCome {
          Console.shared.endProgress()
          Console.shared.say(Message(.warning, "interrupted", "interrupted. Nothing was changed."))
        }
        Glibc._exit(ExitStatus.interrupted.rawValue)
      }
    }
    source.setCancelHandler { close(readEnd) }
    source.activate()
    writeEnd.store(ends[1], ordering: .relaxed)
    for number in signals { signal(number) { _ in Interruption.handle() } }
    defer {
      for number in signals { signal(number, SIG_DFL) }
      close(writeEnd.exchange(-1, ordering: .relaxed))
      source.cancel()
    }
    return try await body()
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
