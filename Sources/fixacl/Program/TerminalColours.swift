internal import Glibc

/// Whether a stream gets colours.
enum TerminalColours {
  /// - Parameter isTerminal: whether the stream is one.
  static func areWanted(_ choice: ColourChoice, onTerminal isTerminal: Bool) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto:
      let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
      let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
      return isTerminal && !refused && !isDumb
    }
  }
}
