internal import Glibc
internal import Synchronization
internal import SystemPackage

/// An open file, closed when the last reference is gone. Calls that a signal interrupts are repeated.
package final class OpenFile: Sendable {
  let descriptor: FileDescriptor
  package let path: String
  private let holdsLock = Atomic<Bool>(false)

  /// How a file is opened.
  package enum Mode {
    case reading
    /// Read and write; created if missing.
    case journal
    /// Like `journal`, but it must be a regular file of this user: a link, or a file of somebody else, is an error.
    case checkpoint
    /// Created; an error if it exists.
    case new
  }

  package init(_ path: String, _ mode: Mode) throws(FileError) {
    self.path = path
    let isNew: Bool
    do {
      switch mode {
      case .reading: (descriptor, isNew) = (try .open(path, .readOnly, options: .closeOnExec), false)
      case .journal: (descriptor, isNew) = try Self.openOrMake(path, [])
      case .checkpoint: (descriptor, isNew) = try Self.openOrMake(path, [.noFollow, .nonBlocking])
      case .new: (descriptor, isNew) = (try Self.make(path, [.exclusiveCreate, .closeOnExec]), true)
      }
    } catch {
      throw FileError("open", path, error)
    }
    if mode == .checkpoint { try checkIsOwn() }
    guard isNew else { return }
    // The umask must not take the owner's own rights: the next run has to read the file.
    guard fchmod(descriptor.rawValue, Self.ownerOnly.rawValue) == 0 else { throw FileError("set the mode of", path) }
    if mode != .new { try Self.synchronizeFolder(of: path) }
  }

  /// Keys, owners and versions of a bucket are nobody else's business.
  private static let ownerOnly: FilePermissions = .ownerReadWrite

  /// Opens a file for reading and writing, and says whether it was created.
  private static func openOrMake(
    _ path: String, _ options: FileDescriptor.OpenOptions
  ) throws -> (FileDescriptor, isNew: Bool) {
    let options = options.union(.closeOnExec)
    while true {
      do {
        return (try make(path, options.union(.exclusiveCreate)), true)
      } catch Errno.fileExists {}
      // A dangling link exists too; opening it creates the file it points to.
      do {
        return (try .open(path, .readWrite, options: options), false)
      } catch Errno.noSuchFileOrDirectory {
        if isLink(path) { return (try make(path, options), true) }
      }
    }
  }

  private static func make(_ path: String, _ options: FileDescriptor.OpenOptions) throws -> FileDescriptor {
    try .open(path, .readWrite, options: options.union(.create), permissions: ownerOnly)
  }

  private func checkIsOwn() throws(FileError) {
    let status = try attempt("read") { try descriptor.stat() }
    guard status.type == .regular, status.userID.rawValue == geteuid() else {
      throw FileError("use", path, reason: "it is not a regular file of this user")
    }
  }

  /// Returns when the directory entry of a file, or its removal, is on the disk.
  package static func synchronizeFolder(of path: String) throws(FileError) {
    let folder = Self.folder(of: path)
    // Some folders may be written but not read, and some file systems have nothing to synchronize.
    guard let descriptor = try? FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec]) else {
      return
    }
    defer { try? descriptor.close() }
    guard fsync(descriptor.rawValue) == 0 || errno == EINVAL || errno == EROFS || errno == EBADF else {
      throw FileError("write to disk", folder)
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Whether a path is a symbolic link.
  static func isLink(_ path: String) -> Bool {
    (try? Stat(path, followTargetSymlink: false))?.type == .symbolicLink
  }

  /// The path of the file itself, with all links resolved.
  package var realPath: String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// A copy of the descriptor of stdout, which must be open for writing.
  package static func standardOutput() throws(FileError) -> OpenFile {
    let flags = fcntl(STDOUT_FILENO, F_GETFL)
    if flags >= 0, flags & O_ACCMODE == O_RDONLY { throw FileError("write", "stdout", Errno.badFileDescriptor) }
    do {
      return OpenFile(descriptor: try FileDescriptor.standardOutput.duplicate(), path: "stdout")
    } catch {
      throw FileError("write", "stdout", error)
    }
  }

  /// A copy of the descriptor of stdin.
  package static func standardInput() throws(FileError) -> OpenFile {
    do {
      return OpenFile(descriptor: try FileDescriptor.standardInput.duplicate(), path: "stdin")
    } catch {
      throw FileError("read", "stdin", error)
    }
  }

  private init(descriptor: FileDescriptor, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// A temporary file in `folder` without a name: it disappears with the process, however that ends.
  package init(temporaryIn folder: String) throws(FileError) {
    path = folder + "/(temporary file)"
    var template = Array((folder + "/.fixacl-XXXXXX").utf8CString)
    descriptor = FileDescriptor(rawValue: mkstemp(&template))
    if descriptor.rawValue < 0 { throw FileError("create a temporary file in", folder) }
    _ = fcntl(descriptor.rawValue, F_SETFD, FD_CLOEXEC)
    _ = fchmod(descriptor.rawValue, Self.ownerOnly.rawValue)
    unlink(template)
  }

  deinit {
    guard descriptor.rawValue >= 0 else { return }
    // Closing is not enough: a child process that is just being started may still hold a copy of the descriptor.
    unlock()
    try? descriptor.close()
  }

  package func write(_ bytes: [UInt8]) throws(FileError) {
    try attempt("write") { try descriptor.writeAll(bytes) }
  }

  /// Writes over what is at `offset`, wherever the file stands.
  package func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    try attempt("write") { try descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
  }

  /// Reads up to `count` bytes from `offset`; none at the end of the file.
  package func read(_ count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    try attempt("read") {
      try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = try descriptor.read(
          fromAbsoluteOffset: Int64(offset), into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
  }

  /// Reads up to `count` bytes from stdin; none at its end.
  package static func readStandardInput(_ count: Int) throws(FileError) -> [UInt8] {
    do {
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = try FileDescriptor.standardInput.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
    } catch {
      throw FileError("read", "stdin", error)
    }
  }

  package func size() throws(FileError) -> Int {
    Int(try attempt("read") { try descriptor.stat() }.size)
  }

  /// Whether the path names this very file.
  func isAt(_ path: String) -> Bool {
    guard let own = try? descriptor.stat(), let other = try? Stat(path) else { return false }
    return own.inode == other.inode && own.deviceID == other.deviceID
  }

  package var isRegularFile: Bool { (try? descriptor.stat())?.type == .regular }

  package func seekToEnd() throws(FileError) {
    try attempt("seek in") { try descriptor.seek(offset: 0, from: .end) }
  }

  package func truncate(to size: Int) throws(FileError) {
    try attempt("shorten") { try descriptor.resize(to: Int64(size)) }
  }

  /// Returns when everything written is on the disk.
  package func synchronize() throws(FileError) {
    // Pipes and other special files have nothing to synchronize.
    guard fdatasync(descriptor.rawValue) == 0 || errno == EINVAL || errno == EROFS else {
      throw FileError("write to disk", path)
    }
  }

  /// Takes the file's lock, which ends with `unlock()`, with this object, or with the process.
  ///
  /// - Returns: false if another process holds it.
  package func tryLock() throws(FileError) -> Bool {
    if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 {
      holdsLock.store(true, ordering: .relaxed)
      return true
    }
    guard errno == EWOULDBLOCK else { throw FileError("lock", path) }
    return false
  }

  /// Releases the lock, if held.
  package func unlock() {
    if holdsLock.exchange(false, ordering: .relaxed) { flock(descriptor.rawValue, LOCK_UN) }
  }

  /// Does what may fail with the system's reason.
  @discardableResult
  private func attempt<Value>(_ verb: String, _ body: () throws -> Value) throws(FileError) -> Value {
    do {
      return try body()
    } catch {
      throw FileError(verb, path, error)
    }
  }
}
