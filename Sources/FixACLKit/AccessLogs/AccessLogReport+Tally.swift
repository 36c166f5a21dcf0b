internal import AWSKit

extension AccessLogReport {
  /// The most requesters and results.
  private static let maximumRows = 100
  private static let maximumKeys = 20

  /// - Throws: `FileError` if the refused keys could not be kept.
  init(_ tally: inout LogTally, _ request: AccessLogRequest, isInterrupted: Bool) throws {
    s3 = request.accessLogs.isEmpty ? nil : S3(tally)
    cloudFront = request.cloudFrontLogs.isEmpty ? nil : CloudFront(tally)
    keys = tally.s3.keys.sorted.prefix(Self.maximumKeys).map { key, entry in
      RefusedKey(
        key: key, count: entry.count, first: entry.value.first, last: entry.value.last, uncertainty: entry.missed)
    }
    keyCount = try Self.keyCount(&tally)
    problems = tally.problems
    problemCount = tally.problemCount
    self.isInterrupted = isInterrupted
  }

  private static func keyCount(_ tally: inout LogTally) throws -> Int {
    guard tally.s3.keys.hasDropped else { return tally.s3.keys.entries.count }
    var keys = try tally.refusedKeys()
    var count = 0
    while try keys.next() != nil { count += 1 }
    return count
  }
}

extension AccessLogReport.Extent {
  fileprivate init(_ tally: LogTally, _ kind: LogKind, lines: Int, otherLines: Int, _ span: LogSpan) {
    self.init(
      files: tally.files[kind] ?? 0, lines: lines, unreadableLines: tally.unreadableLines[kind] ?? 0,
      otherLines: otherLines, first: span.first, last: span.last)
  }
}

extension AccessLogReport.S3 {
  fileprivate init(_ tally: LogTally) {
    let s3 = tally.s3
    extent = AccessLogReport.Extent(
      tally, .s3, lines: s3.lines, otherLines: s3.linesOfOtherBuckets, s3.span)
    refused = s3.refused
    succeeded = s3.succeeded
    neededACL = s3.neededACL
    linesWithoutACLField = s3.linesWithoutACLField
    codes = s3.codes.sorted.map { (code: $0.key.text, count: $0.entry.count) }
    let rows = s3.requesters.sorted.filter { $0.entry.value.refused > 0 || $0.entry.value.neededACL > 0 }
    requesters = rows.prefix(AccessLogReport.maximumRows).map { AccessLogReport.Requester($0.key, $0.entry) }
    hasMoreRequesters = rows.count > AccessLogReport.maximumRows || s3.requesters.hasDropped
  }
}

extension AccessLogReport.Requester {
  fileprivate init(_ name: ObjectKey, _ entry: FrequentTable<ObjectKey, S3LogTally.Requests>.Entry) {
    let requests = entry.value
    self.name = LogRequester(name.text)
    refused = requests.refused
    succeeded = requests.succeeded
    firstRefused = requests.refusals.first
    lastRefused = requests.refusals.last
    refusedKeys = requests.refusedKeys.elements
    neededACL = requests.neededACL
    firstNeededACL = requests.aclRequests.first
    lastNeededACL = requests.aclRequests.last
    aclKeys = requests.aclKeys.elements
    aclOperations = requests.aclOperations.elements
    isExact = entry.isExact
  }
}

extension AccessLogReport.CloudFront {
  fileprivate init(_ tally: LogTally) {
    let cloudFront = tally.cloudFront
    extent = AccessLogReport.Extent(
      tally, .cloudFront, lines: cloudFront.lines, otherLines: cloudFront.linesOfOtherDistributions, cloudFront.span)
    succeeded = cloudFront.succeeded
    failed = cloudFront.failed
    results = cloudFront.results.sorted.prefix(AccessLogReport.maximumRows).map { result, entry in
      AccessLogReport.Result(
        type: result.type, status: result.status, answeredBy: LogAnswerer(resultType: result.type),
        count: entry.count, first: entry.value.span.first, last: entry.value.span.last,
        lookedUp: entry.value.lookedUp, foundAtOrigin: entry.value.foundAtOrigin, paths: entry.value.paths.elements)
    }
  }
}
