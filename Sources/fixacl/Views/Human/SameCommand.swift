internal import AWSKit

/// The command that is running, as a line for a shell.
enum SameCommand {
  static var text: String {
    (["fixacl"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ")
  }

  /// A word for a POSIX shell, escaped.
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,@%+".utf8.contains(byte)
      }
    if isPlain { return word }
    return "'"
      + word.escapedForTerminal.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
