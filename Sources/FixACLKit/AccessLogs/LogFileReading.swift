internal import AWSKit

/// Reads one file of logs piece by piece, and finds out its format.
///
/// What is wrong with the file is noted, and ends at most the reading of this file.
struct LogFileReading {
  /// Somebody stopped the reading.
  struct Interrupted: Error {}

  private enum Compression {
    case unknown
    case none
    case gzip(GzipDecoder)
  }

  private let place: String
  private let stop: StopSignal
  private var content: LogContent
  private var lines = LogLines()
  private var compression = Compression.unknown
  /// The first bytes, until there are enough to tell what it is.
  private var head: [UInt8] = []

  init(_ kind: LogKind, place: String, stop: StopSignal) {
    self.place = place
    self.stop = stop
    content = LogContent(kind, place: place)
  }

  /// Whether the rest need not be read.
  var isDone: Bool { content.isDone }

  /// Takes the next bytes of the file.
  ///
  /// - Throws: `Interrupted`.
  mutating func take(_ piece: [UInt8], into tally: inout LogTally) throws(Interrupted) {
    tally.noteBytes(piece.count)
    if case .unknown = compression {
      head += piece
      guard head.count >= LogContent.markLength else { return }
      try begin(&tally)
    } else {
      try takeStored(piece.span, &tally)
    }
  }

  private mutating func begin(_ tally: inout LogTally) throws(Interrupted) {
    compression = head.starts(with: GzipDecoder.magic) ? .gzip(GzipDecoder()) : .none
    let bytes = head
    head = []
    try takeStored(bytes.span, &tally)
  }

  private mutating func takeStored(_ piece: Span<UInt8>, _ tally: inout LogTally) throws(Interrupted) {
    guard !isDone else { return }
    guard case .gzip(let decoder) = compression else { return try takePlain(piece, &tally) }
    do {
      try decoder.decode(piece) { piece in
        try takePlain(piece, &tally)
        // The rest of what may be a bomb is of no use.
        if isDone { throw Unneeded() }
      }
    } catch let failure as GzipDecoder.Failure {
      note(failure, &tally)
    } catch is Unneeded {
    } catch { throw Interrupted() }
  }

  /// The rest of a piece need not be decompressed.
  private struct Unneeded: Error {}

  private mutating func note(_ failure: GzipDecoder.Failure, _ tally: inout LogTally) {
    guard !isDone else { return }
    switch failure {
    case .damaged(let reason): tally.note(LogProblem(place: place, kind: .damaged(reason)))
    case .truncated: tally.note(LogProblem(place: place, kind: .truncated))
    }
    content.isDone = true
  }

  private mutating func takePlain(_ piece: Span<UInt8>, _ tally: inout LogTally) throws(Interrupted) {
    guard !stop.isSet else { throw Interrupted() }
    var position = 0
    while !content.isDone, let next = lines.next(in: piece, &position) { take(next, of: piece, &tally) }
  }

  private mutating func take(_ next: LogLines.Next, of piece: Span<UInt8>, _ tally: inout LogTally) {
    switch next {
    case .inPiece(let range): content.take(piece.extracting(range), &tally)
    case .kept:
      let line = lines.kept
      content.take(line.span, &tally)
    case .tooLong: content.takeUnreadable(&tally)
    }
  }

  /// Ends the reading where the rest of the file cannot be had, in the middle of a line.
  mutating func abandon(_ tally: inout LogTally) {
    content.isDone = true
    content.finish(&tally)
  }

  /// Ends the reading after the file's last byte.
  mutating func finish(_ tally: inout LogTally) throws(Interrupted) {
    if case .unknown = compression { try begin(&tally) }
    if case .gzip(let decoder) = compression, !isDone {
      do throws(GzipDecoder.Failure) {
        try decoder.finish()
      } catch {
        note(error, &tally)
      }
    }
    // A line that was cut off is told apart from a last one without a line feed by its being unreadable.
    if let next = lines.finish() {
      let nothing: [UInt8] = []
      take(next, of: nothing.span, &tally)
    }
    content.finish(&tally)
  }
}
