internal import FixACLKit
internal import Glibc
internal import AWSKit

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

  /// Writes a line for people, escaped.
  mutating func line(_ text: String = "") throws(FileError) {
    try line(styled: StyledText(text))
  }

  /// Writes a line for people of which some may be coloured.
  mutating func line(styled text: StyledText) throws(FileError) {
    try write(text.terminalText.utf8)
    try write(CollectionOfOne(UInt8(ascii: "\n")))
  }

  /// Writes a piece of a JSON document. What a terminal would not just show is written as JSON's escapes, which mean the
  /// same: outside of strings, JSON has no such characters.
  mutating func writeJSON(_ bytes: some Collection<UInt8>) throws(FileError) {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return try write(bytes) }
    var text = ""
    for scalar in String(decoding: Array(bytes), as: UTF8.self).unicodeScalars {
      guard scalar.value >= 0x80, scalar.isUnsafeOnTerminal else {
        text.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    try write(text.utf8)
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

  func green(_ text: String) -> StyledText { coloured(text, "32") }
  func red(_ text: String) -> StyledText { coloured(text, "31") }
  func yellow(_ text: String) -> StyledText { coloured(text, "33") }
  func bold(_ text: String) -> StyledText { coloured(text, "1") }
  func dim(_ text: String) -> StyledText { coloured(text, "2") }

  private func coloured(_ text: String, _ code: StaticString) -> StyledText {
    hasColours ? StyledText(text, code: code) : StyledText(text)
  }
}

/// Text for a terminal, with colours. What is interpolated into it is escaped; there is no other way in for a `String`.
struct StyledText: ExpressibleByStringInterpolation {
  /// As the terminal gets it.
  let terminalText: String

  init(_ text: String) {
    terminalText = text.escapedForTerminal
  }

  fileprivate init(_ text: String, code: StaticString) {
    terminalText = "\u{1b}[\(code)m\(text.escapedForTerminal)\u{1b}[0m"
  }

  init(stringLiteral text: StaticString) {
    terminalText = text.description
  }

  init(stringInterpolation: StringInterpolation) {
    terminalText = stringInterpolation.text
  }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate(set) var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: StaticString) {
      text += literal.description
    }

    mutating func appendInterpolation(_ text: String) {
      self.text += text.escapedForTerminal
    }

    mutating func appendInterpolation(_ styled: StyledText) {
      text += styled.terminalText
    }
  }
}
