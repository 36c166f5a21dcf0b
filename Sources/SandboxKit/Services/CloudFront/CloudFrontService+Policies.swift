internal import AWSKit

/// Cache policies and origin request policies.
extension CloudFrontService {
  func createPolicy(_ kind: RequestPolicy.Kind, _ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let config = try call.document(kind.rawValue + "Config")
    guard let name = config["Name"]?.text, !name.isEmpty else { throw .malformedXML }
    guard config.hasConsistentQuantities else { throw .inconsistentQuantities }
    let isTaken = state.cloudFront.requestPolicies.values.contains {
      $0.kind == kind && $0.accountID == call.account.accountID && $0.name == name
    }
    guard !isTaken else {
      throw ServiceError(409, kind.rawValue + "AlreadyExists", "A policy with this name already exists.")
    }
    let id = state.newUUID()
    let policy = RequestPolicy(
      id: id, kind: kind, accountID: call.account.accountID, etag: state.newID(prefix: "E", length: 13),
      lastModified: call.now, config: config.children)
    state.cloudFront.requestPolicies[id] = policy
    let path = kind == .cache ? "cache-policy" : "origin-request-policy"
    return .cloudFront(
      kind.rawValue, status: 201, etag: policy.etag, location: location("\(path)/\(id)"), policy.write)
  }

  func getPolicy(_ kind: RequestPolicy.Kind, _ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    guard let policy = state.cloudFront.requestPolicies[call.ids[0]], policy.kind == kind,
      policy.accountID ?? call.account.accountID == call.account.accountID
    else { throw ServiceError(404, "NoSuch" + kind.rawValue, "The policy does not exist.") }
    return call.operation.rawValue.hasSuffix("Config")
      ? .cloudFront(kind.rawValue + "Config", etag: policy.etag, policy.writeConfig)
      : .cloudFront(kind.rawValue, etag: policy.etag, policy.write)
  }
}
