internal import Glibc
internal import SystemPackage

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
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      self = .bytes(try file.closeAfter { try Self.content(of: file) })
    } catch Errno.noSuchFileOrDirectory, Errno.notDirectory, Errno.isDirectory {
      self = .notFound
    } catch {
      self = .unreadable("\(error)")
    }
  }

  /// Whether there is a file that can be read more than once.
  @Sendable package static func isRegular(path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func content(of file: FileDescriptor) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}
