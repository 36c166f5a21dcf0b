internal import Dispatch
internal import Glibc
internal import Synchronization

/// A file that lines are appended to, each of which is waited for until it is on the disk.
///
/// Lines that come at about the same time share one write and one `fdatasync`.
final class GatheringFile: Sendable {
  private struct State {
    var pending: [UInt8] = []
    var waiters: [UnsafeContinuation<Result<Void, FileError>, Never>] = []
    var isFlushing = false
    /// After it nothing more is written: it may have left a part of a line behind, which must stay the last.
    var failure: FileError?
  }

  /// How long a line waits for others, for each of which the disk would otherwise be asked.
  private static let gatheringMicroseconds: UInt32 = 3000

  private let file: OpenFile
  private let queue = DispatchQueue(label: "fixacl.gathering-file")
  private let state = Mutex(State())

  init(_ file: OpenFile) {
    self.file = file
  }

  /// Gives the file's lock back, whatever still holds the file itself: the queue lets go of it a moment after the last
  /// line was written.
  func unlock() {
    file.unlock()
  }

  /// Returns once the line is on the disk.
  func append(_ line: [UInt8]) async throws(FileError) {
    let result = await withUnsafeContinuation { continuation in
      let mustFlush = state.withLock { state in
        state.pending += line
        state.waiters.append(continuation)
        defer { state.isFlushing = true }
        return !state.isFlushing
      }
      if mustFlush { queue.async { self.work() } }
    }
    try result.get()
  }

  /// Writes until nobody waits any more. Runs on the file's queue, whose thread sleeps: a timer would have three threads
  /// woken up for each write.
  private func work() {
    repeat {
      usleep(Self.gatheringMicroseconds)
    } while !flush()
  }

  /// Writes what is pending.
  ///
  /// - Returns: whether nothing has come meanwhile.
  private func flush() -> Bool {
    let (bytes, waiters, earlierFailure) = state.withLock { state in
      defer {
        state.pending = []
        state.waiters = []
      }
      return (state.pending, state.waiters, state.failure)
    }
    let result: Result<Void, FileError>
    do throws(FileError) {
      if let earlierFailure { throw earlierFailure }
      try file.write(bytes)
      try file.synchronize()
      result = .success(())
    } catch {
      state.withLock { $0.failure = error }
      result = .failure(error)
    }
    for waiter in waiters { waiter.resume(returning: result) }
    return state.withLock { state in
      if state.waiters.isEmpty { state.isFlushing = false }
      return state.waiters.isEmpty
    }
  }
}
