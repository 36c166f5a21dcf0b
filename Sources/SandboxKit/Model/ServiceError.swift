/// An error as AWS answers it.
package struct ServiceError: Error, Sendable {
  var status: Int
  var code: String
  var message: String
  /// More elements of the answer, such as `Region`.
  var details: [(name: String, value: String)]
  /// More headers, such as `x-amz-bucket-region`.
  var headers: KeyValuePairs<String, String>

  init(
    _ status: Int, _ code: String, _ message: String, details: [(name: String, value: String)] = [],
    headers: KeyValuePairs<String, String> = [:]
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.details = details
    self.headers = headers
  }

  static let accessDenied = ServiceError(403, "AccessDenied", "Access Denied")

  static let malformedXML = ServiceError(
    400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")

  /// - Parameter condition: the header that did not hold, as S3 writes it.
  static func preconditionFailed(_ condition: String) -> ServiceError {
    ServiceError(
      412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold",
      details: [("Condition", condition)])
  }

  static let methodNotAllowed = ServiceError(
    405, "MethodNotAllowed", "The specified method is not allowed against this resource.")

  /// - Parameters:
  ///   - name: of the header, parameter or element, where S3 tells it.
  ///   - value: what it was.
  static func invalidArgument(_ message: String, _ name: String? = nil, value: String? = nil) -> ServiceError {
    var details: [(name: String, value: String)] = []
    if let name { details.append(("ArgumentName", name)) }
    if let value { details.append(("ArgumentValue", value)) }
    return ServiceError(400, "InvalidArgument", message, details: details)
  }

  static func invalidRequest(_ message: String) -> ServiceError { ServiceError(400, "InvalidRequest", message) }

  static func notImplemented(_ what: String) -> ServiceError {
    ServiceError(501, "NotImplemented", "The sandbox does not do this: \(what).")
  }
}
