internal import SystemPackage

/// What is at a path, as far as it matters for writing a file there.
package enum FileKind: Sendable {
  case missing
  case regular
  case folder
  /// A device, a pipe, a socket.
  case special

  /// Links are followed.
  package init(ofPath path: String) {
    self =
      switch (try? Stat(path))?.type {
      case nil: .missing
      case .regular?: .regular
      case .directory?: .folder
      default: .special
      }
  }
}
