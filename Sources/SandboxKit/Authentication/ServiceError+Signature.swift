internal import AWSKit

extension ServiceError {
  /// A signature that is not right.
  ///
  /// - Parameter details: what was signed here, and by which key.
  static func signatureDoesNotMatch(_ details: [(name: String, value: String)] = []) -> ServiceError {
    ServiceError(
      403, "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      details: details)
  }

  /// A request that was signed too long before it came, or after.
  static func requestTimeTooSkewed(_ date: String, now: Timestamp, maximum: Int) -> ServiceError {
    ServiceError(
      403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.",
      details: [
        ("RequestTime", date), ("ServerTime", now.extended), ("MaxAllowedSkewMilliseconds", "\(maximum * 1000)"),
      ])
  }

  /// A signature for another day or service.
  static func otherCredentialScope(day: Substring, service: String) -> ServiceError {
    ServiceError(
      400, "AuthorizationHeaderMalformed",
      "The authorization header is malformed; its credential scope is not of \(day) and \"\(service)\".")
  }
}
