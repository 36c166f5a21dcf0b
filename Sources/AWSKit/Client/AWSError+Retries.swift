extension AWSError {
  private static let throttlingCodes: Set<String> = [
    "SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "RequestLimitExceeded",
    "TooManyRequests", "RequestThrottled",
  ]
  private static let transientCodes: Set<String> = ["InternalError", "RequestTimeout", "OperationAborted"]
  /// Retryable errors that mean that nothing was done.
  private static let undoneCodes: Set<String> = ["RequestTimeout", "OperationAborted"]
  /// Errors about the signature's time.
  static let clockCodes: Set<String> = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]

  /// Whether an error is about the server's load, its state or a clock: the same request may be answered later.
  package static func isPassing(status: Int?, code: String?) -> Bool {
    if let code, throttlingCodes.contains(code) || transientCodes.contains(code) || clockCodes.contains(code) {
      return true
    }
    return status.map { $0 >= 500 && $0 != 501 || $0 == 408 || $0 == 429 } ?? false
  }

  /// How it counts for retries, of a server that is known to be an S3 server; nil if a retry makes no sense.
  var retryableFailure: RetryableFailure? {
    switch kind {
    case .credentials, .stopped: return nil
    case .malformedAnswer: return .serverError
    case .transport(.cannotConnect): return .cannotConnect
    case .transport(.interrupted): return .interrupted
    case .transport: return nil
    case .service:
      if let code, Self.throttlingCodes.contains(code) { return .throttled }
      if let code, Self.transientCodes.contains(code) { return .serverError }
      switch status {
      case 429, 503: return .throttled
      case 500, 502, 504: return .serverError
      default: return nil
      }
    }
  }

  /// Whether the server may have carried out the operation despite the failure. It has not if it throttled or refused
  /// the request, or never received it.
  package var mayHaveBeenDone: Bool {
    switch kind {
    case .credentials, .stopped, .transport(.cannotConnect), .transport(.refusedByProxy), .transport(.untrusted):
      false
    case .malformedAnswer, .transport: true
    case .service: retryableFailure == .serverError && !Self.undoneCodes.contains(code ?? "")
    }
  }
}
