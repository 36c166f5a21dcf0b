internal import FixACLKit
internal import Glibc
internal import AWSKit
internal import Synchronization

/// The one way to stderr: notes, and a line of progress that notes do not tear. Use it on any thread.
///
/// Whatever is said is escaped here, so nobody else has to think of who wrote a part of it.
final class Console: Sendable {
  static let shared = Console()

  let isTerminal = isatty(STDERR_FILENO) == 1
  /// Whether a progress line stands at the cursor.
  private let hasProgress = Mutex(false)
  /// When something was last written, in seconds of `Clock`.
  private let lastWritten = Mutex<Double?>(nil)

  /// Seconds since something was written, or since a moment where nothing has been yet.
  func secondsOfSilence(since start: Double) -> Double {
    Clock.seconds() - max(start, lastWritten.withLock { $0 } ?? start)
  }

  /// Prints a line of its own.
  func note(_ text: String) {
    hasProgress.withLock { hasProgress in
      write((hasProgress ? Self.clearLine : "") + text.escapedForTerminal + "\n")
      hasProgress = false
    }
  }

  /// Replaces the line of progress on a terminal; elsewhere prints a line.
  func progress(_ text: String) {
    guard isTerminal else {
      note(text)
      return
    }
    hasProgress.withLock { hasProgress in
      write(Self.clearLine + String(text.escapedForTerminal.prefix(Self.width() - 1)))
      hasProgress = true
    }
  }

  /// Takes the line of progress away.
  func endProgress() {
    hasProgress.withLock { hasProgress in
      if hasProgress { write(Self.clearLine) }
      hasProgress = false
    }
  }

  private static let clearLine = "\r\u{1b}[K"

  private static func width() -> Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }

  /// Errors are not reported: there is nowhere to.
  private func write(_ text: String) {
    lastWritten.withLock { $0 = Clock.seconds() }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes.removeFirst(count)
    }
  }
}
