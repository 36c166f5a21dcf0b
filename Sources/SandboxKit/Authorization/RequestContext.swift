internal import AWSKit

/// What the conditions of policies can ask of a request (IAM User Guide: "AWS global condition context keys"; Service
/// Authorization Reference: "Condition keys for Amazon S3").
struct RequestContext: Sendable {
  let caller: Caller
  var now = Timestamp.now()
  /// Of the requester, an IPv4 or IPv6 address; nil where no socket tells it.
  var sourceIP: String?
  var referer: String?
  var userAgent: String?
  /// Of the object that the request is about.
  var objectTags: [ObjectTag] = []
  /// That the request gives an object.
  var requestTags: [ObjectTag] = []
  /// Of the bucket, where attribute-based access control (`?abac`) is on.
  var bucketTags: [ObjectTag] = []
  /// The account that owns the bucket.
  var resourceAccountID = ""
  /// The organization of that account.
  var resourceOrganizationID: String?
  /// The service through which a key of KMS is used: `s3.REGION.amazonaws.com`.
  var viaService: String?
  /// Parameters and headers of S3's own keys, such as `s3:prefix`.
  var s3Values: [String: String] = [:]

  init(_ caller: Caller) {
    self.caller = caller
  }

  /// Whether the sandbox knows a condition key, whose name is in lower case.
  static func knows(_ key: String) -> Bool {
    known.contains(key) || tagPrefixes.contains { key.hasPrefix($0) }
  }

  private static let known = Set([
    "aws:sourcearn", "aws:sourceaccount", "aws:principalaccount", "aws:principalarn", "aws:principalorgid",
    "aws:principaltype", "aws:userid", "aws:username", "aws:securetransport", "aws:sourceip", "aws:referer",
    "aws:useragent", "aws:currenttime", "aws:epochtime", "aws:principalisawsservice", "aws:principalservicename",
    "aws:viaawsservice", "aws:sourcevpce", "aws:sourcevpc", "aws:resourceaccount", "aws:resourceorgid",
    "s3:resourceaccount", "s3:authtype", "s3:signatureversion", "s3:signatureage", "s3:tlsversion", "s3:prefix",
    "s3:delimiter",
    "s3:max-keys", "s3:versionid", "s3:if-match", "s3:if-none-match", "s3:objectcreationoperation",
    "s3:requestobjecttagkeys", "aws:requestedregion", "kms:viaservice", "kms:calleraccount",
  ]).union(headers.map { "s3:" + $0 })

  /// Headers of requests that have keys of the same name.
  static let headers = [
    "x-amz-acl", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write", "x-amz-grant-write-acp",
    "x-amz-grant-full-control", "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class", "x-amz-website-redirect-location", "x-amz-metadata-directive", "x-amz-object-ownership",
    "x-amz-copy-source", "x-amz-content-sha256",
  ]

  private static let tagPrefixes = [
    "aws:principaltag/", "aws:resourcetag/", "s3:existingobjecttag/", "s3:requestobjecttag/", "s3:buckettag/",
  ]

  /// The values of a condition key, in lower case; empty where the request has none.
  func values(of key: String) -> [String] {
    if let slash = key.firstIndex(of: "/") {
      let name = key[key.index(after: slash)...]
      // Names of tags are compared without regard to case, as all condition keys are.
      func value(_ tags: [ObjectTag]) -> [String] { tags.filter { $0.key.lowercased() == name }.map(\.value) }
      return switch key[...slash] {
      case "s3:existingobjecttag/": value(objectTags)
      case "s3:requestobjecttag/": value(requestTags)
      case "aws:resourcetag/", "s3:buckettag/": value(bucketTags)
      case "aws:principaltag/": if case .identity(let identity) = caller { value(identity.tags) } else { [] }
      default: []
      }
    }
    if key == "s3:requestobjecttagkeys" { return requestTags.map(\.key) }
    return value(of: key).map { [$0] } ?? []
  }

  private func value(of key: String) -> String? {
    switch key {
    // Taken for true, though the sandbox speaks plain HTTP: a policy that demands TLS must not stop a rehearsal.
    case "aws:securetransport": "true"
    case "s3:tlsversion": "1.3"
    case "aws:sourceip": sourceIP
    case "aws:referer": referer
    case "aws:useragent": userAgent
    case "aws:currenttime": now.extended
    case "aws:epochtime": String(now.seconds)
    case "aws:viaawsservice": "false"
    case "aws:resourceaccount", "s3:resourceaccount": resourceAccountID
    case "aws:resourceorgid": resourceOrganizationID
    case "kms:viaservice": viaService
    default: s3Values[key] ?? principalValue(of: key)
    }
  }

  private func principalValue(of key: String) -> String? {
    switch (key, caller) {
    case ("aws:sourcearn", .service(_, let arn, _)): arn
    case ("aws:sourceaccount", .service(_, let arn, let account)): account ?? arn.accountOfARN
    case ("aws:principalisawsservice", .service): "true"
    case ("aws:principalisawsservice", .anonymous): nil
    case ("aws:principalisawsservice", _): "false"
    case ("aws:principalaccount", .anonymous): "anonymous"
    case ("aws:principalservicename", .service(let name, _, _)): name
    case ("aws:principaltype", .anonymous): "Anonymous"
    case ("aws:principaltype", .identity(let identity)):
      identity.isRoleSession ? "AssumedRole" : identity.arn.hasSuffix(":root") ? "Account" : "User"
    case ("aws:userid", .anonymous): "anonymous"
    case ("aws:userid", .identity(let identity)): identity.userID
    case ("aws:username", .identity(let identity)):
      identity.arn.contains(":user/") ? identity.arn.split(separator: "/").last.map(String.init) : nil
    case ("kms:calleraccount", .identity(let identity)), ("aws:principalaccount", .identity(let identity)):
      identity.account.accountID
    case ("aws:principalorgid", .identity(let identity)): identity.account.organizationID
    case ("aws:principalarn", .identity(let identity)): identity.roleARN ?? identity.arn
    case ("aws:principalarn", .originAccessIdentity(let id, _)): Caller.originAccessIdentityARN(id)
    case ("s3:authtype", .identity): "REST-HEADER"
    case ("s3:signatureversion", .identity): "AWS4-HMAC-SHA256"
    default: nil
    }
  }
}

extension String {
  /// The account in an ARN.
  var accountOfARN: String? {
    split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first.map(String.init)
  }
}
