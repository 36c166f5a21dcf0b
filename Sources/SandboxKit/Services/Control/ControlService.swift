internal import Foundation
internal import NIOHTTP1
internal import AWSKit

/// The address by which a test tells the sandbox what should go wrong, and asks what happened.
///
/// Anybody on this machine may use it: there is nothing to protect.
final class ControlService {
  let state: SandboxState

  init(state: SandboxState) {
    self.state = state
  }

  func deliver(_ request: SandboxRequest) -> Delivery {
    Delivery(response: answer(request))
  }

  private static let help = """
    GET    /counters            requests by operation; with ?reset they start from 0 again
    GET    /counters?keys       successes by operation and bucket/key, if the sandbox was started with --count-keys
    GET    /connections         how many connections were opened
    GET    /faults              how often each fault has happened
    PUT    /faults              a JSON list of faults takes the place of the one before
    DELETE /faults              nothing goes wrong any more
    PUT    /limits              {"reads": 5500, "writes": 3500}: requests a second for each prefix
    DELETE /limits              no limits any more
    POST   /sessions/expire     ends all temporary credentials; with ?account=NAME those of one account
    POST   /sso/sign-in         signs a user of SSO in (?user=NAME): a file of ~/.aws/sso/cache
    POST   /sso/expire          ends SSO's access tokens; with ?refresh the refresh tokens too, with ?user=NAME one user's

    """

  private func answer(_ request: SandboxRequest) -> SandboxResponse {
    let path = String(decoding: request.path ?? [], as: UTF8.self)
    switch (request.method, path) {
    case ("GET", "/"): return SandboxResponse(headers: ["Content-Type": "text/plain"], body: Array(Self.help.utf8))
    case ("GET", "/counters"): return counters(request)
    case ("GET", "/connections"): return .json("{\"opened\":\(state.counters.connections)}")
    case ("GET", "/faults"): return .json(encoding: state.counters.faults)
    case ("PUT", "/faults"): return putFaults(request)
    case ("DELETE", "/faults"):
      state.faults.rules = []
      return SandboxResponse(204)
    case ("PUT", "/limits"): return putLimits(request)
    case ("DELETE", "/limits"):
      state.faults.limits = nil
      return SandboxResponse(204)
    case ("POST", "/sessions/expire"): return expireSessions(request)
    case ("POST", "/sso/sign-in"): return signInToSSO(request)
    case ("POST", "/sso/expire"): return expireSSO(request)
    default: return Self.refusal(404, "no such address; 'GET /' tells which there are")
    }
  }

  static func refusal(_ status: Int, _ message: String) -> SandboxResponse {
    SandboxResponse(status, headers: ["Content-Type": "text/plain"], body: Array((message + "\n").utf8))
  }

  private func counters(_ request: SandboxRequest) -> SandboxResponse {
    let isByKey = request.parameter("keys") != nil
    guard !isByKey || state.counters.countsKeys else {
      return Self.refusal(400, "the sandbox was not started with --count-keys")
    }
    let response: SandboxResponse =
      isByKey ? .json(state.counters.textByKey) : .json(encoding: state.counters.requests)
    if request.parameter("reset") != nil { state.counters.reset() }
    return response
  }

  private func expireSessions(_ request: SandboxRequest) -> SandboxResponse {
    var account: SandboxAccount?
    if let name = request.text("account") {
      account = state.accounts[name]
      guard account != nil else { return Self.refusal(404, "there is no account '\(name)'") }
    }
    return .json(encoding: ["ended": state.accounts.endSessions(of: account, now: .now())])
  }

  private func putFaults(_ request: SandboxRequest) -> SandboxResponse {
    do throws(InputFileError) {
      state.faults.rules = try FaultRule.list(parsing: request.body)
      return SandboxResponse(204)
    } catch {
      return Self.refusal(400, error.description)
    }
  }

  private func putLimits(_ request: SandboxRequest) -> SandboxResponse {
    struct Limits: Decodable {
      let reads: Double
      let writes: Double
    }
    guard let wanted = try? JSONDecoder().decode(Limits.self, from: Data(request.body)),
      let limits = RateLimits(readsPerSecond: wanted.reads, writesPerSecond: wanted.writes)
    else { return Self.refusal(400, "limits are {\"reads\": NUMBER, \"writes\": NUMBER}, both above 0") }
    state.faults.limits = limits
    return SandboxResponse(204)
  }
}
