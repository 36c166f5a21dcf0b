import FoundationEssentials
import Glibc

/// Has every write to one open file fail as on a full disk, by putting `/dev/full` in the place of its descriptor.
struct FullDisk {
  private let descriptor: Int32
  private let saved: Int32

  /// - Parameter path: of a file that is open once in this process.
  init(under path: String) throws {
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
    }.compactMap { Int32($0) }
    guard descriptors.count == 1 else { throw CocoaError(.fileNoSuchFile) }
    descriptor = descriptors[0]
    saved = dup(descriptor)
    let full = open("/dev/full", O_RDWR | O_CLOEXEC)
    dup2(full, descriptor)
    close(full)
  }

  /// Gives the file its disk back.
  func free() {
    dup2(saved, descriptor)
    close(saved)
  }
}
