internal import FixACLKit
internal import Glibc
internal import AWSKit
internal import Synchronization

/// The one way to stderr: messages, and a line of progress that messages do not tear. Use it on any thread.
///
/// Text is escaped here, so nobody else has to think of who wrote a part of it.
final class Console: Sendable {
  static let shared = Console()

  /// How stderr is written.
  struct Style: Sendable {
    var format = LogFormat.text
    var hasColours = false
    /// The least important level that is written.
    var threshold = Message.Level.note
  }

  let isTerminal = isatty(STDERR_FILENO) == 1
  private let style = Mutex(Style())
  /// Whether a progress line stands at the cursor.
  private let hasProgress = Mutex(false)
  /// When something was last written, in seconds of `Clock`.
  private let lastWritten = Mutex<Double?>(nil)

  /// Sets how stderr is written, before anything is.
  func configure(_ style: Style) { self.style.withLock { $0 = style } }

  /// Whether messages of a level are written.
  func shows(_ level: Message.Level) -> Bool { level >= style.withLock { $0.threshold } }

  /// Seconds since something was written, or since a moment where nothing has been yet.
  func secondsOfSilence(since start: Double) -> Double {
    Clock.seconds() - max(start, lastWritten.withLock { $0 } ?? start)
  }

  /// Prints a message, if its level is shown.
  func say(_ message: Message) {
    let style = style.withLock { $0 }
    guard message.level >= style.threshold else { return }
    switch style.format {
    case .json: line(ResultWriter.terminalSafeJSON(message.json))
    case .text:
      var lines = message.lines(TextLayout.messages())
      if style.hasColours {
        let word = message.level.word
        lines[0] = "\u{1b}[\(message.level.colour)m\(word)\u{1b}[0m" + lines[0].dropFirst(word.count)
      }
      line(Array(lines.joined(separator: "\n").utf8))
    }
  }

  func note(_ code: String, _ text: String, commands: [String] = []) {
    say(Message(.note, code, text, commands: commands))
  }

  /// Replaces the line of progress on a terminal; elsewhere prints a message.
  ///
  /// - Parameter make: the text that fits into so many columns.
  func progress(_ make: (_ columns: Int) -> String) {
    let style = style.withLock { $0 }
    guard isTerminal, style.format == .text else { return say(Message(.note, "progress", make(.max))) }
    guard .note >= style.threshold else { return }
    let width = TextLayout.width(of: STDERR_FILENO)
    hasProgress.withLock { hasProgress in
      write(Array((Self.clearLine + String(make(width - 1).escapedForTerminal.prefix(width - 1))).utf8))
      hasProgress = true
    }
  }

  /// Takes the line of progress away.
  func endProgress() {
    hasProgress.withLock { hasProgress in
      if hasProgress { write(Array(Self.clearLine.utf8)) }
      hasProgress = false
    }
  }

  /// Takes the line of progress away, and lets nobody write until something else was written to the terminal.
  func withoutProgress<E: Error>(_ write: () throws(E) -> Void) throws(E) {
    try hasProgress.withLock { (hasProgress) throws(E) in
      if hasProgress { self.write(Array(Self.clearLine.utf8)) }
      hasProgress = false
      try write()
    }
  }

  /// Prints lines that were made for people by the parser of arguments.
  func print(_ text: String) {
    let layout = TextLayout.messages()
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
      for piece in layout.lines(of: String(part).escapedForTerminal, hanging: 7) { line(Array(piece.utf8)) }
    }
  }

  private func line(_ bytes: [UInt8]) {
    hasProgress.withLock { hasProgress in
      write((hasProgress ? Array(Self.clearLine.utf8) : []) + bytes + [UInt8(ascii: "\n")])
      hasProgress = false
    }
  }

  private static let clearLine = "\r\u{1b}[K"

  /// Errors are not reported: there is nowhere to.
  private func write(_ bytes: [UInt8]) {
    lastWritten.withLock { $0 = Clock.seconds() }
    var bytes = bytes[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes.removeFirst(count)
    }
  }
}

/// How messages on stderr are written.
enum LogFormat: String, CaseIterable, Sendable {
  case text, json
}

extension Message.Level: Comparable {
  private var rank: Int {
    switch self {
    case .debug: 0
    case .note: 1
    case .warning: 2
    case .error: 3
    }
  }

  static func < (left: Message.Level, right: Message.Level) -> Bool { left.rank < right.rank }

  /// The parameter of the terminal's escape sequence.
  fileprivate var colour: String {
    switch self {
    case .debug: "2"
    case .note: "36"
    case .warning: "33"
    case .error: "1;31"
    }
  }
}
