internal import AWSKit

/// All that is kept of the logs while they are read.
struct LogTally: Sendable {
  /// The most problems that are kept; more are counted.
  static let maximumProblems = 20
  /// Memory for refused keys that are being sorted.
  private static let runBytes = 4 << 20

  var s3: S3LogTally
  var cloudFront: CloudFrontLogTally
  private(set) var progress = LogProgress()
  private(set) var files: [LogKind: Int] = [:]
  private(set) var unreadableLines: [LogKind: Int] = [:]
  private(set) var problems: [LogProblem] = []
  private(set) var problemCount = 0
  /// The key that CloudFront asks the origin for; nil for a path that is none of this bucket's.
  private let keyOfPath: (@Sendable (ObjectKey) -> ObjectKey?)?
  private let spool: OpenFile
  private var sorter: KeySorter
  /// Why refused keys could not be kept.
  private(set) var spoolFailure: FileError?

  /// - Parameter folder: for a temporary file.
  init(_ request: AccessLogRequest, folder: String) throws(FileError) {
    spool = try OpenFile(temporaryIn: folder)
    sorter = KeySorter(file: spool, runBytes: Self.runBytes)
    keyOfPath = request.keyOfPath
    s3 = S3LogTally(bucket: request.bucket, isWanted: request.isWantedKey)
    cloudFront = CloudFrontLogTally(domainName: request.domainName, isWanted: request.isWantedPath)
  }

  mutating func take(_ line: S3LogLine, in bytes: Span<UInt8>) {
    progress.lines += 1
    guard let key = s3.take(line, in: bytes) else { return }
    keep(key)
  }

  mutating func take(
    _ line: CloudFrontLogColumns.Line, in bytes: Span<UInt8>
  ) throws(CloudFrontLogTally.Unreadable) {
    let refused = try cloudFront.take(line, in: bytes, beside: s3)
    progress.lines += 1
    guard let refused, let key = keyOfPath?(refused.path), key.isValidUTF8,
      (1...ObjectKey.maximumLength).contains(key.bytes.count), let new = s3.takeKey(key, at: refused.time)
    else { return }
    keep(new)
  }

  /// Keeps a refused key on disk. A key that left the table and came back is kept twice, and written once.
  private mutating func keep(_ key: ObjectKey) {
    guard spoolFailure == nil else { return }
    do throws(FileError) {
      try sorter.add(key.bytes)
    } catch {
      spoolFailure = error
    }
  }

  /// The refused keys so far, sorted, each once.
  mutating func refusedKeys() throws(FileError) -> KeyList.Reader {
    if let spoolFailure { throw spoolFailure }
    try sorter.finish()
    return KeyList.Reader(file: spool, runs: sorter.runs)
  }

  mutating func noteUnreadableLine(_ kind: LogKind) {
    progress.lines += 1
    unreadableLines[kind, default: 0] += 1
  }

  mutating func noteFile(_ kind: LogKind) {
    files[kind, default: 0] += 1
    progress.files += 1
  }

  mutating func noteBytes(_ count: Int) { progress.bytes += count }

  mutating func note(_ problem: LogProblem) {
    problemCount += 1
    if problems.count < Self.maximumProblems { problems.append(problem) }
  }
}

/// How much of the logs has been read.
package struct LogProgress: Sendable, Equatable {
  package internal(set) var files = 0
  /// As they are stored.
  package internal(set) var bytes = 0
  package internal(set) var lines = 0
}
