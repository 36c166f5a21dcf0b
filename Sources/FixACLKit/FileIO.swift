internal import Glibc
internal import Synchronization

/// An open file, closed when the value is let go. Calls are retried where a signal interrupted them.
package final class OpenFile: Sendable {
  package let descriptor: Int32
  package let path: String
  private let holdsLock = Atomic<Bool>(false)

  /// How a file is opened.
  package enum Mode {
    case reading
    /// Read and write, made if it is not there.
    case journal
    /// Read and write by its owner alone, made if it is not there.
    case checkpoint
    /// Made new, readable by its owner alone; an error if it is there.
    case new
  }

  package init(_ path: String, _ mode: Mode) throws(FileError) {
    let flags: Int32 =
      switch mode {
      case .reading: O_RDONLY | O_CLOEXEC
      case .journal, .checkpoint: O_RDWR | O_CREAT | O_CLOEXEC
      case .new: O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
      }
    descriptor = open(path, flags, mode_t(mode == .checkpoint ? 0o600 : 0o644))
    self.path = path
    if descriptor < 0 { throw FileError("open", path) }
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

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// An empty temporary file in `folder`, without a name: it is gone when the program is, however it ends.
  package init(temporaryIn folder: String) throws(FileError) {
    path = folder + "/(temporary file)"
    var template = Array((folder + "/.fixacl-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    if descriptor < 0 { throw FileError("make a temporary file in", folder) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
  }

  deinit {
    guard descriptor >= 0 else { return }
    // Closing alone leaves the lock with a program that is being started at this moment, and has a copy still.
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

  /// Whether the path names this file, and not another one, or none.
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
    // Pipes and the like have nothing to synchronize.
    guard fdatasync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw FileError("write to disk", path)
    }
  }

  /// Takes the file's lock, which ends with `unlock()`, with this object, or with the process.
  ///
  /// - Returns: false if another process has it.
  package func tryLock() throws(FileError) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
      holdsLock.store(true, ordering: .relaxed)
      return true
    }
    guard errno == EWOULDBLOCK else { throw FileError("lock", path) }
    return false
  }

  /// Gives the lock back, if it is held.
  package func unlock() {
    if holdsLock.exchange(false, ordering: .relaxed) { flock(descriptor, LOCK_UN) }
  }
}

/// What is at a path, as far as it matters to whoever wants to write a file there.
package enum FileKind: Sendable {
  case missing
  case regular
  case folder
  /// A device, a pipe, a socket.
  case special

  /// Links are followed.
  package init(ofPath path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = .missing
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .regular
    case S_IFDIR: self = .folder
    default: self = .special
    }
  }
}

/// A file operation that failed, with the system's reason.
package struct FileError: Error, Sendable, CustomStringConvertible {
  package let description: String
  /// The system's error number.
  package let code: Int32

  package var isBrokenPipe: Bool { code == EPIPE }
  package var isNoSuchFile: Bool { code == ENOENT }

  /// Takes the reason from `errno`.
  package init(_ verb: String, _ path: String) {
    code = errno
    description = "cannot \(verb) \(path): \(String(cString: strerror(code)))"
  }
}
