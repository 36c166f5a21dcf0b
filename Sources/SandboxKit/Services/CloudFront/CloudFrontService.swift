internal import NIOHTTP1
internal import AWSKit

/// What of the Amazon CloudFront API is about the access to S3 origins. One a sandbox; not thread-safe.
///
/// Each account sees its own identities, access controls and distributions only. AWS wants requests signed for
/// us-east-1; any region is taken here, because clients that are given an endpoint sign for their own region.
final class CloudFrontService: SignedService {
  static let namespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/"

  let state: SandboxState
  var verifier = SignatureVerifier(service: "cloudfront")

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    let (operation, ids) = try CloudFrontCall.resolve(request)
    return ServiceOperation(operation.rawValue, isWrite: operation.isWrite) { (_) throws(ServiceError) in
      try self.perform(operation, ids, request)
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse {
    .errorResponse(error, namespace: Self.namespace, requestID: requestID)
  }

  private func perform(
    _ operation: CloudFrontCall.Operation, _ ids: [String], _ request: SandboxRequest
  ) throws(ServiceError) -> SandboxResponse {
    let now = Timestamp.now()
    let (identity, body) = try signer(of: request, now: now)
    let call = CloudFrontCall(
      operation: operation, ids: ids, request: request, account: identity.account, body: body, now: now)
    switch operation {
    case .createIdentity: return try createIdentity(call)
    case .getIdentity, .getIdentityConfig: return try getIdentity(call)
    case .listIdentities: return try listIdentities(call)
    case .updateIdentity: return try updateIdentity(call)
    case .deleteIdentity: return try deleteIdentity(call)
    case .createAccessControl: return try createAccessControl(call)
    case .getAccessControl, .getAccessControlConfig: return try getAccessControl(call)
    case .listAccessControls: return try listAccessControls(call)
    case .updateAccessControl: return try updateAccessControl(call)
    case .deleteAccessControl: return try deleteAccessControl(call)
    case .createDistributionWithTags: return try createDistributionWithTags(call)
    case .createDistribution: return try createDistribution(call)
    case .getDistribution, .getDistributionConfig: return try getDistribution(call)
    case .listDistributions: return try listDistributions(call)
    case .updateDistribution: return try updateDistribution(call)
    case .deleteDistribution: return try deleteDistribution(call)
    case .createCachePolicy: return try createPolicy(.cache, call)
    case .getCachePolicy, .getCachePolicyConfig: return try getPolicy(.cache, call)
    case .createOriginRequestPolicy: return try createPolicy(.originRequest, call)
    case .getOriginRequestPolicy, .getOriginRequestPolicyConfig: return try getPolicy(.originRequest, call)
    case .createInvalidation: return try createInvalidation(call)
    case .getInvalidation: return try getInvalidation(call)
    case .listInvalidations: return try listInvalidations(call)
    case .listTags: return try listTags(call)
    case .tag: return try tag(call)
    case .untag: return try untag(call)
    }
  }

  /// The address of something new, for its Location header.
  func location(_ path: String) -> String { "https://cloudfront.amazonaws.com/2020-05-31/" + path }
}

extension SandboxResponse {
  /// A document in CloudFront's namespace.
  static func cloudFront(
    _ root: String, status: Int = 200, etag: String? = nil, location: String? = nil,
    _ content: (inout DocumentWriter) -> Void
  ) -> SandboxResponse {
    var response = SandboxResponse.xml(
      root, status: status, attributes: " xmlns=\"\(CloudFrontService.namespace)\"", content)
    // Without quotation marks, unlike S3's.
    if let etag { response.headers.add(name: "ETag", value: etag) }
    if let location { response.headers.add(name: "Location", value: location) }
    return response
  }
}

extension ServiceError {
  static let illegalUpdate = ServiceError(
    400, "IllegalUpdate", "The update contains modifications that are not allowed.")

  static let inconsistentQuantities = ServiceError(
    400, "InconsistentQuantities", "The value of Quantity and the size of Items don't match.")
}
