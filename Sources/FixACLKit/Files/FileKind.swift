internal import Glibc

/// What is at a path, as far as it matters to whoever wants to write a file there.
package enum FileKind: Sendable {
  case missing
  case regular
  case folder
  /// A device, a pipe, a socket.
  case special

  /// Links are followed.
  package init(ofPath path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = .missing
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .regular
    case S_IFDIR: self = .folder
    default: self = .special
    }
  }
}
