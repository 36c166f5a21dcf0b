/// How often to try, and how long to wait between attempts.
package struct RetryPolicy: Sendable {
  /// All attempts, including the first.
  package var maximumAttempts = 12
  /// Attempts if nothing listens: a mistyped address should fail soon.
  package var maximumConnectAttempts = 4
  /// Attempts while no request has succeeded.
  package var maximumFirstAttempts = 6
  /// Attempts to read one object: an uploader can create objects that never get an answer, and nobody should wait for
  /// these. Throttling does not count: no object causes it.
  package var maximumObjectReadAttempts = 6
  /// Attempts to get a hint. Only a server that throttles or has an error is asked again: a scan that does without it has
  /// waited long enough for anything else.
  package var maximumHintAttempts = 4
  /// Attempts that fail only after such a time count once more for each time. Otherwise a server that never answers would
  /// be waited for twelve times as long as its silence may last.
  package var patienceSeconds = 20.0
  package var maximumExtraAttempts = 3
  package var baseDelaySeconds = 0.1
  package var maximumDelaySeconds = 20.0

  package init() {}

  /// How many attempts one counts for besides itself.
  ///
  /// - Parameter seconds: how long it took to fail.
  package func extraAttempts(forSeconds seconds: Double) -> Int {
    Int(min(max(seconds, 0) / patienceSeconds, Double(maximumExtraAttempts)))
  }

  /// Full jitter: a random time below a bound that doubles with each attempt. The server's `Retry-After` is a lower
  /// bound, up to the longest delay.
  ///
  /// - Parameters:
  ///   - attempt: the number of failed attempts.
  ///   - random: in 0..<1.
  package func delaySeconds(attempt: Int, retryAfterSeconds: Double?, random: Double) -> Double {
    let bound = min(maximumDelaySeconds, baseDelaySeconds * Double(1 << min(attempt, 16)))
    // A server can send anything: "nan" is a number too, and cannot be waited for.
    let asked = retryAfterSeconds.flatMap { $0 > 0 ? $0 : nil } ?? 0
    return max(min(asked, maximumDelaySeconds), bound * random)
  }

  /// - Parameters:
  ///   - attempt: the number of failed attempts.
  ///   - throttled: how many of these were throttled, which says nothing of connections or objects.
  package func allowsRetry(
    afterAttempt attempt: Int, throttled: Int = 0, failure: RetryableFailure, of scope: RequestScope
  ) -> Bool {
    guard attempt < maximumAttempts else { return false }
    if scope == .hint {
      return (failure == .throttled || failure == .serverError) && attempt < maximumHintAttempts
    }
    return switch failure {
    case .cannotConnect: attempt - throttled < maximumConnectAttempts
    case .serverError, .interrupted: scope != .objectRead || attempt - throttled < maximumObjectReadAttempts
    case .throttled: true
    }
  }
}
