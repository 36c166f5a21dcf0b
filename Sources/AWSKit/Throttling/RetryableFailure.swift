/// What a request is about. Each scope has its own retry budget, so that objects without an answer cannot use up the
/// budget of listings.
package enum RequestScope: Int, CaseIterable, Sendable {
  /// A bucket, an account, or the service.
  case other
  case objectRead
  case objectWrite
  /// Something that is of use, but not needed.
  case hint
}

/// The kinds of failure for which a retry makes sense.
package enum RetryableFailure: Sendable {
  /// 503 SlowDown, 429 and the like.
  case throttled
  /// 5xx, and answers that are malformed or contain an error with status 200.
  case serverError
  /// A broken, stalled or truncated connection.
  case interrupted
  /// Nothing listens, or the host name is unknown.
  case cannotConnect
}
