internal import Glibc
internal import SystemPackage

extension OpenFile {
  /// Writes a file that appears whole or not at all: under another name, synchronized and renamed. Whatever the umask, only
  /// its owner may read it, or everybody.
  ///
  /// - Throws: `FileError`, and what `write` throws; no file is left then, and the old one stays. A journal is never
  ///   replaced.
  package static func replacing(
    _ path: String, isForEverybody: Bool = false, _ write: (OpenFile) throws -> Void
  ) throws {
    try checkReplaceable(path)
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

  /// What every journal begins with.
  static let journalBeginning = Array("{\"format\":\"fixacl-journal/".utf8)

  /// Sees that a file in the way is no journal, which is the only undo of what was changed.
  package static func checkReplaceable(_ path: String) throws(FileError) {
    guard case .regular = FileKind(ofPath: path), let file = try? OpenFile(path, .reading),
      (try? file.read(journalBeginning.count, at: 0)) == journalBeginning
    else { return }
    throw FileError(
      "replace", path, reason: "it is a journal, which is needed to undo changes. Name another file, or move it away")
  }

  /// Makes the file under another name.
  static func makeTemporary(for path: String) throws(FileError) -> (file: OpenFile, path: String) {
    let temporaryPath = "\(path).\(getpid()).tmp"
    unlink(temporaryPath)
    return (try OpenFile(temporaryPath, .new), temporaryPath)
  }
}
