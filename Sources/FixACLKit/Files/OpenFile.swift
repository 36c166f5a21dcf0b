internal import Glibc
internal import AWSKit
internal import Synchronization

/// An open file, closed when the last reference is gone. Calls that a signal interrupts are repeated.
package final class OpenFile: Sendable {
  package let descriptor: Int32
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
    let isNew: Bool
    switch mode {
    case .reading:
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      isNew = false
    case .journal: (descriptor, isNew) = Self.openOrMake(path, flags: 0)
    case .checkpoint: (descriptor, isNew) = Self.openOrMake(path, flags: O_NOFOLLOW | O_NONBLOCK)
    case .new:
      descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, Self.ownerOnly)
      isNew = true
    }
    self.path = path
    if descriptor < 0 { throw FileError("open", path) }
    if mode == .checkpoint { try checkIsOwn() }
    guard isNew else { return }
    // The umask must not take the owner's own rights: the next run has to read the file.
    guard fchmod(descriptor, Self.ownerOnly) == 0 else { throw FileError("set the mode of", path) }
    if mode != .new { try Self.synchronizeFolder(of: path) }
  }

  /// Keys, owners and versions of a bucket are nobody else's business.
  private static let ownerOnly: mode_t = 0o600

  /// Opens a file for reading and writing, and says whether it was created.
  private static func openOrMake(_ path: String, flags: Int32) -> (descriptor: Int32, isNew: Bool) {
    while true {
      let made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | flags, ownerOnly)
      if made >= 0 { return (made, true) }
      // A dangling link exists too; opening it creates the file it points to.
      guard errno == EEXIST else { return (made, false) }
      let found = open(path, O_RDWR | O_CLOEXEC | flags)
      if found >= 0 || errno != ENOENT { return (found, false) }
      guard isLink(path) else { continue }
      return (open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, ownerOnly), true)
    }
  }

  private func checkIsOwn() throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("read", path) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
      errno = EPERM
      throw FileError("use as a checkpoint, because it is not a regular file of this user,", path)
    }
  }

  /// Returns when the directory entry of a file, or its removal, is on the disk.
  package static func synchronizeFolder(of path: String) throws(FileError) {
    let folder = Self.folder(of: path)
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // Some folders may be written but not read, and some file systems have nothing to synchronize.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS || errno == EBADF else {
      throw FileError("write to disk", folder)
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Whether a path is a symbolic link.
  static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
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
    if flags >= 0, flags & O_ACCMODE == O_RDONLY {
      errno = EBADF
      throw FileError("write", "stdout")
    }
    let descriptor = dup(STDOUT_FILENO)
    guard descriptor >= 0 else { throw FileError("write", "stdout") }
    return OpenFile(descriptor: descriptor, path: "stdout")
  }

  /// A copy of the descriptor of stdin.
  package static func standardInput() throws(FileError) -> OpenFile {
    let descriptor = dup(STDIN_FILENO)
    guard descriptor >= 0 else { throw FileError("read", "stdin") }
    return OpenFile(descriptor: descriptor, path: "stdin")
  }

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// A temporary file in `folder` without a name: it disappears with the process, however that ends.
  package init(temporaryIn folder: String) throws(FileError) {
    path = folder + "/(temporary file)"
    var template = Array((folder + "/.fixacl-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    if descriptor < 0 { throw FileError("create a temporary file in", folder) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fchmod(descriptor, Self.ownerOnly)
    unlink(template)
  }

  deinit {
    guard descriptor >= 0 else { return }
    // Closing is not enough: a child process that is just being started may still hold a copy of the descriptor.
    unlock()
    close(descriptor)
  }

  package func write(_ bytes: [UInt8]) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError("write", path)
      }
      written += count
    }
  }

  /// Reads up to `count` bytes from stdin; none at its end.
  package static func readStandardInput(_ count: Int) throws(FileError) -> [UInt8] {
    while true {
      var result = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        result = Glibc.read(STDIN_FILENO, buffer.baseAddress, count)
        initialized = max(0, result)
      }
      if result >= 0 { return bytes }
      if errno != EINTR { throw FileError("read", "stdin") }
    }
  }

  /// Writes over what is at `offset`, wherever the file stands.
  package func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress! + written, bytes.count - written, off_t(offset + written))
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError("write", path)
      }
      written += count
    }
  }

  /// Reads up to `count` bytes from `offset`; none at the end of the file.
  package func read(_ count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    while true {
      var result = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
        initialized = max(0, result)
      }
      if result >= 0 { return bytes }
      if errno != EINTR { throw FileError("read", path) }
    }
  }

  package func size() throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("read", path) }
    return Int(status.st_size)
  }

  /// Whether the path names this very file.
  func isAt(_ path: String) -> Bool {
    var (own, other) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && stat(path, &other) == 0 && own.st_ino == other.st_ino
      && own.st_dev == other.st_dev
  }

  package var isRegularFile: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  package func seekToEnd() throws(FileError) {
    guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw FileError("seek in", path) }
  }

  package func truncate(to size: Int) throws(FileError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileError("shorten", path) }
  }

  /// Returns when everything written is on the disk.
  package func synchronize() throws(FileError) {
    // Pipes and other special files have nothing to synchronize.
    guard fdatasync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw FileError("write to disk", path)
    }
  }

  /// Takes the file's lock, which ends with `unlock()`, with this object, or with the process.
  ///
  /// - Returns: false if another process holds it.
  package func tryLock() throws(FileError) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
      holdsLock.store(true, ordering: .relaxed)
      return true
    }
    guard errno == EWOULDBLOCK else { throw FileError("lock", path) }
    return false
  }

  /// Releases the lock, if held.
  package func unlock() {
    if holdsLock.exchange(false, ordering: .relaxed) { flock(descriptor, LOCK_UN) }
  }
}
