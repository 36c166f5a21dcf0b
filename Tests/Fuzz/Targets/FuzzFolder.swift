import Glibc

/// A folder in memory for the files of one process, gone when it ends in the usual way.
final class FuzzFolder: Sendable {
  static let shared = FuzzFolder()

  let path: String

  private init() {
    path = (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + "/fixacl-fuzz-\(getpid())"
    mkdir(path, 0o700)
    atexit { FuzzFolder.shared.remove() }
  }

  func path(_ name: String) -> String { path + "/" + name }

  /// Writes a whole file.
  func write(_ bytes: [UInt8], to name: String) {
    let descriptor = open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    require(descriptor >= 0, "the harness can write its files")
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written) }
      require(count > 0, "the harness can write its files")
      written += count
    }
    close(descriptor)
  }

  /// Reads a whole file; nil where there is none.
  func read(_ name: String) -> [UInt8]? {
    let descriptor = open(path(name), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return result }
      result += buffer[..<count]
    }
  }

  func remove(_ name: String) { unlink(path(name)) }

  private func remove() {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink(path(name))
    }
    closedir(folder)
    rmdir(path)
  }
}
