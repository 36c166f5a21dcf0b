/// Why a plan or a journal cannot be used, in words for whoever runs the program.
package struct FileFormatError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, on which file, and what to do.
  package let description: String

  package init(_ description: String) {
    self.description = description
  }

  /// What is wrong, from a place that does not know which file it reads.
  struct Detail: Error {
    let text: String

    init(_ text: String) {
      self.text = text
    }
  }
}
