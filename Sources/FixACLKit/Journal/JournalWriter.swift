internal import AWSKit
internal import Synchronization

/// Writes a journal's records in order, and records the synchronized length in the first line.
final class JournalWriter: Sendable {
  /// A record and its time; an object, since records are large and go through several hands.
  final class Entry: Sendable {
    let record: JournalRecord
    let time: Timestamp

    init(_ record: JournalRecord, at time: Timestamp) {
      self.record = record
      self.time = time
    }
  }

  private struct State {
    var encoder: JournalEncoder
    /// Bytes.
    var length: Int
    /// The last time that was written, and its text: many records have the same.
    var time: (Timestamp, text: String)?

    mutating func text(of time: Timestamp) -> String {
      if let known = self.time, known.0 == time { return known.text }
      let text = time.extended
      self.time = (time, text)
      return text
    }
  }

  private let file: OpenFile
  private let keepsLength: Bool
  private let hasLostEnd: Bool
  private let state: Mutex<State>

  /// - Parameters:
  ///   - file: positioned where the next record goes.
  ///   - length: the length of the file, in bytes.
  ///   - keepsLength: whether its first line has a place for the length.
  ///   - hasLostEnd: whether it was longer once, which its first line then goes on to say.
  init(file: OpenFile, encoder: JournalEncoder, length: Int, keepsLength: Bool, hasLostEnd: Bool = false) {
    self.file = file
    self.hasLostEnd = hasLostEnd
    self.keepsLength = keepsLength
    state = Mutex(State(encoder: encoder, length: length))
  }

  /// Returns when the records are on the disk.
  func write(_ entries: [Entry]) throws(FileError) {
    try state.withLock { state throws(FileError) in
      var bytes: [UInt8] = []
      for entry in entries {
        let time = state.text(of: entry.time)
        bytes += state.encoder.line(entry.record, at: time)
      }
      // This much was on the disk before: a shorter file has lost its end.
      try noteLength(state.length)
      try file.write(bytes)
      try file.synchronize()
      state.length += bytes.count
    }
  }

  /// Records the file's full length.
  func finish() {
    state.withLock { try? noteLength($0.length) }
  }

  /// Records the length and releases the lock, even if something else still holds the file.
  func close() {
    finish()
    file.unlock()
  }

  private func noteLength(_ length: Int) throws(FileError) {
    guard keepsLength else { return }
    try file.write(
      JournalHeader.digits(hasLostEnd ? JournalHeader.lostEnd : length), at: JournalHeader.synchronizedOffset)
  }
}
