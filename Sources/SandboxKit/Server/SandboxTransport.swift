package import AWSKit
internal import NIOHTTP1

/// A sandbox in this process, for tests: answers requests without a socket, from the same services.
///
/// Domain names and aliases of distributions are the viewer's. Hosts that begin with `cloudfront.`, `sts.`, `viewer.`,
/// `control.`, `kms.`, `iam.`, `organizations.`, `portal.sso.` or `oidc.`, that have `.signin.` in them, and the addresses
/// of IMDS and containers are these services; all others are S3.
package final class SandboxTransport: HTTPTransport {
  private let services: SharedServices

  package init(_ configuration: Sandbox.Configuration = Sandbox.Configuration()) {
    services = SharedServices(configuration)
  }

  /// Looks at what the services know, or changes it, while they answer nobody.
  package func withState<Result: Sendable>(_ body: (SandboxState) -> Result) -> Result {
    services.withLock { body($0.state) }
  }

  /// What a request asks of S3; nil if the sandbox does not do that.
  package static func operation(
    of request: HTTPRequest
  ) -> (name: String, bucket: String, key: ObjectKey, versionID: String?)? {
    (try? S3Request(SandboxRequest(request))).map {
      ($0.operation.name, $0.bucketName, $0.key, $0.http.text("versionId"))
    }
  }

  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let delivery = delivery(for: request)
    if delivery.delayMilliseconds > 0 { try? await Task.sleep(for: .milliseconds(delivery.delayMilliseconds)) }
    guard case .whole = delivery.ending else { throw TransportError(.interrupted, "the answer was not whole") }
    return Self.response(delivery.response, to: request)
  }

  /// The whole answer at once, whatever faults ask for.
  package func answer(_ request: HTTPRequest) -> HTTPResponse {
    Self.response(delivery(for: request).response, to: request)
  }

  /// The answer of S3 to an account, regardless of the request's signature.
  package func answer(_ request: HTTPRequest, as account: SandboxAccount) -> HTTPResponse {
    let wanted = SandboxRequest(request)
    let response = services.withLock { services in
      let keys = services.state.accounts.permanentKeys(account.credentials.accessKeyID)
      return services.s3.answer(wanted, as: keys.map { .identity($0.identity) } ?? .anonymous)
    }
    return Self.response(response, to: request)
  }

  private static func response(_ response: SandboxResponse, to request: HTTPRequest) -> HTTPResponse {
    var headers = response.headers.map { (name: $0.name, value: $0.value) }
    if response.status != 204, response.status != 304 {
      headers.append(("Content-Length", String(response.lengthOfHead ?? response.body.count)))
    }
    return HTTPResponse(
      status: response.status, headers: AWSKit.HTTPHeaders(headers), body: request.method == .head ? [] : response.body)
  }

  private func delivery(for request: HTTPRequest) -> Delivery {
    let wanted = SandboxRequest(request)
    return services.withLock { services in
      switch request.authority.prefix(while: { $0 != "." }) {
      case "cloudfront": return services.cloudFront.deliver(wanted)
      case "sts": return services.sts.deliver(wanted)
      case "viewer": return services.viewer.deliver(wanted)
      case "kms": return services.kms.deliver(wanted)
      case "iam": return services.iam.deliver(wanted)
      case "organizations": return services.organizations.deliver(wanted)
      case "control": return services.control.deliver(wanted)
      case "portal": return services.sso.deliver(wanted)
      case "oidc": return services.ssoOIDC.deliver(wanted)
      case _ where services.state.cloudFront.isViewed(host: request.authority): return services.viewer.deliver(wanted)
      case _ where request.authority.contains(".signin."): return services.signin.deliver(wanted)
      case _ where request.authority == "169.254.169.254": return services.instance.deliver(wanted)
      case _ where request.authority.hasPrefix("169.254.170."): return services.container.deliver(wanted)
      default:
        // Nothing else is a clock here: jobs go on whenever somebody asks for something.
        services.batch.advance()
        return services.s3.deliver(wanted)
      }
    }
  }
}

extension SandboxRequest {
  fileprivate init(_ request: HTTPRequest) {
    var headers = NIOHTTP1.HTTPHeaders(request.headers.map { ($0.name, $0.value) })
    if !headers.contains(name: "Host") { headers.add(name: "Host", value: request.authority) }
    self.init(
      method: request.method.rawValue, uri: request.query.isEmpty ? request.path : request.path + "?" + request.query,
      headers: headers, body: request.body)
  }
}
