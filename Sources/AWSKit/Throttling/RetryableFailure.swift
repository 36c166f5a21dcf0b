/// What a request is about. Each has a retry budget of its own, so that objects which are never answered for cannot use
/// up that of the listings.
package enum RequestScope: Int, CaseIterable, Sendable {
  /// A bucket, an account, or the service.
  case other
  case objectRead
  case objectWrite
}

/// The kinds of failure after which trying again makes sense.
package enum RetryableFailure: Sendable {
  /// 503 SlowDown, 429 and their like.
  case throttled
  /// 5xx, and answers that are malformed or hold an error in a 200.
  case serverError
  /// A broken, stalled or truncated connection.
  case interrupted
  /// Nothing listens there, or its name is not known.
  case cannotConnect
}
