internal import AWSKit

/// Takes the lines of one file, once they are decompressed: decides by the first what they are, and parses them.
struct LogContent {
  /// How many of a file's first bytes tell what it is.
  static let markLength = 4
  /// After how many lines, none of which is of the log, the file is none.
  private static let patience = 10

  private enum Form {
    case unknown
    case s3
    case cloudFront(CloudFrontLogColumns, isAdapted: Bool)
  }

  private let kind: LogKind
  private let place: String
  private var form = Form.unknown
  private var lineNumber = 0
  private var readable = 0
  private var unreadable = 0
  private var firstUnreadable = 0
  /// Whether the rest need not be read.
  var isDone = false

  init(_ kind: LogKind, place: String) {
    self.kind = kind
    self.place = place
  }

  /// Takes a line, which may end with a carriage return.
  mutating func take(_ line: Span<UInt8>, _ tally: inout LogTally) {
    lineNumber += 1
    var end = line.count
    while end > 0, line[end - 1] == UInt8(ascii: "\r") || line[end - 1] == UInt8(ascii: " ") { end -= 1 }
    guard end > 0, !isDone else { return }
    takeText(line.extracting(0..<end), &tally)
  }

  private mutating func takeText(_ line: Span<UInt8>, _ tally: inout LogTally) {
    if case .unknown = form {
      if let problem = Self.otherForm(of: line, than: kind) { return give(up: problem, &tally) }
      if kind == .s3 { form = .s3 }
    }
    if kind == .cloudFront { return takeCloudFront(line, &tally) }
    guard let parsed = S3LogLine(line) else { return takeUnreadableLine(&tally) }
    readable += 1
    tally.take(parsed, in: line)
  }

  private mutating func takeCloudFront(_ line: Span<UInt8>, _ tally: inout LogTally) {
    if line[0] == UInt8(ascii: "#") {
      // Files that were put together have several headers.
      if CloudFrontLogColumns.isMarked(line), let columns = CloudFrontLogColumns(line) { use(columns, &tally) }
      return
    }
    guard case .cloudFront(let columns, let isAdapted) = form else {
      guard let columns = CloudFrontLogColumns(line) else { return takeUnreadableLine(&tally) }
      return use(columns, &tally)
    }
    let fitting = isAdapted ? columns : columns.adapted(to: line)
    if !isAdapted { form = .cloudFront(fitting, isAdapted: true) }
    guard let parsed = fitting.line(line) else { return takeHeader(line, &tally) }
    do throws(CloudFrontLogTally.Unreadable) {
      try tally.take(parsed, in: line)
      readable += 1
    } catch {
      takeHeader(line, &tally)
    }
  }

  /// Takes a line without values: the header of a further file, unless it cannot be read.
  private mutating func takeHeader(_ line: Span<UInt8>, _ tally: inout LogTally) {
    guard let columns = CloudFrontLogColumns(line) else { return takeUnreadableLine(&tally) }
    use(columns, &tally)
  }

  private mutating func use(_ columns: CloudFrontLogColumns, _ tally: inout LogTally) {
    if let missing = columns.missing { return give(up: .missingColumn(missing.rawValue), &tally) }
    form = .cloudFront(columns, isAdapted: false)
  }

  /// What the first line shows, if it is another form than the one that is wanted.
  private static func otherForm(of line: Span<UInt8>, than kind: LogKind) -> LogProblem.Kind? {
    if line.count >= 4, line.matches(0..<4, "PAR1") { return .otherForm("Parquet") }
    if line[0] == UInt8(ascii: "{") { return .otherForm("JSON") }
    switch kind {
    case .s3:
      let isCloudFronts = line[0] == UInt8(ascii: "#") || CloudFrontLogColumns(line) != nil
      return isCloudFronts ? .otherKind(.cloudFront) : nil
    case .cloudFront: return S3LogLine(line) == nil ? nil : .otherKind(.s3)
    }
  }

  private mutating func give(up problem: LogProblem.Kind, _ tally: inout LogTally) {
    tally.note(LogProblem(place: place, kind: problem))
    isDone = true
  }

  /// Takes a line that is too long to be kept.
  mutating func takeUnreadable(_ tally: inout LogTally) {
    lineNumber += 1
    takeUnreadableLine(&tally)
  }

  private mutating func takeUnreadableLine(_ tally: inout LogTally) {
    if unreadable == 0 { firstUnreadable = lineNumber }
    unreadable += 1
    tally.noteUnreadableLine(kind)
    if readable == 0, unreadable >= Self.patience { give(up: .notALog, &tally) }
  }

  /// Whether it is a log of CloudFront's, which may have no line.
  private var hasColumns: Bool {
    if case .cloudFront = form { true } else { false }
  }

  /// Adds what concerns the whole file.
  mutating func finish(_ tally: inout LogTally) {
    if readable > 0 || hasColumns { tally.noteFile(kind) }
    guard !isDone, unreadable > 0 else { return }
    tally.note(
      LogProblem(place: place, kind: readable == 0 ? .notALog : .unreadableLines(unreadable, first: firstUnreadable)))
  }
}
