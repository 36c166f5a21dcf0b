internal import AWSKit
internal import Dispatch
internal import Glibc
internal import Synchronization

/// Asks a person for the code of an MFA device.
enum MFAPrompt {
  /// - Returns: the digits, none if nothing was typed; nil if nobody is there to ask.
  @Sendable static func ask(profile: String, serial: String) async -> String? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    Console.shared.endProgress()
    let prompt = Array("MFA code of \(serial), for \(profile): ".escapedForTerminal.utf8)
    // Before it is asked for: a pasted code comes fast.
    hideTyping(on: terminal)
    defer { showTyping() }
    guard write(terminal, prompt, prompt.count) == prompt.count else { return nil }
    return await withCheckedContinuation { continuation in
      // Reading blocks, so it has a thread of its own.
      DispatchQueue.global().async { continuation.resume(returning: readLine(from: terminal)) }
    }
  }

  /// How a terminal is set that does not show what is typed now.
  private static let hidden = Mutex<(terminal: Int32, settings: termios)?>(nil)

  /// Has a terminal show what is typed again; also at the end of a program that was interrupted meanwhile.
  static func showTyping() {
    hidden.withLock { hidden in
      guard let (terminal, shown) = hidden else { return }
      var settings = shown
      tcsetattr(terminal, TCSADRAIN, &settings)
      // The end of the line was not shown either.
      _ = write(terminal, "\n", 1)
      hidden = nil
    }
  }

  private static func hideTyping(on terminal: Int32) {
    var settings = termios()
    guard tcgetattr(terminal, &settings) == 0 else { return }
    // What is hidden already would be taken for how it was.
    hidden.withLock { if $0 == nil { $0 = (terminal, settings) } }
    settings.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSADRAIN, &settings)
  }

  /// Reads a line that the terminal does not show.
  private static func readLine(from terminal: Int32) -> String {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 64 {
      let count = read(terminal, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1, byte != UInt8(ascii: "\n") else { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self).filter { !$0.isWhitespace }
  }
}
