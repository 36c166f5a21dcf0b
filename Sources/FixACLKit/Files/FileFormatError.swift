/// Why a plan, a journal or a checkpoint cannot be used, worded for the user.
package struct FileFormatError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, on which file, and what to do.
  package let description: String

  package init(_ description: String) {
    self.description = description
  }

  /// The reason alone, from code that does not know which file it reads.
  struct Detail: Error {
    let text: String

    init(_ text: String) {
      self.text = text
    }
  }
}
