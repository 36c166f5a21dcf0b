internal import Foundation
internal import NIOHTTP1
internal import AWSKit

/// The token endpoint of IAM Identity Center: takes refresh tokens. One a sandbox; not thread-safe.
///
/// The first tokens come from the control address, which stands for the browser in which somebody signs in.
final class SSOOIDCService: SandboxService {
  static let operations = ["CreateToken"]

  let state: SandboxState

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    let path = String(decoding: request.path ?? [], as: UTF8.self)
    guard request.method == "POST", path == "/token" else {
      throw .notImplemented("\(request.method) \(path) on SSO OIDC")
    }
    return ServiceOperation("CreateToken", isWrite: true) { (_) throws(ServiceError) in
      try self.createToken(request, now: .now())
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse {
    // The exception's name, the OAuth error's, and the status: an overload is a 400 here.
    let (type, name, status) =
      switch error.code {
      case "AccessDenied": ("AccessDeniedException", "access_denied", 400)
      case "SlowDown": ("SlowDownException", "slow_down", 400)
      case "InternalError": ("InternalServerException", "server_error", error.status)
      default: (error.code, Self.oauthName(of: error.code), error.status)
      }
    return .jsonError(status, type: type, ["error": name, "error_description": error.message])
  }

  /// `invalid_grant` for `InvalidGrantException`.
  private static func oauthName(of code: String) -> String {
    let name = code.hasSuffix("Exception") ? String(code.dropLast("Exception".count)) : code
    return name.reduce(into: "") { result, letter in
      if letter.isUppercase, !result.isEmpty { result += "_" }
      result += letter.lowercased()
    }
  }

  private struct Request: Decodable {
    let clientId: String
    let clientSecret: String
    let grantType: String
    let refreshToken: String?
  }

  private struct Answer: Encodable {
    let accessToken: String
    let tokenType = "Bearer"
    let expiresIn: Int
    let refreshToken: String
  }

  private func createToken(_ request: SandboxRequest, now: Timestamp) throws(ServiceError) -> SandboxResponse {
    guard let wanted = try? JSONDecoder().decode(Request.self, from: Data(request.body)) else {
      throw ServiceError(400, "InvalidRequestException", "Invalid request")
    }
    guard wanted.grantType == "refresh_token" else {
      throw ServiceError(
        400, "UnsupportedGrantTypeException",
        "The sandbox takes the grant 'refresh_token' only, to which the control "
          + "address gives the first token")
    }
    guard let token = wanted.refreshToken else {
      throw ServiceError(400, "InvalidRequestException", "Missing required field: refreshToken")
    }
    let result = state.ssoTokens.refresh(
      token, clientID: wanted.clientId, clientSecret: wanted.clientSecret, now: now)
    switch result {
    case .done(let signIn, let seconds):
      return .json(
        encoding: Answer(accessToken: signIn.accessToken, expiresIn: seconds, refreshToken: signIn.refreshToken))
    case .unknownClient: throw ServiceError(401, "InvalidClientException", "Invalid client provided")
    case .unknownToken: throw ServiceError(400, "InvalidGrantException", "Invalid refresh token provided")
    case .expired: throw ServiceError(400, "ExpiredTokenException", "The refresh token has expired")
    }
  }
}
