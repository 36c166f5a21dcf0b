extension String {
  /// The text, shortened to so many bytes with an ellipsis if necessary.
  func cut(toBytes maximum: Int) -> String {
    guard utf8.count > maximum else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: maximum)
    while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end]) + "…"
  }

  /// The text with every character escaped that could move a terminal's cursor, change its colours, reorder its line or
  /// be invisible: C0 and C1 controls, DEL, and Unicode's bidirectional and line controls, tags and other invisible
  /// characters.
  ///
  /// Escaping twice changes nothing more.
  package var escapedForTerminal: String {
    guard unicodeScalars.contains(where: \.isUnsafeOnTerminal) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      guard scalar.isUnsafeOnTerminal else {
        result.unicodeScalars.append(scalar)
        continue
      }
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default: result += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would do anything but show it.
  package var isUnsafeOnTerminal: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0: true
    case 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b...0x180f, 0x200b...0x200f, 0x2028...0x202e: true
    case 0x2060...0x206f, 0x3164, 0xfeff, 0xffa0, 0xfff0...0xfffb, 0x1bca0...0x1bca3, 0x1d173...0x1d17a: true
    case 0xe0000...0xe0fff: true
    default: false
    }
  }
}
