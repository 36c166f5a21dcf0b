internal import AWSKit

/// Limits of requests a second for each prefix, as S3 documents them: 3,500 writes and 5,500 reads.
///
/// S3 finds its own partitions; here a prefix is what a key has up to its last slash.
package struct RateLimits: Sendable {
  let readsPerSecond: Double
  let writesPerSecond: Double
  private var buckets: [Scope: TokenBucket] = [:]

  private struct Scope: Hashable {
    let bucket: String
    let prefix: ArraySlice<UInt8>
    let isWrite: Bool
  }

  private struct TokenBucket {
    var tokens: Double
    var filledAt: Double
  }

  /// - Returns: nil where a limit is not a number above 0.
  package init?(readsPerSecond: Double, writesPerSecond: Double) {
    guard readsPerSecond > 0, writesPerSecond > 0, readsPerSecond.isFinite, writesPerSecond.isFinite else { return nil }
    self.readsPerSecond = readsPerSecond
    self.writesPerSecond = writesPerSecond
  }

  /// Whether one more request is within the limit; a tenth of a second's requests may come at once.
  mutating func takes(isWrite: Bool, bucket: String, key: ObjectKey?, at moment: Double) -> Bool {
    let rate = isWrite ? writesPerSecond : readsPerSecond
    let capacity = max(1, rate / 10)
    let bytes = key?.bytes ?? []
    let end = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let scope = Scope(bucket: bucket, prefix: bytes[..<end], isWrite: isWrite)
    // Prefixes are the client's to choose.
    if buckets.count >= 100_000 { buckets.removeAll() }
    var tokens = buckets[scope] ?? TokenBucket(tokens: capacity, filledAt: moment)
    tokens.tokens = min(capacity, tokens.tokens + (moment - tokens.filledAt) * rate)
    tokens.filledAt = moment
    let isTaken = tokens.tokens >= 1
    if isTaken { tokens.tokens -= 1 }
    buckets[scope] = tokens
    return isTaken
  }
}
