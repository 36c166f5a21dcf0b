extension Distribution {
  /// Reads a `Distribution` or a `DistributionSummary`.
  init(_ element: XMLElement) throws(XMLError) {
    guard let id = element["Id"]?.text, !id.isEmpty else { throw .invalid("a distribution without an ID") }
    self.init(id: id, arn: element["ARN"]?.text ?? "", domainName: element["DomainName"]?.text ?? "")
    status = element["Status"]?.text ?? ""
    // A summary has the members of the configuration itself.
    try read(element["DistributionConfig"] ?? element)
  }

  /// Reads a configuration.
  mutating func read(_ config: XMLElement) throws(XMLError) {
    guard let items = config["Origins"]?["Items"] else { throw .invalid("a distribution without origins") }
    origins = items.all("Origin").map { DistributionOrigin($0) }
    isEnabled = config["Enabled"]?.text == "true"
    aliases = config["Aliases"].texts("CNAME")
    isTenantOnly = config["ConnectionMode"]?.text == "tenant-only"
    defaultRootObject = config["DefaultRootObject"]?.text ?? ""
    originGroups = config["OriginGroups"].items("OriginGroup").map { group in
      OriginGroup(
        id: group["Id"]?.text ?? "",
        members: group["Members"].items("OriginGroupMember").compactMap { $0["OriginId"]?.text })
    }
    behaviors = config["CacheBehaviors"].items("CacheBehavior").map { CacheBehavior($0) }
    if let standard = config["DefaultCacheBehavior"] { behaviors.append(CacheBehavior(standard)) }
    customErrorResponses = config["CustomErrorResponses"].items("CustomErrorResponse").compactMap { response in
      guard let code = response["ErrorCode"].flatMap({ Int($0.text) }) else { return nil }
      return CustomErrorResponse(
        errorCode: code, responseCode: response["ResponseCode"].flatMap { Int($0.text) },
        pagePath: response["ResponsePagePath"].nonEmptyText,
        cachingSeconds: response["ErrorCachingMinTTL"].flatMap { Int($0.text) })
    }
    if let restriction = config["Restrictions"]?["GeoRestriction"] {
      geoRestriction.kind = restriction["RestrictionType"].flatMap { GeoRestriction.Kind(rawValue: $0.text) } ?? .none
      geoRestriction.countries = Optional(restriction).texts("Location")
    }
    webACL = config["WebACLId"].nonEmptyText
  }
}

extension DistributionOrigin {
  fileprivate init(_ origin: XMLElement) {
    // `origin-access-identity/cloudfront/ID`, or empty.
    let identity = origin["S3OriginConfig"]?["OriginAccessIdentity"]?.text ?? ""
    self.init(
      id: origin["Id"]?.text ?? "", domainName: origin["DomainName"]?.text ?? "",
      path: origin["OriginPath"]?.text ?? "",
      originAccessIdentity: identity.split(separator: "/").last.map(String.init),
      originAccessControl: origin["OriginAccessControlId"].nonEmptyText)
  }
}

extension CacheBehavior {
  fileprivate init(_ element: XMLElement) {
    self.init(
      pathPattern: element["PathPattern"].nonEmptyText, targetOriginID: element["TargetOriginId"]?.text ?? "")
    viewerProtocol = element["ViewerProtocolPolicy"].flatMap { ViewerProtocol(rawValue: $0.text) } ?? .all
    demandsSignature = ["TrustedSigners", "TrustedKeyGroups"].contains { element[$0]?["Enabled"]?.text == "true" }
    cachePolicyID = element["CachePolicyId"].nonEmptyText
    originRequestPolicyID = element["OriginRequestPolicyId"].nonEmptyText
    let names = (element["ForwardedValues"]?["Headers"]).texts("Name")
    forwardedHeaders = names.contains("*") ? .all : .listed(Set(names.map { $0.lowercased() }))
    functions =
      element["FunctionAssociations"].items("FunctionAssociation").map {
        EdgeFunction(arn: $0["FunctionARN"]?.text ?? "", event: $0["EventType"]?.text ?? "", isLambda: false)
      }
      + element["LambdaFunctionAssociations"].items("LambdaFunctionAssociation").map {
        EdgeFunction(arn: $0["LambdaFunctionARN"]?.text ?? "", event: $0["EventType"]?.text ?? "", isLambda: true)
      }
  }
}

extension ForwardedHeaders {
  /// Reads the `HeadersConfig` of a cache policy or an origin request policy.
  init(_ config: XMLElement?) {
    let names = Set((config?["Headers"]).texts("Name").map { $0.lowercased() })
    self =
      switch config?["HeaderBehavior"]?.text {
      case "whitelist": .listed(names)
      case "allViewer", "allViewerAndWhitelistCloudFront": .all
      case "allExcept": .allExcept(names)
      default: .listed([])
      }
  }
}

extension XMLElement? {
  /// The members of one of CloudFront's lists: `Quantity`, and `Items` if there are any.
  fileprivate func items(_ name: String) -> [XMLElement] {
    self?["Items"].map { Array($0.all(name)) } ?? []
  }

  fileprivate func texts(_ name: String) -> [String] { items(name).map(\.text) }

  fileprivate var nonEmptyText: String? { self.flatMap { $0.text.isEmpty ? nil : $0.text } }
}
