internal import Glibc
internal import SystemPackage

extension OpenFile {
  /// Reads up to `count` bytes from where the file stands, which may be a pipe or a terminal; none at its end.
  ///
  /// Waits for bytes only as long as nobody stops it.
  ///
  /// - Returns: nil if it was stopped.
  package func readNext(_ count: Int, stop: StopSignal) throws(FileError) -> [UInt8]? {
    while !stop.isSet {
      var waited = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waited, 1, Self.pollMilliseconds)
      guard ready != 0 else { continue }
      if ready < 0 {
        if errno == EINTR { continue }
        throw FileError("read", path)
      }
      var result = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        result = Glibc.read(descriptor.rawValue, buffer.baseAddress, count)
        initialized = max(0, result)
      }
      if result >= 0 { return bytes }
      if errno != EINTR && errno != EAGAIN { throw FileError("read", path) }
    }
    return nil
  }

  /// How soon a stop is noticed.
  private static let pollMilliseconds: Int32 = 100

  /// Whether somebody types what is read from stdin.
  package static var isStandardInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }
}
