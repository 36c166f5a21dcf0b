/// Why there are no usable credentials or settings.
///
/// The message contains names, paths, line numbers and URLs, but never a possible secret: the content of an unreadable
/// line is not shown either.
package struct CredentialsError: Error, Sendable, Equatable {
  /// The kinds of failure that callers distinguish.
  package enum Code: String, Sendable {
    /// Neither file has the requested profile.
    case profileNotFound
    /// A source that is configured did not give credentials.
    case sourceFailed
    /// A session has ended, and only a person can begin a new one.
    case sessionEnded
    /// The run is being stopped, and fetches nothing more.
    case stopped
    /// One key of a pair is missing.
    case partialCredentials
    /// No source has credentials.
    case noCredentials
    /// A shared file breaks the rules of its format.
    case malformedFile
    /// A value is invalid.
    case invalidValue
  }

  /// What kind of failure it is.
  package let code: Code
  /// What failed, on what, why, and what to do next.
  package let message: String
  /// Whether nothing came back from where credentials were asked for.
  var isUnanswered = false

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension CredentialsError: CustomStringConvertible {
  /// The message, safe to print on a terminal: its names and paths come from files and the environment.
  package var description: String { message.escapedForTerminal }
}
