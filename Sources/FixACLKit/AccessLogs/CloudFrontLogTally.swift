internal import AWSKit

/// What CloudFront's logs say about requests that got an error.
struct CloudFrontLogTally: Sendable {
  /// What happened, and the status that the viewer got.
  struct Result: Hashable, Comparable, Sendable {
    let type: String
    let status: Int

    static func < (left: Result, right: Result) -> Bool {
      left.status == right.status
        ? left.type.utf8.lexicographicallyPrecedes(right.type.utf8) : left.status < right.status
    }
  }

  struct Requests: Sendable {
    var span = LogSpan()
    var paths = LogExamples<ObjectKey>()
    /// How many of these were looked for in S3's log, and how many are there.
    var lookedUp = 0
    var foundAtOrigin = 0
  }

  private static let maximumResults = 512

  /// The distribution's domain name; nil for all.
  private let domainName: [UInt8]?
  private let isWanted: (@Sendable (ObjectKey) -> Bool)?
  private(set) var span = LogSpan()
  private(set) var lines = 0
  private(set) var linesOfOtherDistributions = 0
  private(set) var succeeded = 0
  private(set) var failed = 0
  private(set) var results = FrequentTable<Result, Requests>(capacity: maximumResults)

  /// - Parameter isWanted: whether a path is asked about.
  init(domainName: String?, isWanted: (@Sendable (ObjectKey) -> Bool)?) {
    self.domainName = domainName.map { Array($0.utf8) }
    self.isWanted = isWanted
  }

  /// Takes a line.
  ///
  /// - Parameter s3: what S3's log says of the same time.
  /// - Returns: the path of a request that was refused and need not have been refused at the edge; nil for all others.
  /// - Throws: `Unreadable` if the line makes no sense.
  mutating func take(
    _ line: CloudFrontLogColumns.Line, in bytes: Span<UInt8>, beside s3: S3LogTally
  ) throws(Unreadable) -> (path: ObjectKey, time: Timestamp)? {
    guard let status = line.status(in: bytes), let time = line.time(in: bytes) else { throw Unreadable() }
    lines += 1
    if let domainName, let own = line.value(.distribution, in: bytes), !bytes.matches(own, domainName) {
      linesOfOtherDistributions += 1
      return nil
    }
    span.note(time)
    let isSuccess = (200..<400).contains(status)
    if isSuccess, isWanted == nil {
      succeeded += 1
      return nil
    }
    let path = line.path(in: bytes)
    if let isWanted, path.map(isWanted) != true { return nil }
    guard !isSuccess else {
      succeeded += 1
      return nil
    }
    failed += 1
    let result = Result(type: line.resultType(in: bytes), status: status)
    let answerer = LogAnswerer(resultType: result.type)
    let isAtOrigin = status == 403 && answerer != .edge ? path.flatMap { s3.hasRefusal(of: $0, at: time) } : nil
    results.note(result, new: Requests()) { requests in
      if let isAtOrigin {
        requests.lookedUp += 1
        if isAtOrigin { requests.foundAtOrigin += 1 }
      }
      requests.span.note(time)
      if let path { requests.paths.note(path) }
    }
    guard status == 403, answerer != .edge, let path else { return nil }
    return (path, time)
  }

  /// A line without a time or a status.
  struct Unreadable: Error {}
}
