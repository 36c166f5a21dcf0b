internal import FixACLKit
internal import Glibc

/// Writes a command's result to stdout, in pieces. `finish` must be called; what is not written then is lost.
struct ResultWriter {
  private let file: OpenFile
  private var buffer: [UInt8] = []
  let style: Style

  init() throws(FileError) {
    file = try OpenFile.standardOutput()
    style = Style.forStandardOutput()
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  mutating func line(_ text: String = "") throws(FileError) {
    try write(text.utf8)
    try write(CollectionOfOne(UInt8(ascii: "\n")))
  }

  mutating func write(_ bytes: some Collection<UInt8>) throws(FileError) {
    buffer += bytes
    if buffer.count >= 64 << 10 { try finish() }
  }

  mutating func finish() throws(FileError) {
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

/// Colours, where they are wanted: on a terminal, and without `NO_COLOR`.
struct Style {
  let hasColours: Bool

  static func forStandardOutput() -> Style {
    let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
    return Style(hasColours: ResultWriter.isTerminal && !refused && !isDumb)
  }

  func green(_ text: String) -> String { coloured(text, "32") }
  func red(_ text: String) -> String { coloured(text, "31") }
  func yellow(_ text: String) -> String { coloured(text, "33") }
  func bold(_ text: String) -> String { coloured(text, "1") }
  func dim(_ text: String) -> String { coloured(text, "2") }

  private func coloured(_ text: String, _ code: String) -> String {
    hasColours ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
