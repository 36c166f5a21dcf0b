internal import NIOHTTP1
internal import AWSKit

/// What of an EC2 instance's metadata service (IMDS) is about its role. One a sandbox; not thread-safe.
final class InstanceMetadataService: SandboxService {
  static let operations = ["IMDSToken", "IMDSRole", "IMDSCredentials"]

  let state: SandboxState
  private var keys = MachineKeys()
  /// Tokens by which version 2 is asked, and when they end.
  private var tokens: [String: Timestamp] = [:]

  init(state: SandboxState) {
    self.state = state
  }

  func operation(of request: SandboxRequest) throws(ServiceError) -> ServiceOperation {
    let path = String(decoding: request.path ?? [], as: UTF8.self)
    let roles = "/latest/meta-data/iam/security-credentials"
    switch (request.method, path) {
    case ("PUT", "/latest/api/token"):
      return ServiceOperation("IMDSToken", isWrite: true) { (_) throws(ServiceError) in
        try self.token(request, now: .now())
      }
    case ("GET", roles), ("GET", roles + "/"):
      return ServiceOperation("IMDSRole") { (_) throws(ServiceError) in
        try self.check(request, now: .now())
        guard let role = self.state.machine.instance.role else { throw .notFound }
        return .plain(role)
      }
    case ("GET", _) where path.hasPrefix(roles + "/"):
      return ServiceOperation("IMDSCredentials") { (_) throws(ServiceError) in
        try self.check(request, now: .now())
        return try self.credentials(of: String(path.dropFirst(roles.count + 1)), now: .now())
      }
    case ("GET", _), ("PUT", _): throw .notFound
    default: throw ServiceError(405, "MethodNotAllowed", "Method Not Allowed")
    }
  }

  func failure(_ error: ServiceError, requestID: String) -> SandboxResponse {
    SandboxResponse(
      error.status, headers: ["Content-Type": "text/html"],
      body: Array("<html><head><title>\(error.status) - \(error.message)</title></head></html>\n".utf8))
  }

  private func token(_ request: SandboxRequest, now: Timestamp) throws(ServiceError) -> SandboxResponse {
    // Of a request that went through a proxy.
    guard request[header: "x-forwarded-for"] == nil else { throw ServiceError(403, "Forbidden", "Forbidden") }
    let name = "x-aws-ec2-metadata-token-ttl-seconds"
    guard let seconds = request[header: name].flatMap({ Int($0) }), (1...21_600).contains(seconds) else {
      throw ServiceError(400, "BadRequest", "Bad Request")
    }
    let token = state.newID(length: 56)
    tokens[token] = Timestamp(seconds: now.seconds + seconds)
    var response = SandboxResponse.plain(token)
    response.headers.add(name: name, value: String(seconds))
    return response
  }

  private func check(_ request: SandboxRequest, now: Timestamp) throws(ServiceError) {
    let unauthorized = ServiceError(401, "Unauthorized", "Unauthorized")
    guard let token = request[header: "x-aws-ec2-metadata-token"] else {
      guard state.machine.instance.allowsV1 else { throw unauthorized }
      return
    }
    guard let end = tokens[token], now < end else { throw unauthorized }
  }

  private func credentials(of role: String, now: Timestamp) throws(ServiceError) -> SandboxResponse {
    let instance = state.machine.instance
    guard role == instance.role, let account = state.accounts[instance.account] else { throw .notFound }
    let isSuccess = instance.code == "Success"
    var answer = MachineKeys.Answer(
      isSuccess
        ? keys.session(
          for: AccountDirectory.Identity(role: role, of: account, sessionName: "i-0123456789abcdef0"), from: state,
          now: now) : nil)
    answer.code = instance.code
    answer.lastUpdated = now.extended
    if isSuccess {
      answer.type = "AWS-HMAC"
    } else {
      answer.message = "EC2 cannot assume the role \(role)."
    }
    return .json(encoding: answer)
  }
}

extension SandboxResponse {
  fileprivate static func plain(_ text: String) -> SandboxResponse {
    SandboxResponse(headers: ["Content-Type": "text/plain"], body: Array(text.utf8))
  }
}

extension ServiceError {
  fileprivate static let notFound = ServiceError(404, "NotFound", "Not Found")
}
