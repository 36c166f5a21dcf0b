internal import AWSKit

extension CloudFrontService {
  func createIdentity(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let config = try call.document("CloudFrontOriginAccessIdentityConfig")
    guard let reference = config["CallerReference"]?.text, let comment = config["Comment"]?.text else {
      throw .malformedXML
    }
    let existing = state.cloudFront.identities.values.first {
      $0.accountID == call.account.accountID && $0.callerReference == reference
    }
    if let existing {
      guard existing.comment == comment else {
        throw ServiceError(
          409, "CloudFrontOriginAccessIdentityAlreadyExists",
          "The caller reference that you are using to create a CloudFront origin access identity is already associated "
            + "with another identity. Existing CloudFront origin access identity ID: \(existing.id)")
      }
      return created(existing)
    }
    let identity = OriginAccessIdentity(
      id: state.newID(prefix: "E", length: 13), callerReference: reference, comment: comment,
      accountID: call.account.accountID, etag: state.newID(prefix: "E", length: 13))
    state.cloudFront.identities[identity.id] = identity
    return created(identity)
  }

  private func created(_ identity: OriginAccessIdentity) -> SandboxResponse {
    .cloudFront(
      "CloudFrontOriginAccessIdentity", status: 201, etag: identity.etag,
      location: location("origin-access-identity/cloudfront/\(identity.id)"), identity.write)
  }

  func getIdentity(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let identity = try existingIdentity(call)
    return call.operation == .getIdentity
      ? .cloudFront("CloudFrontOriginAccessIdentity", etag: identity.etag, identity.write)
      : .cloudFront("CloudFrontOriginAccessIdentityConfig", etag: identity.etag, identity.writeConfig)
  }

  func listIdentities(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let identities = state.cloudFront.identities.values.filter { $0.accountID == call.account.accountID }
      .sorted { $0.id < $1.id }
    return try CloudFrontPage(of: identities, for: call.request).response("CloudFrontOriginAccessIdentityList") {
      $0.writeSummary(to: &$1)
    }
  }

  /// Takes a new comment.
  func updateIdentity(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let existing = try existingIdentity(call)
    try call.checkIfMatch(existing.etag)
    let config = try call.document("CloudFrontOriginAccessIdentityConfig")
    guard let reference = config["CallerReference"]?.text, let comment = config["Comment"]?.text else {
      throw .malformedXML
    }
    guard reference == existing.callerReference else { throw .illegalUpdate }
    let identity = OriginAccessIdentity(
      id: existing.id, canonicalID: existing.canonicalID, callerReference: reference, comment: comment,
      accountID: existing.accountID, etag: state.newID(prefix: "E", length: 13))
    state.cloudFront.identities[identity.id] = identity
    return .cloudFront("CloudFrontOriginAccessIdentity", etag: identity.etag, identity.write)
  }

  func deleteIdentity(_ call: CloudFrontCall) throws(ServiceError) -> SandboxResponse {
    let identity = try existingIdentity(call)
    try call.checkIfMatch(identity.etag)
    guard !state.cloudFront.isInUse(.identity(identity.id)) else {
      throw ServiceError(
        409, "CloudFrontOriginAccessIdentityInUse", "The CloudFront origin access identity is still being used.")
    }
    state.cloudFront.identities[identity.id] = nil
    for bucket in state.buckets.values { bucket.policy = bucket.policy?.forgetting(identity) }
    return SandboxResponse(204)
  }

  private func existingIdentity(_ call: CloudFrontCall) throws(ServiceError) -> OriginAccessIdentity {
    guard let identity = state.cloudFront.identities[call.ids[0]], identity.accountID == call.account.accountID else {
      throw ServiceError(
        404, "NoSuchCloudFrontOriginAccessIdentity",
        "The specified CloudFront origin access identity does not exist.")
    }
    return identity
  }
}
