internal import CBuild

/// What the program was built from, and for: told by `--version`.
enum BuildOrigin {
  /// Such as `commit 9254b78, linux x86_64`.
  static let text = ((commit.map { ["commit \($0)"] } ?? []) + [platform]).joined(separator: ", ")

  /// The commit's first digits, and whether files differed from it; nil where there was no git repository.
  private static var commit: String? {
    guard let digits = fixacl_build_commit() else { return nil }
    return String(cString: digits).prefix(7) + (fixacl_build_is_modified() != 0 ? ", modified" : "")
  }

  private static let platform: String = {
    #if arch(x86_64)
      "linux x86_64"
    #elseif arch(arm64)
      "linux aarch64"
    #else
      "linux"
    #endif
  }()
}
