internal import Dispatch
internal import Synchronization
package import AWSKit

/// Reads access logs of any size in constant memory, one file after the other.
///
/// What cannot be read is noted in the report, and the rest is read.
package final class AccessLogReader: Sendable {
  /// Bytes of a file that are read at once.
  private static let pieceLength = 256 << 10

  private let request: AccessLogRequest
  /// For logs in buckets.
  private let client: AWSClient?
  let stop: StopSignal
  private let tally: Mutex<LogTally>

  /// - Parameters:
  ///   - client: that reads the buckets with the logs; nil if there are none.
  ///   - folder: for a temporary file, which has the refused keys.
  package init(
    _ request: AccessLogRequest, client: AWSClient?, folder: String, stop: StopSignal
  ) throws(FileError) {
    self.request = request
    self.client = client
    self.stop = stop
    tally = Mutex(try LogTally(request, folder: folder))
  }

  /// How much has been read so far. Any thread may ask.
  package var progress: LogProgress { tally.withLock { $0.progress } }

  /// Reads all logs, or what can be read until somebody stops it.
  ///
  /// - Throws: `FileError` if the temporary file fails.
  package func read() async throws -> AccessLogReport {
    do {
      for place in request.accessLogs { try await read(.s3, at: place) }
      for place in request.cloudFrontLogs { try await read(.cloudFront, at: place) }
    } catch is LogFileReading.Interrupted {}
    return try tally.withLock { try AccessLogReport(&$0, request, isInterrupted: stop.isSet) }
  }

  private func read(_ kind: LogKind, at place: LogPlace) async throws {
    switch place {
    case .bucket(let bucket, let prefix):
      guard let client else { return note(.unreadable("no credentials are given"), at: "\(place)") }
      try await readObjects(kind, of: bucket, prefix: prefix, client: client)
    case .path(let path):
      // A named pipe opens once somebody writes to it.
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        DispatchQueue.global().async {
          continuation.resume(with: Result { try self.readFiles(kind, at: path) })
        }
      }
    }
  }

  // MARK: - Files

  private func readFiles(_ kind: LogKind, at path: String) throws {
    guard path != "-" else {
      return try readFile(kind, name: "stdin") { () throws(FileError) in try OpenFile.standardInput() }
    }
    guard case .folder = FileKind(ofPath: path) else { return try readFile(kind, path) }
    var files = LogFiles(in: path)
    var count = 0
    while let file = files.next() {
      count += 1
      try readFile(kind, file)
    }
    for failure in files.failures { note(.unreadable("\(failure)"), at: path) }
    if count == 0, files.failures.isEmpty { note(.empty, at: path) }
  }

  private func readFile(_ kind: LogKind, _ path: String) throws {
    try readFile(kind, name: path) { () throws(FileError) in try OpenFile(path, .reading) }
  }

  private func readFile(_ kind: LogKind, name: String, open: () throws(FileError) -> OpenFile) throws {
    var reading = LogFileReading(kind, place: name, stop: stop)
    do {
      let file = try open()
      while !reading.isDone {
        guard let piece = try file.readNext(Self.pieceLength, stop: stop) else { throw LogFileReading.Interrupted() }
        guard !piece.isEmpty else { break }
        try take(piece, &reading)
      }
      try finish(&reading)
    } catch let error as FileError {
      // What came before counts.
      note(.unreadable("\(error)"), at: name)
      abandon(&reading)
    }
  }

  // MARK: - What is kept

  func take(_ piece: [UInt8], _ reading: inout LogFileReading) throws {
    try tally.withLock { try reading.take(piece, into: &$0) }
  }

  func finish(_ reading: inout LogFileReading) throws {
    try tally.withLock { try reading.finish(&$0) }
  }

  func abandon(_ reading: inout LogFileReading) {
    tally.withLock { reading.abandon(&$0) }
  }

  func note(_ problem: LogProblem.Kind, at place: String) {
    tally.withLock { $0.note(LogProblem(place: place, kind: problem)) }
  }

  // MARK: - Refused keys

  /// What was written of the refused keys.
  package struct WrittenKeys: Sendable, Equatable {
    package let count: Int
    /// Keys that hold what ends a line of the file.
    package let omitted: Int
  }

  /// Writes the refused keys, sorted, each once, as `plan --keys-from` reads them.
  ///
  /// - Parameter isNullSeparated: whether NUL ends a key, not a line feed.
  /// - Throws: `FileError`, `PlanWriter.Interrupted`.
  package func writeRefusedKeys(
    to destination: PlanWriter.Destination, isNullSeparated: Bool = false
  ) throws -> WrittenKeys {
    var keys = try tally.withLock { try $0.refusedKeys() }
    let separator = isNullSeparated ? UInt8(ascii: "\0") : UInt8(ascii: "\n")
    var (count, omitted) = (0, 0)
    func write(to file: OpenFile) throws {
      var piece: [UInt8] = []
      while let key = try keys.next() {
        if stop.isSet { throw PlanWriter.Interrupted() }
        guard !key.bytes.contains(separator) else {
          omitted += 1
          continue
        }
        count += 1
        piece += key.bytes + [separator]
        guard piece.count >= Self.pieceLength else { continue }
        try file.write(piece)
        piece.removeAll(keepingCapacity: true)
      }
      try file.write(piece)
    }
    switch destination {
    case .descriptor(let file): try write(to: file)
    case .file(let path): try OpenFile.replacing(path, write)
    }
    return WrittenKeys(count: count, omitted: omitted)
  }
}
