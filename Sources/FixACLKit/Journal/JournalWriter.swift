internal import Synchronization

/// Writes a journal's records in the order in which they come, and notes in its first line how long it is.
final class JournalWriter: Sendable {
  /// A record, and when it was made.
  struct Entry: Sendable {
    let record: JournalRecord
    let time: String
  }

  private struct State {
    var encoder: JournalEncoder
    /// Bytes.
    var length: Int
  }

  private let file: OpenFile
  private let keepsLength: Bool
  private let state: Mutex<State>

  /// - Parameters:
  ///   - file: is written to from where it stands.
  ///   - length: of what the file has, in bytes.
  ///   - keepsLength: whether its first line has a place for the length.
  init(file: OpenFile, encoder: JournalEncoder, length: Int, keepsLength: Bool) {
    self.file = file
    self.keepsLength = keepsLength
    state = Mutex(State(encoder: encoder, length: length))
  }

  /// Returns when the records are on the disk.
  func write(_ entries: [Entry]) throws(FileError) {
    try state.withLock { state throws(FileError) in
      var bytes: [UInt8] = []
      for entry in entries { bytes += state.encoder.line(entry.record, at: entry.time) }
      // What was on the disk before: a file that is shorter than this was cut.
      try noteLength(state.length)
      try file.write(bytes)
      try file.synchronize()
      state.length += bytes.count
    }
  }

  /// Notes the length that the file has.
  func finish() {
    state.withLock { try? noteLength($0.length) }
  }

  /// Notes the length, and gives the file's lock back, whatever still holds the file itself.
  func close() {
    finish()
    file.unlock()
  }

  private func noteLength(_ length: Int) throws(FileError) {
    guard keepsLength else { return }
    try file.write(JournalHeader.digits(length), at: JournalHeader.synchronizedOffset)
  }
}
