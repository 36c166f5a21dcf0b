internal import AWSKit

/// What of AWS Organizations any account may ask about itself. One a sandbox; not thread-safe.
final class OrganizationsService: SignedService {
  static let operations = ["DescribeEffectivePolicy"]

  let state: SandboxState
  var verifier = SignatureVerifier(service: "organizations")

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    let target = request[header: "X-Amz-Target"] ?? ""
    guard target == "AWSOrganizationsV20161128.DescribeEffectivePolicy" else {
      throw .notImplemented("the Organizations operation '\(target)'")
    }
    return ServiceOperation("DescribeEffectivePolicy") { (_) throws(ServiceError) in
      let (identity, body) = try self.signer(of: request, now: .now())
      return try self.describeEffectivePolicy(JSONInput(body), of: identity.account)
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse { .jsonError(error) }

  /// API Reference: DescribeEffectivePolicy. Another account's is for the management account, which no account here is.
  private func describeEffectivePolicy(
    _ input: JSONInput, of account: SandboxAccount
  ) throws(ServiceError) -> SandboxResponse {
    guard account.organizationID != nil else {
      throw ServiceError(
        400, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    }
    guard input["TargetId"] ?? account.accountID == account.accountID else {
      throw ServiceError(
        400, "AccessDeniedException", "You don't have permissions to access this resource.")
    }
    let type = try input.required("PolicyType")
    guard type == "S3_POLICY", let policy = state.organizationPolicies[account.accountID] else {
      throw ServiceError(
        400, "EffectivePolicyNotFoundException",
        "If you ran this action on the management account, this policy type is not enabled. If you ran the action on a "
          + "member account, the account doesn't have an effective policy of this type.")
    }
    return .json(object: [
      "EffectivePolicy": [
        "PolicyContent": policy.content, "PolicyType": type, "TargetId": account.accountID,
        "LastUpdatedTimestamp": policy.updatedAt.seconds,
      ] as [String: Any]
    ])
  }
}
