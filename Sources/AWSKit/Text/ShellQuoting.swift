/// Words of commands that people can paste into a POSIX shell.
package enum ShellQuoting {
  /// The word as it is if a shell takes it so, else between quotation marks.
  package static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
      default: "-_./:=@%+,".utf8.contains(byte)
      }
    }
    guard !isPlain || word.isEmpty else { return word }
    guard !word.unicodeScalars.contains(where: \.isUnsafeOnTerminal) else { return quotedWithEscapes(word) }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// `$'…'`, as bash, ksh and zsh have it: what a terminal would not show stands as escapes, so that a line can be copied
  /// from there.
  private static func quotedWithEscapes(_ word: String) -> String {
    var result = "$'"
    for scalar in word.unicodeScalars {
      switch scalar {
      case "'", "\\": result += "\\" + String(scalar)
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.isUnsafeOnTerminal:
        // Octal, of three digits, ends by itself; hexadecimal digits could go on in what follows.
        for byte in String(scalar).utf8 {
          let digits = String(byte, radix: 8)
          result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "'"
  }
}
