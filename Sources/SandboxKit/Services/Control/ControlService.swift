internal import Foundation
internal import NIOHTTP1
internal import AWSKit

/// The address by which a test tells the sandbox what should go wrong, and asks what happened.
///
/// Anybody on this machine may use it: there is nothing to protect.
final class ControlService {
  let state: SandboxState
  let s3: S3Service

  init(state: SandboxState, s3: S3Service) {
    self.state = state
    self.s3 = s3
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
    GET    /sessions            all temporary credentials that were ever given out, with their secrets
    POST   /sessions/expire     all temporary credentials end; with ?account=NAME those of one account
    POST   /sso/sign-in         a user of SSO signs in (?user=NAME); the answer is a file of ~/.aws/sso/cache
    POST   /sso/expire          SSO's access tokens end; with ?user=NAME one user's, with &refresh the refresh tokens too
    POST   /signin/sign-in      a root (?account=NAME) or user (&user=NAME) does 'aws login'; the answer is a file of
                                ~/.aws/login/cache
    POST   /signin/end          sign-ins end (?account=NAME), with ?reason=TOKEN_EXPIRED, USER_CREDENTIALS_CHANGED or
                                INSUFFICIENT_PERMISSIONS
    PUT    /instance            {"account": "site", "role": "fixacl", "v1": false, "code": "Success"}: what IMDS tells
    PUT    /edge                {"country": "DE", "scheme": "https", "blockingWebACLs": [ARN], "refusingFunctions": [ARN],
                                "invalidationSeconds": N}:
                                where viewers come from, and what blocks them at the edge
    GET    /logs                the access log of ?bucket=NAME, or of ?distribution=ID with gzip, since the last delivery
    POST   /logs/deliver        access logs go into the buckets that the settings of buckets and distributions name
    PUT    /organization        {"s3_attributes": {"public_access_block_configuration": "all"}}: the effective S3 policy of
                                the organization for ?account=NAME; without a body there is none
    POST   /inventory           writes the report of an inventory configuration (?bucket=NAME&id=ID) now; &rows=N in each file,
                                &unavailable=GLOB for keys whose ACL is not told, &time=T for another time than now
    PUT    /batch               {"tasksPerSecond": 2000, "attempts": 8, "statusFirst": true, "rowsPerReport": 100000}: how jobs
                                of S3 Batch Operations are done; 0 tasks a second stops them
    PUT    /container           the body is what a container's Authorization header must be from now on

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
    case ("GET", "/sessions"): return sessions()
    case ("POST", "/sessions/expire"): return expireSessions(request)
    case ("POST", "/sso/sign-in"): return signInToSSO(request)
    case ("POST", "/sso/expire"): return expireSSO(request)
    case ("POST", "/signin/sign-in"): return signIn(request)
    case ("POST", "/signin/end"): return endSignIns(request)
    case ("PUT", "/instance"): return putInstance(request)
    case ("PUT", "/organization"): return putOrganizationPolicy(request)
    case ("GET", "/logs"): return logs(request)
    case ("POST", "/logs/deliver"): return deliverLogs()
    case ("PUT", "/edge"): return putEdge(request)
    case ("POST", "/inventory"): return writeInventory(request)
    case ("PUT", "/batch"): return putBatch(request)
    case ("PUT", "/container"): return putContainerToken(request)
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

  private func sessions() -> SandboxResponse {
    struct Session: Encodable {
      let accessKeyId: String
      let secretAccessKey: String
      let sessionToken: String
      let arn: String
      let account: String
    }
    return .json(
      encoding: state.accounts.allSessions.map {
        Session(
          accessKeyId: $0.credentials.accessKeyID, secretAccessKey: $0.credentials.secretAccessKey,
          sessionToken: $0.credentials.sessionToken ?? "", arn: $0.identity.arn, account: $0.identity.account.name)
      })
  }

  private func expireSessions(_ request: SandboxRequest) -> SandboxResponse {
    withAccount(request) { .json(encoding: ["ended": state.accounts.endSessions(of: $0, now: .now())]) }
  }

  /// Does something for the account that the request names, or for all.
  func withAccount(_ request: SandboxRequest, _ body: (SandboxAccount?) -> SandboxResponse) -> SandboxResponse {
    guard let name = request.text("account") else { return body(nil) }
    guard let account = state.accounts[name] else { return Self.refusal(404, "there is no account '\(name)'") }
    return body(account)
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
