import Testing

@testable import AWSKit

@Suite struct RetryPolicyTests {
  // Full jitter: the die times a bound of 0.1 s that doubles with each attempt, up to 20 s.
  @Test(arguments: [
    (1, 0.0, 0.0), (1, 0.5, 0.1), (1, 1.0, 0.2), (2, 1.0, 0.4), (3, 0.25, 0.2), (4, 1.0, 1.6), (5, 1.0, 3.2),
    (6, 1.0, 6.4), (7, 1.0, 12.8), (8, 1.0, 20), (11, 0.5, 10), (12, 1.0, 20), (1000, 1.0, 20),
  ])
  func theDelayIsTheDieTimesADoublingBound(attempt: Int, random: Double, seconds: Double) {
    #expect(
      RetryPolicy().delaySeconds(attempt: attempt, retryAfterSeconds: nil, random: random) == seconds)
  }

  @Test(
    arguments: [
      // Asked for more than the jitter gives: that much, but never more than the longest delay.
      (1, 3.0, 0.5, 3.0), (1, 20.0, 0.5, 20.0), (1, 21.0, 0.5, 20.0), (1, 1e300, 0.5, 20.0),
      (1, .infinity, 0.5, 20.0),
      // Asked for less: the jitter decides.
      (6, 3.0, 1.0, 6.4), (1, 0.0, 0.5, 0.1), (1, -5.0, 0.5, 0.1), (1, -.infinity, 0.0, 0.0),
      // Not a number at all: as if nothing had been asked for.
      (1, .nan, 0.5, 0.1),
    ] as [(Int, Double, Double, Double)])
  func whatTheServerAsksForIsTheLeast(attempt: Int, asked: Double, random: Double, seconds: Double) {
    #expect(
      RetryPolicy().delaySeconds(attempt: attempt, retryAfterSeconds: asked, random: random) == seconds)
  }

  @Test(
    arguments: [
      (.throttled, 12), (.serverError, 12), (.interrupted, 12), (.cannotConnect, 4),
    ] as [(RetryableFailure, Int)])
  func attemptsAreLimited(failure: RetryableFailure, attempts: Int) {
    let policy = RetryPolicy()
    #expect(policy.allowsRetry(afterAttempt: 1, failure: failure, of: .other))
    #expect(policy.allowsRetry(afterAttempt: attempts - 1, failure: failure, of: .other))
    #expect(!policy.allowsRetry(afterAttempt: attempts, failure: failure, of: .other))
    #expect(!policy.allowsRetry(afterAttempt: attempts + 1, failure: failure, of: .other))
  }

  /// One object that is never answered for is not worth waiting for; throttling is no object's doing.
  @Test(
    arguments: [
      (.throttled, 12), (.serverError, 6), (.interrupted, 6), (.cannotConnect, 4),
    ] as [(RetryableFailure, Int)])
  func readsOfOneObjectAreTriedLessOften(failure: RetryableFailure, attempts: Int) {
    let policy = RetryPolicy()
    #expect(policy.allowsRetry(afterAttempt: attempts - 1, failure: failure, of: .objectRead))
    #expect(!policy.allowsRetry(afterAttempt: attempts, failure: failure, of: .objectRead))
  }

  @Test func oneAttemptMeansNoRetry() {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    policy.maximumConnectAttempts = 1
    for failure in [RetryableFailure.throttled, .serverError, .interrupted, .cannotConnect] {
      #expect(!policy.allowsRetry(afterAttempt: 1, failure: failure, of: .other))
    }
  }
}
