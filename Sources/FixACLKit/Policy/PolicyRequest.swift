package import AWSKit

/// One request, as far as a policy looks at it.
package struct PolicyRequest: Sendable {
  /// What a request has under a condition key.
  package enum Value: Sendable, Hashable {
    case absent
    case values([String])
    /// One of these; which one is not known.
    case oneOf([String])
    case unknown

    package static func value(_ text: String) -> Value { .values([text]) }
  }

  package var caller: PolicyCaller
  /// Such as `s3:GetObject`.
  package var action: String
  /// The resource's ARN.
  package var resource: [UInt8]
  /// By condition keys in lower case. What is not in it is not known.
  package var context: [String: Value]
  /// The tags of the object, for `s3:ExistingObjectTag/…`; nil if they are not known.
  package var objectTags: [ObjectTag]?
  /// Whether `aws:ResourceTag/…` stands for the bucket's tags; nil if that is not known.
  package var bucketTagsCount: Bool?

  package init(
    _ caller: PolicyCaller, action: String, resource: [UInt8], context: [String: Value] = [:],
    objectTags: [ObjectTag]? = nil, bucketTagsCount: Bool? = nil
  ) {
    self.caller = caller
    self.action = action
    self.resource = resource
    self.context = context
    self.objectTags = objectTags
    self.bucketTagsCount = bucketTagsCount
  }

  /// - Parameter key: in lower case.
  package func value(of key: String) -> Value {
    if let value = context[key] { return value }
    if let name = Self.suffix(of: key, after: "s3:existingobjecttag/") {
      guard let objectTags else { return .unknown }
      let found = objectTags.filter { $0.key.lowercased() == name }.map(\.value)
      return found.isEmpty ? .absent : .values(found)
    }
    if Self.suffix(of: key, after: "aws:resourcetag/") != nil || Self.suffix(of: key, after: "s3:buckettag/") != nil {
      return bucketTagsCount == false ? .absent : .unknown
    }
    if Self.suffix(of: key, after: "aws:principaltag/") != nil, !caller.isOfAccount { return .absent }
    return .unknown
  }

  private static func suffix(of key: String, after prefix: String) -> String? {
    key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
  }
}

extension PolicyRequest {
  /// A GET of an object without any option, as far as it is the same for every sender (IAM User Guide: "AWS global
  /// condition context keys"; Service Authorization Reference: "Condition keys for Amazon S3").
  ///
  /// - Parameters:
  ///   - versionID: nil for the current version.
  ///   - isTLS: whether it is sent by `https`; nil if that is not known.
  package static func read(
    of key: ObjectKey, versionID: String?, bucket: String, partition: String, by caller: PolicyCaller, isTLS: Bool?,
    region: String, now: Timestamp
  ) -> PolicyRequest {
    var request = PolicyRequest(
      caller, action: versionID == nil ? "s3:GetObject" : "s3:GetObjectVersion",
      resource: Array("arn:\(partition):s3:::\(bucket)/".utf8) + key.bytes)
    for name in Self.absent { request.context[name] = .absent }
    request.context["s3:versionid"] = versionID.map { .value($0) } ?? .absent
    request.context["aws:securetransport"] = isTLS.map { .value($0 ? "true" : "false") } ?? .unknown
    if isTLS == true { request.context["s3:tlsversion"] = .oneOf(["1.2", "1.3"]) }
    request.context["aws:currenttime"] = .value(now.extended)
    request.context["aws:epochtime"] = .value("\(now.seconds)")
    request.context["aws:requestedregion"] = .value(region)
    request.context["aws:viaawsservice"] = .value("false")
    request.context["aws:principalisawsservice"] = .value("false")
    request.addCaller()
    return request
  }

  /// Keys that only other requests have, or that a plain GET leaves out.
  private static let absent = [
    "aws:referer", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:tagkeys", "aws:sourcearn",
    "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalservicename",
    "aws:principalservicenameslist", "aws:multifactorauthpresent", "s3:prefix", "s3:delimiter", "s3:max-keys",
    "s3:x-amz-acl", "s3:x-amz-copy-source", "s3:x-amz-metadata-directive", "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-server-side-encryption-customer-algorithm",
    "s3:x-amz-storage-class", "s3:x-amz-website-redirect-location", "s3:x-amz-content-sha256",
    "s3:x-amz-grant-read", "s3:x-amz-grant-write", "s3:x-amz-grant-read-acp", "s3:x-amz-grant-write-acp",
    "s3:x-amz-grant-full-control", "s3:x-amz-object-ownership", "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount", "s3:accesspointnetworkorigin", "s3:accessgrantsinstancearn",
    "s3:object-lock-mode", "s3:object-lock-legal-hold", "s3:object-lock-remaining-retention-days",
    "s3:object-lock-retain-until-date", "s3:locationconstraint", "s3:requestobjecttagkeys", "s3:if-match",
    "s3:if-none-match", "s3:jobsuspendedcause", "s3:requestjobpriority", "s3:requestjoboperation",
    "s3:existingjobpriority", "s3:existingjoboperation", "s3:inventoryaccessibleoptionalfields",
    "s3:objectcreationoperation", "s3:isreplicationpauserequest", "s3:destinationregion",
  ]

  private mutating func addCaller() {
    switch caller.kind {
    case .anonymous:
      for name in Self.keysOfPrincipals + Self.keysOfSignatures { context[name] = .absent }
      context["aws:principaltype"] = .value("Anonymous")
      context["aws:userid"] = .value("anonymous")
      context["aws:principalaccount"] = .value("anonymous")
      // Only signed requests have it.
      context["aws:principalisawsservice"] = .absent
    case .originAccessIdentity(let id):
      addCloudFront()
      for name in Self.keysOfPrincipals where name != "aws:principaltype" && name != "aws:userid" {
        context[name] = .absent
      }
      context["aws:principalarn"] = .value("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \(id)")
    case .service(let name):
      addCloudFront()
      for name in Self.keysOfPrincipals { context[name] = .absent }
      context["aws:principalisawsservice"] = .value("true")
      context["aws:principalservicename"] = .value(name)
      context["aws:principalservicenameslist"] = .unknown
      // For which account it acts: given by the caller, if it knows.
      for key in ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"] {
        context[key] = .unknown
      }
      context["s3:authtype"] = .value("REST-HEADER")
      context["s3:signatureversion"] = .value("AWS4-HMAC-SHA256")
    case .account:
      addSignature()
      context["aws:principaltype"] = .value("Account")
      context["aws:username"] = .absent
      if let account = caller.accountID {
        context["aws:principalaccount"] = .value(account.digits)
        context["aws:principalarn"] = .value(PrincipalARN(rootOf: account).text)
        context["aws:userid"] = .value(account.digits)
      }
    case .principal(let arn):
      addSignature()
      context["aws:principalaccount"] = .value(arn.account.digits)
      switch arn.kind {
      case .root:
        context["aws:principaltype"] = .value("Account")
        context["aws:principalarn"] = .value(arn.text)
        context["aws:userid"] = .value(arn.account.digits)
        context["aws:username"] = .absent
      case .user(let name):
        context["aws:principaltype"] = .value("User")
        context["aws:principalarn"] = .value(arn.text)
        context["aws:username"] = .value(name.split(separator: "/").last.map(String.init) ?? name)
      case .role:
        context["aws:principaltype"] = .value("AssumedRole")
        context["aws:principalarn"] = .value(arn.text)
        context["aws:username"] = .absent
      case .session:
        context["aws:principaltype"] = .value("AssumedRole")
        context["aws:username"] = .absent
      }
    }
  }

  /// The requests of an account go out signed.
  private mutating func addSignature() {
    context["s3:authtype"] = .value("REST-HEADER")
    context["s3:signatureversion"] = .value("AWS4-HMAC-SHA256")
    context["aws:multifactorauthpresent"] = .unknown
  }

  /// CloudFront has addresses of its own, comes through no VPC endpoint, and names itself.
  private mutating func addCloudFront() {
    for name in ["aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:vpceaccount", "aws:vpceorgid"] {
      context[name] = .absent
    }
    context["aws:useragent"] = .value("Amazon CloudFront")
  }

  private static let keysOfPrincipals = [
    "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:principaltype",
    "aws:userid", "aws:username", "aws:federatedprovider", "aws:tokenissuetime", "aws:multifactorauthage",
  ]

  private static let keysOfSignatures = ["s3:authtype", "s3:signatureversion", "s3:signatureage"]
}
