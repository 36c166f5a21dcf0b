internal import NIOHTTP1

extension SignatureVerifier {
  /// Demands that nothing which S3 acts on can be added by somebody who has not signed it (API Reference:
  /// "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)", task 1: the list of signed
  /// headers must have `host`, `Content-Type` if the request has one, and every `x-amz-*`).
  ///
  /// - Parameter signed: the names of the signed headers, in lower case.
  static func checkSigned(_ request: SandboxRequest, _ signed: [String]) throws(ServiceError) {
    var missing: [String] = []
    for (name, _) in request.headers where mustBeSigned(name) && !signed.contains(where: name.isHeader) {
      missing.append(name.lowercased())
    }
    guard missing.isEmpty else { throw .headersNotSigned(missing) }
  }

  private static func mustBeSigned(_ name: String) -> Bool {
    let bytes = name.utf8
    switch bytes.count {
    case 4: return name.isHeader("host")
    case 12 where name.isHeader("content-type"): return true
    default: return bytes.count > 6 && zip(bytes, "x-amz-".utf8).allSatisfy { $0 | 0x20 == $1 }
    }
  }
}

extension ServiceError {
  /// - Parameter names: of the headers, in lower case.
  static func headersNotSigned(_ names: [String]) -> ServiceError {
    ServiceError(
      403, "AccessDenied", "There were headers present in the request which were not signed",
      details: [("HeadersNotSigned", names.joined(separator: ", "))])
  }
}
