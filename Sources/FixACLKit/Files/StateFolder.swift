internal import Glibc

/// The folder for what fixacl remembers of its runs: `$XDG_STATE_HOME/fixacl`, by default `~/.local/state/fixacl`.
package enum StateFolder {
  /// The folder, which is created if necessary.
  package static func make() throws(FileError) -> String {
    let base = getenv("XDG_STATE_HOME").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    let state = if let base { base } else { try home() + "/.local/state" }
    let folder = state + "/fixacl"
    try make(folder)
    return folder
  }

  /// Makes a folder, and those that it is in, as far as they are missing. Only this user may look into them.
  package static func make(_ folder: String) throws(FileError) {
    var path = folder.hasPrefix("/") ? "" : "."
    for part in folder.split(separator: "/") {
      path += "/\(part)"
      guard case .missing = FileKind(ofPath: path) else { continue }
      // The umask must not take the owner's own rights.
      guard mkdir(path, 0o700) == 0 ? chmod(path, 0o700) == 0 : errno == EEXIST else {
        throw FileError("create the folder", path)
      }
    }
  }

  /// The user's folder: `HOME`, which services and cron jobs may lack, else the password database's.
  private static func home() throws(FileError) -> String {
    let candidates = [getenv("HOME"), getpwuid(geteuid())?.pointee.pw_dir].compactMap { $0.map { String(cString: $0) } }
    guard let home = candidates.first(where: { $0.hasPrefix("/") && $0 != "/" }) else {
      throw FileError("find", "a home folder", reason: "HOME is not set, and the user has none")
    }
    return home
  }
}
