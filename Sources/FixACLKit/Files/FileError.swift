internal import Glibc
internal import AWSKit

/// A file operation that failed, with the system's reason.
package struct FileError: Error, Sendable, CustomStringConvertible {
  package let description: String
  /// The system's error number.
  package let code: Int32

  package var isBrokenPipe: Bool { code == EPIPE }
  package var isNoSuchFile: Bool { code == ENOENT }
  /// Whether the file system takes no such lock.
  var isOfLocking: Bool { code == EBADF || code == ENOLCK || code == EOPNOTSUPP }

  /// Takes the reason from `errno`.
  package init(_ verb: String, _ path: String) {
    code = errno
    description = "cannot \(verb) \(path.escapedForTerminal): \(String(cString: strerror(code)))"
  }
}
