internal import ArgumentParser
internal import FixACLKit

/// The path of a plan or a journal.
enum DocumentArgument {
  /// Refuses stdin, with the reason.
  static func refuseStream(_ path: String, _ document: String, of command: String) throws {
    guard path == "-" else { return }
    throw ValidationError(
      "\(command) needs a file: it reads the \(document) more than once, and keeps its journal beside it. Save it, as with"
        + " 'cat > plan.json'; then 'fixacl \(command) plan.json'.")
  }
}
