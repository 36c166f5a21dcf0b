extension AWSError {
  private static let throttlingCodes: Set<String> = [
    "SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "ThrottledException",
    "RequestLimitExceeded", "TooManyRequests", "TooManyRequestsException", "RequestThrottled",
    "RequestThrottledException", "BandwidthLimitExceeded", "PriorRequestNotComplete",
  ]
  private static let transientCodes: Set<String> = [
    "InternalError", "RequestTimeout", "OperationAborted", "IDPCommunicationError",
  ]
  /// Retryable errors that mean that nothing was done.
  private static let undoneCodes: Set<String> = ["RequestTimeout", "OperationAborted", "IDPCommunicationError"]
  /// Errors about the signature's time.
  static let clockCodes: Set<String> = ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]

  /// Whether a code says that too much was asked.
  static func isThrottling(code: String) -> Bool { throttlingCodes.contains(code) }

  /// Whether an error is about the server's load, its state or a clock: the same request may be answered later.
  package static func isPassing(status: Int?, code: String?) -> Bool {
    code.map(clockCodes.contains) ?? false || serviceFailure(status: status, code: code) != nil
  }

  /// How a service's error counts for retries; nil if a retry makes no sense.
  private static func serviceFailure(status: Int?, code: String?) -> RetryableFailure? {
    if let code, throttlingCodes.contains(code) { return .throttled }
    if let code, transientCodes.contains(code) { return .serverError }
    guard let status else { return nil }
    switch status {
    case 429, 503: return .throttled
    case 501: return nil
    // What stands between here and a server has statuses of its own, such as 524.
    case 408, 500...: return .serverError
    default: return nil
    }
  }

  /// How it counts for retries, of a server that is known to be an S3 server; nil if a retry makes no sense.
  var retryableFailure: RetryableFailure? {
    switch kind {
    case .credentials, .stopped: nil
    case .malformedAnswer: .serverError
    case .transport(.cannotConnect): .cannotConnect
    case .transport(.interrupted): .interrupted
    case .transport: nil
    case .service: Self.serviceFailure(status: status, code: code)
    }
  }

  /// Whether the server, or something before it, has failed, which is no throttling.
  package var isServerTrouble: Bool { kind == .service && retryableFailure == .serverError }

  /// Whether the server may have carried out the operation despite the failure. It has not if it throttled or refused
  /// the request, or never received it.
  package var mayHaveBeenDone: Bool {
    switch kind {
    case .credentials, .stopped, .transport(.cannotConnect), .transport(.refusedByProxy), .transport(.untrusted):
      false
    case .malformedAnswer, .transport: true
    case .service:
      retryableFailure == .serverError && status != 408 && !Self.undoneCodes.contains(code ?? "")
    }
  }
}
