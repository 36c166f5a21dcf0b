internal import AWSKit

/// The ACL that a request asks for: a canned one, grants in headers, or a document.
enum ACLRequest {
  case canned(String)
  case grants([Grant])

  static let cannedNames: Set<String> = [
    "private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read",
    "bucket-owner-full-control", "log-delivery-write",
  ]

  /// S3's servers, when they write access logs.
  static let logDelivery = Grantee.group("http://acs.amazonaws.com/groups/s3/LogDelivery")

  /// - Returns: nil where no header speaks of an ACL.
  init?(headersOf call: S3Call) throws(ServiceError) {
    let canned = call.header("x-amz-acl")
    var grants: [Grant] = []
    for permission in Permission.allCases {
      let suffix = permission.rawValue.lowercased().split(separator: "_").joined(separator: "-")
      guard let value = call.header("x-amz-grant-" + suffix) else { continue }
      for grantee in try Self.grantees(value, in: "x-amz-grant-" + suffix) { grants.append(Grant(grantee, permission)) }
    }
    guard canned == nil || grants.isEmpty else {
      throw .invalidRequest("Specifying both Canned ACLs and Header Grants is not allowed")
    }
    if let canned {
      // S3 has no words for it.
      guard Self.cannedNames.contains(canned) else { throw .invalidArgument("", "x-amz-acl", value: canned) }
      self = .canned(canned)
    } else if !grants.isEmpty {
      self = .grants(grants)
    } else {
      return nil
    }
  }

  /// Reads `id="…", uri="…"`.
  private static func grantees(_ header: String, in name: String) throws(ServiceError) -> [Grantee] {
    var result: [Grantee] = []
    for part in header.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " && $0 != "\"" } }
      switch pair.first {
      case "id" where pair.count == 2: result.append(.canonicalUser(CanonicalID(pair[1])))
      case "uri" where pair.count == 2: result.append(.group(pair[1]))
      // Since October 2025 S3 takes no e-mail addresses (API Reference: PutObjectAcl).
      case "emailAddress": throw .methodNotAllowed
      default: throw .invalidArgument("Argument format not recognized", name, value: String(part))
      }
    }
    return result
  }

  /// What is granted besides, or instead of, the owner's own.
  func grants(owner: CanonicalID, bucketOwner: CanonicalID) -> [Grant] {
    guard case .canned(let name) = self else {
      if case .grants(let grants) = self { return grants }
      return []
    }
    let extra: [Grant] =
      switch name {
      case "public-read": [Grant(.allUsers, .read)]
      case "public-read-write": [Grant(.allUsers, .read), Grant(.allUsers, .write)]
      case "authenticated-read": [Grant(.authenticatedUsers, .read)]
      case "log-delivery-write": [Grant(Self.logDelivery, .write), Grant(Self.logDelivery, .readACP)]
      case "bucket-owner-read": [Grant(.canonicalUser(bucketOwner), .read)]
      case "bucket-owner-full-control": [Grant(.canonicalUser(bucketOwner), .fullControl)]
      default: []
      }
    return [Grant(.canonicalUser(owner), .fullControl)] + extra.filter { $0.grantee != .canonicalUser(owner) }
  }
}
