internal import AWSKit

/// A line of S3's server access log (User Guide: "Amazon S3 server access log format").
struct S3LogEntry: Sendable {
  let bucketOwner: CanonicalID
  let bucket: String
  let time: Timestamp
  let remoteIP: String
  let caller: Caller
  let requestID: String
  /// `REST.GET.OBJECT`.
  let operation: String
  /// Empty of requests for no object.
  let key: ObjectKey
  let method: String
  let uri: String
  let status: Int
  let errorCode: String?
  let bytesSent: Int
  let objectSize: Int?
  let referer: String?
  let userAgent: String?
  let versionID: String?
  let host: String
  /// Whether an ACL was needed to allow it.
  let neededACL: Bool
  let region: String

  var line: String {
    var fields = [
      bucketOwner.value, bucket, "[\(time.logDate)]", remoteIP, requester, requestID, operation,
      // Encoded twice, as keys are in the log.
      key.bytes.isEmpty
        ? "-" : PercentCoding.encode(PercentCoding.encode(key.bytes, keepingSlashes: true).utf8, keepingSlashes: true),
      "\"\(method) \(uri) HTTP/1.1\"", String(status), errorCode ?? "-", bytesSent == 0 ? "-" : String(bytesSent),
      objectSize.map(String.init) ?? "-", "7", "6", Self.quoted(referer), Self.quoted(userAgent), versionID ?? "-",
      // The host ID, which tells nothing.
      "s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234=",
    ]
    let isSigned = caller != .anonymous
    fields += [
      isSigned ? "SigV4" : "-", "ECDHE-RSA-AES128-GCM-SHA256", isSigned ? "AuthHeader" : "-", host.isEmpty ? "-" : host,
      "TLSv1.2", "-", neededACL ? "Yes" : "-", region,
    ]
    return fields.joined(separator: " ")
  }

  private var requester: String {
    switch caller {
    case .anonymous: "-"
    case .identity(let identity):
      identity.arn.hasSuffix(":root") ? identity.account.canonicalID.value : identity.arn
    case .originAccessIdentity(_, let id): id.value
    case .service(let name, _, _): "svc:" + name
    }
  }

  private static func quoted(_ text: String?) -> String {
    "\"" + (text.map { $0.replacing("\"", with: "%22") } ?? "-") + "\""
  }

  /// The name of an operation by the part of the API that it is about.
  static func operation(_ method: String, _ subresource: String?, isObject: Bool, isCopy: Bool) -> String {
    if isCopy { return subresource == nil ? "REST.COPY.OBJECT" : "REST.COPY.PART" }
    let type =
      switch subresource {
      case nil, "list-type": isObject ? "OBJECT" : "BUCKET"
      case "acl": "ACL"
      case "annotation-list": "ANNOTATION"
      case "delete": "MULTI_OBJECT_DELETE"
      case "encryption": "ENCRYPTION"
      case "inventory-list": "INVENTORY"
      case "legal-hold": "OBJECT_LOCK_LEGALHOLD"
      case "logging": "LOGGING_STATUS"
      case "object-lock": "OBJECT_LOCK_CONFIGURATION"
      case "ownershipControls": "OWNERSHIP_CONTROLS"
      case "policy": "BUCKETPOLICY"
      case "policyStatus": "POLICY_STATUS"
      case "publicAccessBlock": "PUBLIC_ACCESS_BLOCK"
      case "requestPayment": "REQUEST_PAYMENT"
      case "retention": "OBJECT_LOCK_RETENTION"
      case "tagging": isObject ? "OBJECT_TAGGING" : "TAGGING"
      case "uploadId": method == "PUT" ? "PART" : "UPLOAD"
      case "versions": "BUCKETVERSIONS"
      case let name?: name.uppercased()
      }
    return "REST.\(method).\(type)"
  }
}

extension Timestamp {
  /// `06/Feb/2019:00:00:38 +0000`.
  fileprivate var logDate: String {
    // `Wed, 06 Feb 2019 00:00:38 GMT`.
    let parts = httpDate.split(separator: " ")
    return "\(parts[1])/\(parts[2])/\(parts[3]):\(parts[4]) +0000"
  }
}
