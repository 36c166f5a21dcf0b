internal import Glibc

/// Where files go that are only needed while the program runs.
enum TemporaryPlace {
  static var folder: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }
}
