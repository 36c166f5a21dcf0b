internal import Dispatch
internal import Glibc
internal import Synchronization

/// An append-only file with group commit: each append returns once its line is on the disk.
///
/// Lines that arrive at about the same time share one write and one `fdatasync`.
final class GroupCommitFile<Line: Sendable>: Sendable {
  private struct State {
    var pending: [Line] = []
    var waiters: [UnsafeContinuation<Result<Void, FileError>, Never>] = []
    var isFlushing = false
    /// After a failure nothing more is written: the failed write may have left half a line, which must stay the last.
    var failure: FileError?
  }

  /// How long the first line of a group waits for others. Each group costs one `fdatasync`.
  private static var gatheringMicroseconds: UInt32 { 3000 }

  private let write: @Sendable ([Line]) throws(FileError) -> Void
  private let queue = DispatchQueue(label: "fixacl.gathering-file")
  private let state = Mutex(State())

  /// - Parameter write: writes lines in order of arrival, and returns when they are on the disk. Called on the file's
  ///   own queue.
  init(write: @escaping @Sendable ([Line]) throws(FileError) -> Void) {
    self.write = write
  }

  /// Returns once the line is on the disk.
  func append(_ line: Line) async throws(FileError) { try await append(contentsOf: CollectionOfOne(line)) }

  /// Returns once the lines are on the disk.
  func append(contentsOf lines: some Collection<Line> & Sendable) async throws(FileError) {
    let result = await withUnsafeContinuation { continuation in
      let mustFlush = state.withLock { state in
        state.pending += lines
        state.waiters.append(continuation)
        defer { state.isFlushing = true }
        return !state.isFlushing
      }
      if mustFlush { queue.async { self.work() } }
    }
    try result.get()
  }

  /// Writes until nothing is pending. Runs on the file's queue, whose thread sleeps while a group forms: a timer would
  /// wake three threads for each write.
  private func work() {
    repeat {
      usleep(Self.gatheringMicroseconds)
    } while !flush()
  }

  /// Writes what is pending.
  ///
  /// - Returns: whether nothing arrived meanwhile.
  private func flush() -> Bool {
    let (lines, waiters, earlierFailure) = state.withLock { state in
      defer {
        state.pending = []
        state.waiters = []
      }
      return (state.pending, state.waiters, state.failure)
    }
    let result: Result<Void, FileError>
    do throws(FileError) {
      if let earlierFailure { throw earlierFailure }
      try write(lines)
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
