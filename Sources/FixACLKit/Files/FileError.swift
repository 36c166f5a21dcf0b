internal import AWSKit
internal import Glibc
internal import SystemPackage

/// A file operation that failed, with the system's reason.
package struct FileError: Error, Sendable, CustomStringConvertible {
  package let description: String
  private let code: Errno

  package var isBrokenPipe: Bool { code == .brokenPipe }
  package var isNoSuchFile: Bool { code == .noSuchFileOrDirectory }
  /// Whether the file system takes no such lock.
  var isOfLocking: Bool { [.badFileDescriptor, .noLocks, .notSupported].contains(code) }

  /// Takes the reason from `errno`.
  package init(_ verb: String, _ path: String) {
    self.init(verb, path, Errno(rawValue: errno))
  }

  /// - Parameter error: the system's.
  init(_ verb: String, _ path: String, _ error: any Error) {
    self.init(verb, path, reason: "\(error)", code: error as? Errno ?? .ioError)
  }

  /// - Parameter reason: a clause of fixacl's own.
  init(_ verb: String, _ path: String, reason: String, code: Errno = .notPermitted) {
    description = "cannot \(verb) \(path.escapedForTerminal): \(reason)"
    self.code = code
  }
}
