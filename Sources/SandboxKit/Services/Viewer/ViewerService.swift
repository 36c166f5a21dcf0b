internal import Crypto
internal import Foundation
internal import NIOHTTP1
internal import AWSKit

/// What viewers get of a distribution: by its domain name or an alias in the Host header, or at
/// `/DISTRIBUTION_ID/KEY`, which stands for `https://d….cloudfront.net/KEY`.
///
/// Errors are cached until an invalidation names their path (for as many seconds as the distribution says, if it has
/// an `ErrorCachingMinTTL` for them), so that a missing invalidation is sure to show: the ten seconds that
/// CloudFront keeps them by default would be over, or not, by chance. What succeeds is not cached, so that each view
/// shows what the origin says now.
final class ViewerService {
  /// What a request counts as: CloudFront has no name for it.
  static let operation = "View"

  let state: SandboxState
  let s3: S3Service
  /// Of the answer that is being given, for the log.
  private var detailedResultType: String?

  init(state: SandboxState, s3: S3Service) {
    self.state = state
    self.s3 = s3
  }

  /// Answers one request, with the faults that were asked for.
  func deliver(_ request: SandboxRequest) -> Delivery {
    let view = View(request, in: state.cloudFront)
    detailedResultType = nil
    let delivery = state.deliver(
      Self.operation, isWrite: false, key: ObjectKey(Array(view.path.bytes.dropFirst())),
      failure: { answer(with: EdgeRefusal($0), to: view) },
      perform: { () throws(ServiceError) in try answer(to: view) })
    log(view, delivery.response)
    return delivery
  }

  /// Logs a view of a distribution that wants it.
  private func log(_ view: View, _ response: SandboxResponse) {
    guard let distribution = view.distribution, distribution["Logging"]?["Enabled"]?.text == "true" else { return }
    let entry = CloudFrontLogEntry(
      time: .now(), view: view, domainName: distribution.domainName, response: response,
      detailedResultType: detailedResultType)
    state.logs.addCloudFront(entry.line, distributionID: distribution.id)
  }

  private func answer(to view: View) throws(ServiceError) -> SandboxResponse {
    guard view.request.path != nil else {
      return answer(with: EdgeRefusal(status: 400, body: .page("Bad request.")), to: view)
    }
    guard let distribution = view.distribution else {
      guard !view.isByHost else { return answer(with: .unknownHost, to: view) }
      return answer(
        with: EdgeRefusal(status: 404, body: .page("There is no distribution with this ID.")), to: view)
    }
    let behavior = distribution.behavior(for: view.path)
    if let refusal = refusal(of: view, distribution, behavior) {
      detailedResultType = refusal.detailedResultType
      if refusal.mayBeReplaced, let custom = distribution.customErrorResponse(for: refusal.status),
        var page = try customPage(custom, status: refusal.status, distribution, view)
      {
        finish(&page, of: distribution, cacheStatus: refusal.cacheStatus)
        return page
      }
      return answer(with: refusal, to: view)
    }
    return try cachedAnswer(of: distribution, behavior, to: view)
  }

  // MARK: Edge

  /// What the edge refuses before it looks into its cache. Geographic restrictions count before AWS WAF (Developer
  /// Guide: "Restrict the geographic distribution of your content"), and functions come last.
  private func refusal(
    of view: View, _ distribution: Distribution, _ behavior: Distribution.Behavior
  ) -> EdgeRefusal? {
    guard distribution.isEnabled else { return .disabled }
    guard !distribution.isTenantOnly else { return .unknownHost }
    if view.scheme == "http", behavior.viewerProtocolPolicy != "allow-all" {
      return behavior.viewerProtocolPolicy == "redirect-to-https"
        ? .redirect(to: view.url(scheme: "https")) : .onlyHTTPS
    }
    guard ["GET", "HEAD"].contains(view.request.method), behavior.allowedMethods.contains(view.request.method) else {
      return .method
    }
    let edge = state.cloudFront.edge
    if distribution.isBlocked(country: view.country) { return .country }
    if let webACL = distribution.webACL, edge.blockingWebACLs.contains(webACL) { return .webACL }
    if behavior.isRestricted {
      let key = view.request.text("Key-Pair-Id") ?? view.request.cookie("CloudFront-Key-Pair-Id") ?? ""
      return key.isEmpty ? .noSignature : .unknownKey
    }
    let refusing = behavior.functions.first { edge.refusingFunctions.contains($0.arn) }
    return refusing.map { .function(isLambda: $0.isLambda) }
  }

  private func answer(with refusal: EdgeRefusal, to view: View) -> SandboxResponse {
    let id = newRequestID()
    var response = refusal.response(requestID: id)
    finish(&response, of: view.distribution, cacheStatus: refusal.cacheStatus, requestID: id)
    return response
  }

  // MARK: Cache

  private func cachedAnswer(
    of distribution: Distribution, _ behavior: Distribution.Behavior, to view: View
  ) throws(ServiceError) -> SandboxResponse {
    let now = Timestamp.now()
    if let cached = state.cloudFront.errorCache.entry(for: view.path, of: distribution.id, at: now) {
      var response = cached.response
      finish(&response, of: distribution, cacheStatus: "Error from cloudfront")
      response.headers.add(name: "Age", value: String(max(1, now.seconds - cached.storedAt.seconds)))
      return response
    }
    var response = try originAnswer(of: distribution, behavior, to: view.path, view)
    let status = response.status
    let isError = status >= 400
    if isError {
      let custom = distribution.customErrorResponse(for: status)
      if let custom, let page = try customPage(custom, status: status, distribution, view) { response = page }
      // A refusal of this viewer's range or condition is none for others.
      if status != 412, status != 416 {
        let expiry = custom?.minimumTTL.map { Timestamp(seconds: now.seconds + $0) }
        state.cloudFront.errorCache.store(
          ErrorCache.Entry(response: response, storedAt: now, expiry: expiry), for: view.path, of: distribution.id)
      }
    }
    finish(&response, of: distribution, cacheStatus: isError ? "Error from cloudfront" : "Miss from cloudfront")
    return response
  }

  /// The page that stands for an error. If the page cannot be had itself, viewers get the status with which its origin
  /// refuses it (Developer Guide: "Generate custom error responses").
  ///
  /// - Returns: nil if the distribution names no page.
  private func customPage(
    _ custom: Distribution.CustomErrorResponse, status: Int, _ distribution: Distribution, _ view: View
  ) throws(ServiceError) -> SandboxResponse? {
    guard let path = custom.pagePath else { return nil }
    let key = ObjectKey(path)
    var page = try originAnswer(of: distribution, distribution.behavior(for: key), to: key, view, isForViewer: false)
    if page.status == 200 { page.status = custom.status ?? status }
    return page
  }

  // MARK: Headers

  /// Adds what CloudFront adds to each answer; `Server` stays the origin's where there was one.
  private func finish(
    _ response: inout SandboxResponse, of distribution: Distribution?, cacheStatus: String, requestID: String? = nil
  ) {
    if !response.headers.contains(name: "Server") { response.headers.add(name: "Server", value: "CloudFront") }
    if !response.headers.contains(name: "Date") {
      response.headers.add(name: "Date", value: Timestamp.now().httpDate)
    }
    response.headers.add(name: "X-Cache", value: cacheStatus)
    response.headers.add(name: "Via", value: "1.1 \(Self.edgeID(of: distribution)).cloudfront.net (CloudFront)")
    response.headers.add(name: "X-Amz-Cf-Pop", value: "FRA56-P1")
    response.headers.add(name: "X-Amz-Cf-Id", value: requestID ?? newRequestID())
  }

  /// The edge server's name: 32 hexadecimal digits, the same for a distribution.
  private static func edgeID(of distribution: Distribution?) -> String {
    Hexadecimal.encode(SHA256.hash(data: Array((distribution?.id ?? "").utf8)).prefix(16))
  }

  /// 56 characters, the last two of them `==`, as the IDs of CloudFront's requests have.
  private func newRequestID() -> String {
    Data(SHA512.hash(data: Array(state.newRequestID().utf8)).prefix(40)).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_")
  }
}

extension SandboxRequest {
  /// The value of a cookie; nil where it is not there.
  fileprivate func cookie(_ name: String) -> String? {
    for part in headers["Cookie"].flatMap({ $0.split(separator: ";") }) {
      let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if pair.count == 2, pair[0] == name { return String(pair[1]) }
    }
    return nil
  }
}
