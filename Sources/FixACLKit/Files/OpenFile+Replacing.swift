internal import Glibc
internal import SystemPackage

extension OpenFile {
  /// Writes a file that appears whole or not at all: under another name, synchronized and renamed. Whatever the umask, only
  /// its owner may read it, or everybody.
  ///
  /// - Throws: `FileError`, and what `write` throws; no file is left then, and the old one stays.
  package static func replacing(
    _ path: String, isForEverybody: Bool = false, _ write: (OpenFile) throws -> Void
  ) throws {
    let (file, temporaryPath) = try makeTemporary(for: path)
    do {
      try write(file)
      if isForEverybody, fchmod(file.descriptor.rawValue, 0o644) != 0 { throw FileError("set the mode of", path) }
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
