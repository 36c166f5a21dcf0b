internal import AWSKit

/// A request as CloudFront understands it: which account asks for which operation, on what.
struct CloudFrontCall {
  /// The operations that the sandbox does, by the names of the CloudFront API.
  enum Operation: String, CaseIterable, Sendable {
    case createIdentity = "CreateCloudFrontOriginAccessIdentity"
    case getIdentity = "GetCloudFrontOriginAccessIdentity"
    case getIdentityConfig = "GetCloudFrontOriginAccessIdentityConfig"
    case listIdentities = "ListCloudFrontOriginAccessIdentities"
    case updateIdentity = "UpdateCloudFrontOriginAccessIdentity"
    case deleteIdentity = "DeleteCloudFrontOriginAccessIdentity"
    case createAccessControl = "CreateOriginAccessControl"
    case getAccessControl = "GetOriginAccessControl"
    case getAccessControlConfig = "GetOriginAccessControlConfig"
    case listAccessControls = "ListOriginAccessControls"
    case updateAccessControl = "UpdateOriginAccessControl"
    case deleteAccessControl = "DeleteOriginAccessControl"
    case createDistribution = "CreateDistribution"
    case createDistributionWithTags = "CreateDistributionWithTags"
    case getDistribution = "GetDistribution"
    case getDistributionConfig = "GetDistributionConfig"
    case listDistributions = "ListDistributions"
    case updateDistribution = "UpdateDistribution"
    case deleteDistribution = "DeleteDistribution"
    case createCachePolicy = "CreateCachePolicy"
    case getCachePolicy = "GetCachePolicy"
    case getCachePolicyConfig = "GetCachePolicyConfig"
    case createOriginRequestPolicy = "CreateOriginRequestPolicy"
    case getOriginRequestPolicy = "GetOriginRequestPolicy"
    case getOriginRequestPolicyConfig = "GetOriginRequestPolicyConfig"
    case createInvalidation = "CreateInvalidation"
    case getInvalidation = "GetInvalidation"
    case listInvalidations = "ListInvalidations"
    case listTags = "ListTagsForResource"
    case tag = "TagResource"
    case untag = "UntagResource"

    /// Method and path, in which `ID` stands for any.
    fileprivate var route: (method: String, path: String) {
      switch self {
      case .createIdentity: ("POST", "origin-access-identity/cloudfront")
      case .getIdentity: ("GET", "origin-access-identity/cloudfront/ID")
      case .getIdentityConfig: ("GET", "origin-access-identity/cloudfront/ID/config")
      case .listIdentities: ("GET", "origin-access-identity/cloudfront")
      case .updateIdentity: ("PUT", "origin-access-identity/cloudfront/ID/config")
      case .deleteIdentity: ("DELETE", "origin-access-identity/cloudfront/ID")
      case .createAccessControl: ("POST", "origin-access-control")
      case .getAccessControl: ("GET", "origin-access-control/ID")
      case .getAccessControlConfig: ("GET", "origin-access-control/ID/config")
      case .listAccessControls: ("GET", "origin-access-control")
      case .updateAccessControl: ("PUT", "origin-access-control/ID/config")
      case .deleteAccessControl: ("DELETE", "origin-access-control/ID")
      case .createDistribution, .createDistributionWithTags: ("POST", "distribution")
      case .getDistribution: ("GET", "distribution/ID")
      case .getDistributionConfig: ("GET", "distribution/ID/config")
      case .listDistributions: ("GET", "distribution")
      case .updateDistribution: ("PUT", "distribution/ID/config")
      case .deleteDistribution: ("DELETE", "distribution/ID")
      case .createCachePolicy: ("POST", "cache-policy")
      case .getCachePolicy: ("GET", "cache-policy/ID")
      case .getCachePolicyConfig: ("GET", "cache-policy/ID/config")
      case .createOriginRequestPolicy: ("POST", "origin-request-policy")
      case .getOriginRequestPolicy: ("GET", "origin-request-policy/ID")
      case .getOriginRequestPolicyConfig: ("GET", "origin-request-policy/ID/config")
      case .createInvalidation: ("POST", "distribution/ID/invalidation")
      case .getInvalidation: ("GET", "distribution/ID/invalidation/ID")
      case .listInvalidations: ("GET", "distribution/ID/invalidation")
      case .listTags: ("GET", "tagging")
      case .tag, .untag: ("POST", "tagging")
      }
    }

    var isWrite: Bool { route.method != "GET" }

    /// Whether a request with these parameters asks for it: some make another operation of one path.
    fileprivate func takes(_ query: [(name: String, value: [UInt8])]) -> Bool {
      let names = query.map(\.name)
      func value(_ name: String) -> String? {
        query.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
      }
      switch self {
      case .createDistributionWithTags: return names == ["WithTags"]
      case .listTags: return names == ["Resource"]
      case .tag: return names.sorted() == ["Operation", "Resource"] && value("Operation") == "Tag"
      case .untag: return names.sorted() == ["Operation", "Resource"] && value("Operation") == "Untag"
      default:
        return rawValue.hasPrefix("List") ? Set(names).isSubset(of: ["Marker", "MaxItems"]) : names.isEmpty
      }
    }
  }

  let operation: Operation
  /// The IDs in the path, in their order.
  let ids: [String]
  let request: SandboxRequest
  let account: SandboxAccount
  /// The body, its signature checked.
  let body: [UInt8]
  let now: Timestamp

  /// Finds the operation, and the IDs in its path.
  ///
  /// - Throws: 501 for what the sandbox does not do.
  static func resolve(_ request: SandboxRequest) throws(ServiceError) -> (operation: Operation, ids: [String]) {
    let path = String(decoding: request.path ?? [], as: UTF8.self)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    if parts.first == "2020-05-31" {
      for operation in Operation.allCases where operation.route.method == request.method {
        let route = operation.route.path.split(separator: "/")
        guard route.count == parts.count - 1 else { continue }
        let pairs = zip(route, parts.dropFirst())
        guard pairs.allSatisfy({ $0 == "ID" || $0 == $1 }) else { continue }
        guard operation.takes(request.query) else { continue }
        return (operation, pairs.filter { $0.0 == "ID" }.map(\.1))
      }
    }
    throw .notImplemented("\(request.method) \(path)")
  }

  /// The body as a document.
  func document(_ root: String) throws(ServiceError) -> XMLNode {
    guard !body.isEmpty else {
      throw ServiceError(
        400, "MissingBody",
        "This operation requires a body. Ensure that the body is present and the Content-Type header is set.")
    }
    do {
      return try XMLNode(parsing: body, root: root)
    } catch {
      throw .malformedXML
    }
  }

  /// A change must name the version that it changes.
  func checkIfMatch(_ etag: String) throws(ServiceError) {
    guard let wanted = request[header: "if-match"] else {
      throw ServiceError(
        400, "InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.")
    }
    guard wanted == etag else {
      throw ServiceError(
        412, "PreconditionFailed",
        "The precondition in one or more of the request fields evaluated to false.")
    }
  }
}
