internal import Glibc

/// What came of reading a file that may well not be there.
package enum FileContent: Sendable, SecretHolding {
  /// All of it.
  case bytes([UInt8])
  /// No such file, or a directory of that name (which is what a container gets for a missing file).
  case notFound
  /// It is there but cannot be read; the reason is the system's.
  case unreadable(String)

  /// Reads a file or a pipe to its end, blocking.
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

  private init(failure: Int32) {
    switch failure {
    case ENOENT, ENOTDIR, EISDIR: self = .notFound
    default: self = .unreadable(String(cString: strerror(failure)))
    }
  }
}
