internal import Foundation
internal import NIOHTTP1
internal import AWSKit

/// The token endpoint of AWS Sign-In, which `aws login` uses: gives new keys for a refresh token, to a client that has the
/// key that the sign-in is bound to. One a sandbox; not thread-safe.
///
/// The first tokens come from the control address, which stands for the browser in which somebody signs in.
final class SigninService: SandboxService {
  static let operations = ["CreateOAuth2Token"]

  let state: SandboxState

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    let path = String(decoding: request.path ?? [], as: UTF8.self)
    guard request.method == "POST", path == "/v1/token" else {
      throw .notImplemented("\(request.method) \(path) on AWS Sign-In")
    }
    return ServiceOperation("CreateOAuth2Token", isWrite: true) { (_) throws(ServiceError) in
      try self.createToken(request, now: .now())
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse {
    // The exception's name, the error's, and the status.
    let (type, name, status) =
      switch error.code {
      case "AccessDenied": ("AccessDeniedException", "INSUFFICIENT_PERMISSIONS", 403)
      case "SlowDown": ("TooManyRequestsError", "INVALID_REQUEST", 429)
      case "InternalError": ("InternalServerException", "server_error", error.status)
      case "INVALID_REQUEST": ("ValidationException", error.code, error.status)
      default: ("AccessDeniedException", error.code, error.status)
      }
    return .jsonError(status, type: type, ["error": name, "message": error.message])
  }

  private struct Request: Decodable {
    let clientId: String
    let grantType: String
    let refreshToken: String?
  }

  private struct Answer: Encodable {
    struct Keys: Encodable {
      let accessKeyId: String
      let secretAccessKey: String
      let sessionToken: String
    }

    let accessToken: Keys
    let tokenType = "aws_sigv4"
    let expiresIn: Int
    let refreshToken: String
  }

  private func createToken(_ request: SandboxRequest, now: Timestamp) throws(ServiceError) -> SandboxResponse {
    guard let wanted = try? JSONDecoder().decode(Request.self, from: Data(request.body)) else {
      throw .invalid("The request body is not valid.")
    }
    guard ["arn:aws:signin:::devtools/same-device", "arn:aws:signin:::devtools/cross-device"].contains(wanted.clientId)
    else { throw .invalid("The client ID is not valid.") }
    guard wanted.grantType == "refresh_token" else {
      throw .invalid(
        "The sandbox takes the grant 'refresh_token' only, to which the control address gives the first token.")
    }
    let proof = try proof(request, now: now)
    guard let token = wanted.refreshToken, let session = state.signins.session(ofRefreshToken: token) else {
      throw .invalid("The refresh token is not valid.")
    }
    guard proof.publicKey == session.publicKey else {
      throw .invalid("The DPoP proof is of another key than the refresh token.")
    }
    switch session.endReason ?? (now < session.expiry ? nil : .tokenExpired) {
    case nil: break
    // The model names no status; users have seen this one.
    case .tokenExpired: throw ServiceError(401, "TOKEN_EXPIRED", "The refresh token has expired.")
    case .userCredentialsChanged?:
      throw ServiceError(403, "USER_CREDENTIALS_CHANGED", "The user's credentials have changed.")
    case .insufficientPermissions?:
      throw ServiceError(403, "INSUFFICIENT_PERMISSIONS", "The user may not create tokens.")
    }
    let keys = state.openSession(for: session.identity, seconds: Self.seconds, now: now)
    return .json(
      encoding: Answer(
        accessToken: Answer.Keys(
          accessKeyId: keys.credentials.accessKeyID, secretAccessKey: keys.credentials.secretAccessKey,
          sessionToken: keys.credentials.sessionToken ?? ""),
        expiresIn: keys.expiry.seconds - now.seconds, refreshToken: state.signins.refresh(token)))
  }

  /// How long keys last.
  static let seconds = 900

  private func proof(_ request: SandboxRequest, now: Timestamp) throws(ServiceError) -> DPoPProof {
    let headers = request.headers["dpop"]
    guard headers.count == 1 else { throw .invalid("There must be one DPoP header.") }
    let proof: DPoPProof
    do throws(DPoPProof.Mistake) {
      proof = try DPoPProof(
        headers[0], method: "POST", address: "\(request[header: "host"] ?? "")/v1/token", now: now)
    } catch {
      throw .invalid("The DPoP proof is not valid: \(error.description).")
    }
    guard state.signins.use(proof: proof.id) else { throw .invalid("The DPoP proof was used before.") }
    return proof
  }
}

extension ServiceError {
  fileprivate static func invalid(_ message: String) -> ServiceError { ServiceError(400, "INVALID_REQUEST", message) }
}
