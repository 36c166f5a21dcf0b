internal import AWSKit

/// A piece of HTML. Only literals in the source are markup: what is interpolated into them is text, and is escaped.
///
///     let item: HTML = "<li>\(key)</li>"
///
/// Keys and IDs are whatever somebody uploaded, so a `String` has no other way into a page.
struct HTML: ExpressibleByStringInterpolation {
  let markup: String

  init(stringLiteral markup: StaticString) {
    self.markup = markup.description
  }

  init(stringInterpolation: StringInterpolation) {
    markup = stringInterpolation.markup
  }

  private init(markup: String) {
    self.markup = markup
  }

  /// An element whose content browsers do not parse as HTML: `style` and `script`.
  static func raw(_ name: StaticString, _ content: StaticString) -> HTML {
    HTML(markup: "<\(name)>\(content)</\(name)>")
  }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate(set) var markup = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      markup.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: StaticString) {
      markup += literal.description
    }

    /// Adds text, with characters that would reorder or hide a part of it shown as on a terminal.
    mutating func appendInterpolation(_ text: String) {
      guard !text.utf8.allSatisfy(Self.isPlain) else { return markup += text }
      for character in text.escapedForTerminal.unicodeScalars {
        switch character {
        case "&": markup += "&amp;"
        case "<": markup += "&lt;"
        case ">": markup += "&gt;"
        case "\"": markup += "&quot;"
        case "'": markup += "&#39;"
        default: markup.unicodeScalars.append(character)
        }
      }
    }

    /// Whether it is an ASCII character that stands for itself anywhere in a page.
    private static func isPlain(_ byte: UInt8) -> Bool {
      (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "&") && byte != UInt8(ascii: "<")
        && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
    }

    mutating func appendInterpolation(_ number: Int) {
      markup += String(number)
    }

    mutating func appendInterpolation(_ html: HTML) {
      markup += html.markup
    }

    mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { markup += piece.markup }
    }
  }
}
