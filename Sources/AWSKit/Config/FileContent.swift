internal import Glibc

/// The result of reading a file that may be missing.
package enum FileContent: Sendable, SecretHolding {
  /// The whole content.
  case bytes([UInt8])
  /// There is no such file, or it is a directory (which a container gets for a missing file).
  case notFound
  /// It exists but cannot be read; the reason is the system's.
  case unreadable(String)

  /// Reads a file or a pipe to its end. Blocks.
  package init(path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      self = FileContent(failure: errno)
      return
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count == 0 { break }
      if count > 0 {
        bytes += buffer[..<count]
      } else if errno != EINTR {
        self = FileContent(failure: errno)
        return
      }
    }
    self = .bytes(bytes)
  }

  /// Whether there is a file that can be read more than once.
  @Sendable package static func isRegular(path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private init(failure: Int32) {
    switch failure {
    case ENOENT, ENOTDIR, EISDIR: self = .notFound
    default: self = .unreadable(String(cString: strerror(failure)))
    }
  }
}
