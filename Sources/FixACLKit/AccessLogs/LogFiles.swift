internal import Glibc

/// The files of a folder, and of the folders in it, in the order of their names.
///
/// Links to files are followed, links to folders are not: they may lead back. Pipes and devices are passed over.
struct LogFiles {
  /// Folders in folders, beyond which nobody looks. S3 makes eight, for account, region, bucket and date.
  private static let maximumDepth = 64

  /// What is not looked into yet, the next one last.
  private var pending: [(path: String, depth: Int)]
  /// The folders that could not be read.
  private(set) var failures: [FileError] = []

  init(in folder: String) {
    pending = [(folder, 0)]
  }

  /// - Returns: the path of the next file; nil after the last.
  mutating func next() -> String? {
    while let (path, depth) = pending.popLast() {
      switch kind(of: path, isTop: depth == 0) {
      case .regular: return path
      case .folder:
        guard depth < Self.maximumDepth else { continue }
        do throws(FileError) {
          let base = path.hasSuffix("/") ? path : path + "/"
          for name in try FolderContents.names(in: path).reversed() { pending.append((base + name, depth + 1)) }
        } catch {
          failures.append(error)
        }
      case .missing, .special: continue
      }
    }
    return nil
  }

  private func kind(of path: String, isTop: Bool) -> FileKind {
    let kind = FileKind(ofPath: path)
    if case .folder = kind, !isTop, OpenFile.isLink(path) { return .special }
    return kind
  }
}
