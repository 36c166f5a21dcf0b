/// How often to try, and how long to wait in between.
package struct RetryPolicy: Sendable {
  /// Attempts in all, the first one included.
  package var maximumAttempts = 12
  /// Attempts where nothing listens: whoever mistyped an address should not wait for long.
  package var maximumConnectAttempts = 4
  /// Attempts as long as nothing has succeeded.
  package var maximumFirstAttempts = 6
  /// Attempts to read one object: an uploader can bring about that it is never answered for, and nobody should wait for
  /// that one. Throttling is of no object's making.
  package var maximumObjectReadAttempts = 6
  package var baseDelaySeconds = 0.1
  package var maximumDelaySeconds = 20.0

  package init() {}

  /// Full jitter: anything between nothing and a bound that doubles with each attempt. What the server asks
  /// for by `Retry-After` is the least, up to the longest delay.
  ///
  /// - Parameters:
  ///   - attempt: how many attempts have failed, from 1.
  ///   - random: in 0..<1.
  package func delaySeconds(attempt: Int, retryAfterSeconds: Double?, random: Double) -> Double {
    let bound = min(maximumDelaySeconds, baseDelaySeconds * Double(1 << min(attempt, 16)))
    // Whatever a server writes there: "nan" is a number too, and cannot be waited for.
    let asked = retryAfterSeconds.flatMap { $0 > 0 ? $0 : nil } ?? 0
    return max(min(asked, maximumDelaySeconds), bound * random)
  }

  package func allowsRetry(afterAttempt attempt: Int, failure: RetryableFailure, of scope: RequestScope) -> Bool {
    switch failure {
    case .cannotConnect: attempt < maximumConnectAttempts
    case .serverError, .interrupted:
      attempt < (scope == .objectRead ? min(maximumObjectReadAttempts, maximumAttempts) : maximumAttempts)
    case .throttled: attempt < maximumAttempts
    }
  }
}
