internal import Glibc

/// The folder for what fixacl remembers of its runs: `$XDG_STATE_HOME/fixacl`, by default `~/.local/state/fixacl`.
package enum StateFolder {
  /// The folder, which is made if need be.
  package static func make() throws(FileError) -> String {
    let base = getenv("XDG_STATE_HOME").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    let state = if let base { base } else { try home() + "/.local/state" }
    let folder = state + "/fixacl"
    var path = ""
    for part in folder.split(separator: "/") {
      path += "/\(part)"
      if case .missing = FileKind(ofPath: path), mkdir(path, 0o700) != 0, errno != EEXIST {
        throw FileError("create the folder", path)
      }
    }
    return folder
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
