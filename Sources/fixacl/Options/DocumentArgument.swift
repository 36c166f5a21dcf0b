internal import ArgumentParser
internal import FixACLKit

/// The path of a plan or a journal.
enum DocumentArgument {
  /// Refuses stdin, with the reason.
  static func refuseStream(_ path: String, _ document: String, of command: String) throws {
    guard path == "-" else { return }
    throw ValidationError(
      "\(command) needs a file, because it reads the \(document) more than once. Save it first ('cat > FILE'), then run"
        + " 'fixacl \(command) FILE'.")
  }
}
