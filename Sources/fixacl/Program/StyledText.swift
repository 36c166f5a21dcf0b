internal import AWSKit

/// Colours for text on stdout.
struct Style {
  let hasColours: Bool

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
