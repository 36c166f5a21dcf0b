internal import NIOHTTP1
internal import AWSKit

/// Errors in the form of the services other than S3.
extension SandboxResponse {
  /// `<ErrorResponse><Error><Type><Code><Message></Error><RequestId></ErrorResponse>`, the error named as these
  /// services do.
  static func errorResponse(_ error: ServiceError, namespace: String, requestID: String) -> SandboxResponse {
    let error = error.common
    var response = SandboxResponse.xml("ErrorResponse", status: error.status, attributes: " xmlns=\"\(namespace)\"") {
      writer in
      writer.element("Error") { writer in
        writer.element("Type", text: error.status >= 500 ? "Receiver" : "Sender")
        writer.element("Code", text: error.code)
        writer.element("Message", text: error.message)
      }
      writer.element("RequestId", text: requestID)
    }
    for (name, value) in error.headers { response.headers.add(name: name, value: value) }
    return response
  }
}

extension ServiceError {
  /// Not signed at all.
  static let missingAuthenticationToken = ServiceError(
    403, "MissingAuthenticationToken", "Request is missing Authentication Token")

  /// Of an ID, a version or a key that is none.
  private static let invalidClientTokenID = ServiceError(
    403, "InvalidClientTokenId", "The security token included in the request is invalid.")

  /// The error, where S3 has a name of its own for it, under the one that AWS's other services have ("Common Error
  /// Types" of their API references).
  var common: ServiceError {
    switch code {
    case "InvalidAccessKeyId", "InvalidToken": Self.invalidClientTokenID
    case "ExpiredToken": ServiceError(403, code, "The security token included in the request is expired")
    case "SignatureDoesNotMatch":
      ServiceError(
        403, code,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
          + "Key and signing method. Consult the service documentation for details.")
    case "XAmzContentSHA256Mismatch": ServiceError(403, "SignatureDoesNotMatch", message)
    case "RequestTimeTooSkewed": ServiceError(403, "SignatureDoesNotMatch", skewMessage)
    case "AuthorizationHeaderMalformed": ServiceError(400, "IncompleteSignature", message)
    case "SlowDown": ServiceError(400, "Throttling", "Rate exceeded")
    case "InternalError":
      ServiceError(
        status, "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.")
    default: self
    }
  }

  private var skewMessage: String {
    func detail(_ name: String) -> String { details.first { $0.name == name }?.value ?? "" }
    guard let sent = Timestamp(basic: detail("RequestTime")), let now = Timestamp(extended: detail("ServerTime")) else {
      return message
    }
    // As the error itself tells it.
    let skew = (Int(detail("MaxAllowedSkewMilliseconds")) ?? 0) / 1000
    let minutes = skew / 60
    return sent < now
      ? "Signature expired: \(sent.basic) is now earlier than \(Timestamp(seconds: now.seconds - skew).basic) "
        + "(\(now.basic) - \(minutes) min.)"
      : "Signature not yet current: \(sent.basic) is still later than \(Timestamp(seconds: now.seconds + skew).basic) "
        + "(\(now.basic) + \(minutes) min.)"
  }
}
