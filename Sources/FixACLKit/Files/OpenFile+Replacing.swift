internal import Glibc

extension OpenFile {
  /// Writes a file that appears whole or not at all: under another name, synchronized and renamed. Only its owner may read
  /// it, whatever the umask.
  ///
  /// - Throws: `FileError`, and what `write` throws; no file is left then, and the old one stays.
  package static func replacing(_ path: String, _ write: (OpenFile) throws -> Void) throws {
    let (file, temporaryPath) = try makeTemporary(for: path)
    do {
      try write(file)
      try file.synchronize()
      guard rename(temporaryPath, path) == 0 else { throw FileError("write", path) }
      try synchronizeFolder(of: path)
    } catch {
      unlink(temporaryPath)
      throw error
    }
  }

  /// Makes the file under another name.
  static func makeTemporary(for path: String) throws(FileError) -> (file: OpenFile, path: String) {
    let temporaryPath = "\(path).\(getpid()).tmp"
    unlink(temporaryPath)
    return (try OpenFile(temporaryPath, .new), temporaryPath)
  }
}
