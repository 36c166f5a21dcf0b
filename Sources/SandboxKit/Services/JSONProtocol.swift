internal import Foundation
internal import AWSKit

/// The members of a request of a service that speaks JSON.
struct JSONInput {
  private let members: [String: Any]

  init(_ body: [UInt8]) throws(ServiceError) {
    guard !body.isEmpty else {
      members = [:]
      return
    }
    guard let members = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] else {
      throw ServiceError(400, "SerializationException", "The request is not JSON.")
    }
    self.members = members
  }

  subscript(name: String) -> String? { members[name] as? String }

  /// Empty where there is no list.
  func list(_ name: String) -> [String] { members[name] as? [String] ?? [] }

  func required(_ name: String) throws(ServiceError) -> String {
    guard let value = self[name] else {
      throw ServiceError(
        400, "ValidationException",
        "1 validation error detected: Value null at '\(name)' failed to satisfy constraint: Member must not be null")
    }
    return value
  }
}

extension SandboxResponse {
  static func json(object: [String: Any]) -> SandboxResponse {
    let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
    return .json(data.map { String(decoding: $0, as: UTF8.self) } ?? "{}")
  }

  /// An error, named as the services that speak JSON name it.
  static func jsonError(_ error: ServiceError) -> SandboxResponse {
    let common = error.common
    let code =
      switch common.code {
      case "AccessDenied": "AccessDeniedException"
      case "InvalidClientTokenId": "UnrecognizedClientException"
      case "ExpiredToken": "ExpiredTokenException"
      case "SignatureDoesNotMatch": "InvalidSignatureException"
      case "MissingAuthenticationToken": "MissingAuthenticationTokenException"
      case "IncompleteSignature": "IncompleteSignatureException"
      case "Throttling": "ThrottlingException"
      default: common.code
      }
    return .jsonError(
      common.status == 403 ? 400 : common.status, type: code, ["__type": code, "message": common.message])
  }
}
