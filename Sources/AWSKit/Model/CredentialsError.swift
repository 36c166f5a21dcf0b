/// Why there are no credentials, or no usable settings around them.
///
/// The message holds names, paths, line numbers and URLs, never a value that could be a secret: what stands
/// in a line that cannot be read is not shown either.
package struct CredentialsError: Error, Sendable, Equatable {
  /// What kind of failure it is, as far as callers decide by it.
  package enum Code: String, Sendable {
    /// The profile that was asked for is in neither file.
    case profileNotFound
    /// There are credentials, but to get at them takes something that this version cannot do.
    case unsupported
    /// One half of a pair of keys is missing.
    case partialCredentials
    /// There are no credentials in any place.
    case noCredentials
    /// A shared file breaks the rules of its format.
    case malformedFile
    /// A value cannot be what it stands for.
    case invalidValue
  }

  /// What kind of failure it is.
  package let code: Code
  /// What failed, on what, why, and what to do next.
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension CredentialsError: CustomStringConvertible {
  /// The message, safe on a terminal: names and paths in it come from files and from the environment.
  package var description: String { message.escapedForTerminal }
}
