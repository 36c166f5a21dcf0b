internal import Foundation
internal import AWSKit

extension ControlService {
  /// Takes what the instance is like from now on; what is not named is as at the start.
  func putInstance(_ request: SandboxRequest) -> SandboxResponse {
    do {
      let instance = try JSONDecoder().decode(MachineSettings.Instance.self, from: Data(request.body))
      guard state.accounts[instance.account] != nil else {
        return Self.refusal(404, "there is no account '\(instance.account)'")
      }
      state.machine.instance = instance
      return SandboxResponse(204)
    } catch {
      return Self.refusal(400, InputFileError(error, item: "element").description)
    }
  }

  /// Takes where viewers come from and what blocks them from now on; what is not named is as at the start.
  func putEdge(_ request: SandboxRequest) -> SandboxResponse {
    do {
      state.cloudFront.edge = try JSONDecoder().decode(EdgeSettings.self, from: Data(request.body))
      return SandboxResponse(204)
    } catch {
      return Self.refusal(400, InputFileError(error, item: "element").description)
    }
  }

  /// Takes the effective S3 policy of an account's organization; nothing ends it.
  func putOrganizationPolicy(_ request: SandboxRequest) -> SandboxResponse {
    withAccount(request) { account in
      guard let account, account.organizationID != nil else {
        return Self.refusal(400, "?account=NAME must name an account with an organization")
      }
      let content = String(decoding: request.body, as: UTF8.self)
      let policy = OrganizationPolicy(content: content, at: .now())
      guard policy != nil || content.isEmpty else {
        return Self.refusal(
          400, "an S3 policy is {\"s3_attributes\": {\"public_access_block_configuration\": \"all\"}}, or \"none\"")
      }
      state.organizationPolicies[account.accountID] = policy
      return SandboxResponse(204)
    }
  }

  /// Takes what a container's Authorization header must be: the body; any will do if it is empty.
  func putContainerToken(_ request: SandboxRequest) -> SandboxResponse {
    let token = String(decoding: request.body, as: UTF8.self)
    state.machine.containerToken = token.isEmpty ? nil : token
    return SandboxResponse(204)
  }
}
