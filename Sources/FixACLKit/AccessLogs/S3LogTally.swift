internal import AWSKit

/// What S3's access logs say about reads that were refused, and about requests that needed an ACL.
struct S3LogTally: Sendable {
  /// What a requester did.
  struct Requests: Sendable {
    /// Reads that were answered 403, or `AccessDenied`.
    var refused = 0
    var succeeded = 0
    var refusals = LogSpan()
    var refusedKeys = LogExamples<ObjectKey>()
    /// Requests that an ACL allowed, and nothing else.
    var neededACL = 0
    var aclRequests = LogSpan()
    var aclKeys = LogExamples<ObjectKey>()
    var aclOperations = LogExamples<String>()
  }

  /// The most requesters; each session of a role is one.
  private static let maximumRequesters = 8192
  private static let maximumKeys = 8192
  private static let maximumCodes = 64

  /// The bucket that is asked about; nil for all.
  private let bucket: [UInt8]?
  private let isWanted: (@Sendable (ObjectKey) -> Bool)?
  private(set) var span = LogSpan()
  private(set) var lines = 0
  private(set) var linesOfOtherBuckets = 0
  /// Lines that end before `aclRequired`.
  private(set) var linesWithoutACLField = 0
  private(set) var refused = 0
  private(set) var succeeded = 0
  private(set) var neededACL = 0
  /// Refused reads whose key cannot be told.
  private(set) var unusableKeys = 0
  private(set) var requesters: FrequentTable<ObjectKey, Requests>
  private(set) var keys: FrequentTable<ObjectKey, LogSpan>
  private(set) var filter = RefusalFilter()
  /// The error codes of refused reads.
  private(set) var codes: FrequentTable<ObjectKey, Void>

  init(
    bucket: String?, isWanted: (@Sendable (ObjectKey) -> Bool)?, maximumRequesters: Int = maximumRequesters,
    maximumKeys: Int = maximumKeys
  ) {
    self.bucket = bucket.map { Array($0.utf8) }
    self.isWanted = isWanted
    requesters = FrequentTable(capacity: maximumRequesters)
    keys = FrequentTable(capacity: maximumKeys)
    codes = FrequentTable(capacity: Self.maximumCodes)
  }

  /// Takes a line.
  ///
  /// - Returns: a key that was refused, if it is not in the table of keys yet.
  mutating func take(_ line: S3LogLine, in bytes: Span<UInt8>) -> ObjectKey? {
    lines += 1
    if let bucket, !bytes.matches(line.bucket, bucket) {
      linesOfOtherBuckets += 1
      return nil
    }
    span.note(line.time)
    if line.neededACL == nil { linesWithoutACLField += 1 }
    let isRead = line.isRead(bytes)
    let neededACL = line.neededACL == true
    guard isRead || neededACL else { return nil }
    let isDenied = bytes.matches(line.errorCode, "AccessDenied")
    let isRefused = isRead && (line.status == 403 || isDenied)
    let isSuccess = isRead && !isRefused && (200..<400).contains(line.status)
    guard isRefused || isSuccess || neededACL else { return nil }
    var key: ObjectKey?
    if isRefused || neededACL || isWanted != nil {
      key = LoggedKey.key(bytes.bytes(line.key), request: bytes.bytes(line.request))
      if let isWanted, key.map(isWanted) != true { return nil }
    }
    let requester = ObjectKey(bytes.bytes(line.requester))
    requesters.note(requester, weight: isRefused || neededACL ? 1 : 0, new: Requests()) { requests in
      if isRefused {
        requests.refused += 1
        requests.refusals.note(line.time)
        if let key { requests.refusedKeys.note(key) }
      }
      if isSuccess { requests.succeeded += 1 }
      if neededACL {
        requests.neededACL += 1
        requests.aclRequests.note(line.time)
        if let key { requests.aclKeys.note(key) }
        requests.aclOperations.note(ObjectKey(bytes.bytes(line.operation)).text)
      }
    }
    if isSuccess { succeeded += 1 }
    if neededACL { self.neededACL += 1 }
    guard isRefused else { return nil }
    refused += 1
    if let key { filter.note(key, at: line.time) }
    codes.note(ObjectKey(bytes.bytes(line.errorCode)), new: ()) { _ in }
    // Expired signatures and archived objects are refused with 403 too; no grant would help.
    guard isDenied || bytes.matches(line.errorCode, S3LogLine.none) else { return nil }
    guard let key else {
      unusableKeys += 1
      return nil
    }
    return keys.note(key, new: LogSpan(), { $0.note(line.time) }) ? key : nil
  }

  /// Whether the log has a refusal that CloudFront passed on.
  ///
  /// - Returns: nil if it cannot tell: the log is of another time, or the path is a folder's.
  func hasRefusal(of path: ObjectKey, at time: Timestamp) -> Bool? {
    guard let first = span.first, let last = span.last, first <= time, time <= last else { return nil }
    return filter.contains(path, at: time)
  }

  /// Takes a key that CloudFront could not read, which S3's log need not have.
  ///
  /// - Returns: the key, if it is not in the table of keys yet.
  mutating func takeKey(_ key: ObjectKey, at time: Timestamp) -> ObjectKey? {
    keys.note(key, new: LogSpan(), { $0.note(time) }) ? key : nil
  }
}
