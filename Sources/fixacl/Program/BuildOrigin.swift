internal import CBuild

/// What the program was built from, and for: told by `--version`.
enum BuildOrigin {
  /// Such as `commit 9254b78, linux x86_64`.
  static let text = ((commit.map { ["commit \($0)"] } ?? []) + [platform]).joined(separator: ", ")

  /// The commit's first digits, and whether files differed from it; nil where that is not known.
  private static var commit: String? {
    let commit = String(cString: fixacl_build_commit())
    guard !commit.isEmpty else { return nil }
    return commit.hasSuffix("+") ? commit.dropLast() + ", modified" : commit
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
