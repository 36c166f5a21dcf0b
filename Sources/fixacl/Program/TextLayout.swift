internal import Glibc

/// Breaks text for people into lines, between words.
///
/// Documents on stdout (`show`) are laid out wherever they go. A message on stderr is broken on a terminal only: in a
/// log of cron or systemd a message is one line, so that grep finds all of it. Commands that people paste, and lines
/// about one object, are never broken.
struct TextLayout {
  /// Where it is not a terminal that shows a document.
  private static let usualColumns = 80
  /// Longer lines of prose are hard to read.
  private static let maximumColumns = 100
  /// The indent of a word that is too wide for its paragraph's, such as an account's 64 digits beside a label.
  private static let narrowIndent = 4
  /// A terminal that says it is narrower than this does not know its width.
  private static let minimumColumns = 20

  /// The columns of a line; nil if lines are not broken.
  let columns: Int?

  /// The layout of messages on stderr, or of a document on stdout.
  static func messages() -> TextLayout {
    TextLayout(columns: isatty(STDERR_FILENO) == 1 ? min(width(of: STDERR_FILENO), maximumColumns) : nil)
  }

  static func document() -> TextLayout {
    TextLayout(
      columns: isatty(STDOUT_FILENO) == 1 ? min(width(of: STDOUT_FILENO), maximumColumns) : usualColumns)
  }

  /// The columns of a terminal.
  static func width(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > minimumColumns else { return usualColumns }
    return Int(size.ws_col)
  }

  /// The lines of a paragraph.
  ///
  /// - Parameters:
  ///   - text: one paragraph, escaped.
  ///   - prefix: what the first line begins with.
  ///   - hanging: blanks before each other line.
  func lines(of text: String, prefix: String = "", hanging: Int = 0) -> [String] {
    guard let columns else { return [prefix + text] }
    var lines: [String] = []
    var line = prefix
    var isEmpty = true
    for piece in Self.pieces(of: text) {
      let next = isEmpty ? piece : " " + piece
      let indent = piece.count + hanging <= columns ? hanging : min(Self.narrowIndent, hanging)
      // What fits nowhere stays where it is, rather than leave a line empty.
      if line.count + next.count <= columns || isEmpty && (indent >= line.count || piece.count + indent > columns) {
        line += next
      } else {
        lines.append(line.trimmedAtEnd)
        line = String(repeating: " ", count: indent) + piece
      }
      isEmpty = false
    }
    return lines + [line]
  }

  /// The words of a text; those of a command in single quotes stay together.
  private static func pieces(of text: String) -> [String] {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    var pieces: [String] = []
    var isQuoted = false
    for word in words {
      if isQuoted { pieces[pieces.count - 1] += " " + word } else { pieces.append(word) }
      isQuoted = (isQuoted || opensQuotation(word)) && !closesQuotation(word)
    }
    // Without its end it was no quotation, but perhaps a key.
    return isQuoted ? words : pieces
  }

  private static func opensQuotation(_ word: String) -> Bool {
    word.drop { $0 == "(" }.hasPrefix("'")
  }

  private static func closesQuotation(_ word: String) -> Bool {
    let ending = word.reversed().drop { ".,;:)".contains($0) }
    return ending.first == "'" && ending.count > 1
  }
}

extension String {
  /// With blanks up to a width, and one at least.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }

  /// Without blanks at the end.
  var trimmedAtEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
