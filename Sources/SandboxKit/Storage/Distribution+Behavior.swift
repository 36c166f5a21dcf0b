internal import AWSKit

extension Distribution {
  /// What of a cache behaviour counts for a view.
  struct Behavior: Sendable {
    /// A function at the edge, by its ARN and the event at which it runs.
    struct Function: Sendable {
      let arn: String
      /// `viewer-request`, `origin-request`, …
      let event: String
      /// Whether it is one of Lambda@Edge, not a CloudFront function.
      let isLambda: Bool
    }

    /// Of an origin or a group of origins.
    let originID: String
    /// Whether viewers need a signed URL or cookies.
    let isRestricted: Bool
    /// `allow-all`, `redirect-to-https` or `https-only`.
    let viewerProtocolPolicy: String
    let allowedMethods: [String]
    let cachePolicyID: String?
    let originRequestPolicyID: String?
    /// What is forwarded where no policy says it (`ForwardedValues`).
    let forwardedHeaders: ForwardedHeaders
    let functions: [Function]

    init(_ element: XMLNode) {
      func names(_ list: XMLNode?) -> [String] { list?["Items"]?.children.map(\.text) ?? [] }
      func id(_ name: String) -> String? { element[name].flatMap { $0.text.isEmpty ? nil : $0.text } }
      originID = element["TargetOriginId"]?.text ?? ""
      isRestricted = ["TrustedSigners", "TrustedKeyGroups"].contains { element[$0]?["Enabled"]?.text == "true" }
      viewerProtocolPolicy = element["ViewerProtocolPolicy"]?.text ?? "allow-all"
      allowedMethods = names(element["AllowedMethods"])
      cachePolicyID = id("CachePolicyId")
      originRequestPolicyID = id("OriginRequestPolicyId")
      let headers = names(element["ForwardedValues"]?["Headers"])
      forwardedHeaders = headers.contains("*") ? .all : .listed(Set(headers.map { $0.lowercased() }))
      functions = ["FunctionAssociations", "LambdaFunctionAssociations"].flatMap { list in
        (element[list]?["Items"]?.children ?? []).map { association in
          let isLambda = list == "LambdaFunctionAssociations"
          return Function(
            arn: association[isLambda ? "LambdaFunctionARN" : "FunctionARN"]?.text ?? "",
            event: association["EventType"]?.text ?? "", isLambda: isLambda)
        }
      }
    }
  }

  /// The default cache behaviour, then the others in their order.
  var behaviors: [XMLNode] {
    (self["DefaultCacheBehavior"].map { [$0] } ?? []) + (self["CacheBehaviors"]?["Items"]?.children ?? [])
  }

  /// The first behaviour whose path pattern fits, else the default one.
  func behavior(for path: ObjectKey) -> Behavior {
    // The slash at the beginning of a pattern may be left out.
    let path = path.text.withoutLeadingSlash
    let fitting = self["CacheBehaviors"]?["Items"]?.children.first { element in
      element["PathPattern"].map { Wildcard($0.text.withoutLeadingSlash).matches(path) } ?? false
    }
    guard let element = fitting ?? self["DefaultCacheBehavior"] else { fatalError("it was checked when it came") }
    return Behavior(element)
  }

  // MARK: Origins

  /// The origins that a behaviour's target names, and the statuses at which the second is asked after the first
  /// (Developer Guide: "Optimize high availability with CloudFront origin failover").
  func origins(ofTarget id: String) -> (origins: [Origin], failoverStatuses: Set<Int>) {
    if let origin = origins.first(where: { $0.id == id }) { return ([origin], []) }
    let group = self["OriginGroups"]?["Items"]?.children.first { $0["Id"]?.text == id }
    let members = group?["Members"]?["Items"]?.children.compactMap { member in
      origins.first { $0.id == member["OriginId"]?.text }
    }
    let statuses = group?["FailoverCriteria"]?["StatusCodes"]?["Items"]?.children.compactMap { Int($0.text) }
    return (members ?? [], Set(statuses ?? []))
  }

  // MARK: Errors

  /// What viewers get in place of an error (Developer Guide: "Generate custom error responses").
  struct CustomErrorResponse: Sendable {
    /// The path of a page, with a slash at its beginning; nil if only a time is set.
    let pagePath: String?
    /// In place of the error's; nil for the error's own.
    let status: Int?
    /// How long the error is cached, in seconds; nil where the distribution does not say.
    let minimumTTL: Int?
  }

  func customErrorResponse(for status: Int) -> CustomErrorResponse? {
    let element = self["CustomErrorResponses"]?["Items"]?.children.first { $0["ErrorCode"]?.text == String(status) }
    return element.map { element in
      let path = element["ResponsePagePath"]?.text ?? ""
      return CustomErrorResponse(
        pagePath: path.isEmpty ? nil : path, status: element["ResponseCode"].flatMap { Int($0.text) },
        minimumTTL: element["ErrorCachingMinTTL"].flatMap { Int($0.text) })
    }
  }

  // MARK: Viewers

  /// Whether viewers of a country are refused (Developer Guide: "Restrict the geographic distribution of your content").
  func isBlocked(country: String) -> Bool {
    let restriction = self["Restrictions"]?["GeoRestriction"]
    let isNamed = restriction?["Items"]?.children.contains { $0.text.uppercased() == country.uppercased() } ?? false
    return switch restriction?["RestrictionType"]?.text {
    case "whitelist": !isNamed
    case "blacklist": isNamed
    default: false
    }
  }

  /// The ARN of the web ACL of AWS WAF; nil for none.
  var webACL: String? { self["WebACLId"].flatMap { $0.text.isEmpty ? nil : $0.text } }
}

extension String {
  fileprivate var withoutLeadingSlash: String { hasPrefix("/") ? String(dropFirst()) : self }
}
