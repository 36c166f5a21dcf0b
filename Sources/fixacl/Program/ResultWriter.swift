internal import FixACLKit
internal import Glibc
internal import AWSKit
internal import Synchronization

/// Writes a command's result to stdout, in pieces. `finish` must be called; what is not written then is lost.
struct ResultWriter {
  private let file: OpenFile
  private var buffer: [UInt8] = []
  let style: Style
  private let layout = TextLayout.document()

  init() throws(FileError) {
    file = try OpenFile.standardOutput()
    style = Style(
      hasColours: TerminalColours.areWanted(Self.colourChoice.withLock { $0 }, onTerminal: Self.isTerminal))
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  /// When results are coloured; set before any is written.
  static let colourChoice = Mutex(ColourChoice.auto)

  /// Writes a line for people, escaped.
  mutating func line(_ text: String = "") throws(FileError) {
    try line(styled: StyledText(text))
  }

  /// Writes a line for people of which some may be coloured.
  mutating func line(styled text: StyledText) throws(FileError) {
    // In one piece, so that no progress is drawn in the middle of a line.
    try write((text.terminalText + "\n").utf8)
  }

  /// Writes a paragraph for people, broken into lines.
  ///
  /// - Parameters:
  ///   - prefix: what the first line begins with.
  ///   - hanging: blanks before each other line.
  ///   - styled: colours a line.
  mutating func paragraph(
    _ text: String, prefix: String = "", hanging: Int, styled: (String) -> StyledText = { StyledText($0) }
  ) throws(FileError) {
    for line in layout.lines(of: text.escapedForTerminal, prefix: prefix, hanging: hanging) {
      try self.line(styled: styled(line))
    }
  }

  /// Writes a piece of a JSON document.
  mutating func writeJSON(_ bytes: some Collection<UInt8>) throws(FileError) {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return try write(bytes) }
    try write(Self.terminalSafeJSON(Array(bytes)))
  }

  /// JSON in which what a terminal would not just show is written as JSON's escapes, which mean the same: outside of
  /// strings, JSON has no such characters.
  static func terminalSafeJSON(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
    var text = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      guard scalar.value >= 0x80, scalar.isUnsafeOnTerminal else {
        text.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return Array(text.utf8)
  }

  mutating func write(_ bytes: some Collection<UInt8>) throws(FileError) {
    buffer += bytes
    if buffer.count >= 64 << 10 { try finish() }
  }

  mutating func finish() throws(FileError) {
    guard !buffer.isEmpty else { return }
    if Self.isTerminal {
      try Console.shared.withoutProgress { () throws(FileError) in try file.write(buffer) }
    } else {
      try file.write(buffer)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
