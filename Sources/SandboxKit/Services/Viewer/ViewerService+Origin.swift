internal import NIOHTTP1
internal import AWSKit

/// What CloudFront asks origins.
extension ViewerService {
  /// The origin's answer, or the second's of a group. The query is not forwarded, which is CloudFront's default.
  ///
  /// - Parameter isForViewer: whether the viewer asked for that path; false for a custom error page.
  func originAnswer(
    of distribution: Distribution, _ behavior: Distribution.Behavior, to path: ObjectKey, _ view: View,
    isForViewer: Bool = true
  ) throws(ServiceError) -> SandboxResponse {
    let (origins, failoverStatuses) = distribution.origins(ofTarget: behavior.originID)
    guard let first = origins.first else { throw .notImplemented("an origin group without origins") }
    let forwarded = ForwardedRequest(
      path: path, rootObject: distribution["DefaultRootObject"]?.text ?? "",
      headers: headers(of: view, behavior, isForViewer: isForViewer))
    let response = try answer(of: first, distribution, behavior, forwarded, view)
    guard failoverStatuses.contains(response.status), origins.count > 1 else { return response }
    return try answer(of: origins[1], distribution, behavior, forwarded, view)
  }

  /// The parts of a viewer's request that are sent to origins.
  private struct ForwardedRequest {
    let path: ObjectKey
    let rootObject: String
    let headers: HTTPHeaders

    /// The path at an origin; the default root object stands for the distribution itself only.
    func path(at origin: Distribution.Origin) -> [UInt8] {
      Array(origin.path.utf8) + (path.bytes.count <= 1 ? Array("/\(rootObject)".utf8) : path.bytes)
    }
  }

  /// Range and conditions always, others as the policies of the behaviour say (Developer Guide: "HTTP request headers
  /// and CloudFront behavior").
  private func headers(of view: View, _ behavior: Distribution.Behavior, isForViewer: Bool) -> HTTPHeaders {
    var headers = HTTPHeaders()
    var names = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Referer"].filter {
      forwards($0, behavior)
    }
    if isForViewer { names += ["Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"] }
    for name in names {
      if let value = view.request[header: name] { headers.add(name: name, value: value) }
    }
    let agent = forwards("User-Agent", behavior) ? view.request[header: "User-Agent"] : nil
    headers.add(name: "User-Agent", value: agent ?? "Amazon CloudFront")
    return headers
  }

  private func forwards(_ header: String, _ behavior: Distribution.Behavior) -> Bool {
    let policies = [behavior.cachePolicyID, behavior.originRequestPolicyID].compactMap { id in
      id.flatMap { state.cloudFront.requestPolicies[$0] }
    }
    return behavior.forwardedHeaders.contains(header) || policies.contains { $0.forwardedHeaders.contains(header) }
  }

  private func answer(
    of origin: Distribution.Origin, _ distribution: Distribution, _ behavior: Distribution.Behavior,
    _ forwarded: ForwardedRequest, _ view: View
  ) throws(ServiceError) -> SandboxResponse {
    var headers = forwarded.headers
    for (name, value) in origin.customHeaders { headers.replaceOrAdd(name: name, value: value) }
    let path = forwarded.path(at: origin)
    let viewerHost = forwards("Host", behavior) ? view.host : nil
    switch origin.endpoint {
    case .other: throw .notImplemented("origins that are no S3 buckets")
    case .website(let bucket, let region):
      // A website is found by the Host header, which is the origin's unless it is forwarded.
      return s3.websiteAnswer(
        bucket: viewerHost ?? bucket, region: region, path: path, headers: headers, sourceIP: Self.edgeAddress)
    case .bucket(let bucket, let region):
      // A GET also for HEAD, so that the cache has the error's body.
      var request = SandboxRequest(
        method: "GET",
        uri: PercentCoding.encode(Array("/\(viewerHost ?? bucket)".utf8) + path, keepingSlashes: true),
        headers: headers)
      request.sourceIP = Self.edgeAddress
      if let redirect = s3.redirect(fromEndpointOf: bucket, region: region, path: path) { return redirect }
      if let authorization = view.request[header: "Authorization"], forwards("Authorization", behavior),
        !overridesAuthorization(origin)
      {
        return s3.answerForwarded(request, authorization: authorization, of: view.request)
      }
      return s3.answer(
        request, as: try caller(for: origin, of: distribution), isSignedForAnotherHost: viewerHost != nil)
    }
  }

  /// One of CloudFront's origin-facing addresses (`CLOUDFRONT_ORIGIN_FACING` in AWS's list of IP address ranges).
  static let edgeAddress = "130.176.0.10"

  /// Whether CloudFront signs in place of the viewer (Developer Guide: "Restrict access to an Amazon S3 origin",
  /// "Advanced settings for origin access control").
  private func overridesAuthorization(_ origin: Distribution.Origin) -> Bool {
    switch origin.access {
    case .anonymous: false
    case .identity: true
    case .control(let id): state.cloudFront.accessControls[id]?.signingBehavior == .always
    }
  }

  private func caller(
    for origin: Distribution.Origin, of distribution: Distribution
  ) throws(ServiceError) -> Caller {
    switch origin.access {
    case .anonymous: return .anonymous
    case .identity(let id):
      guard let identity = state.cloudFront.identities[id] else { return .anonymous }
      return .originAccessIdentity(id: id, canonicalID: identity.canonicalID)
    case .control(let id):
      guard let control = state.cloudFront.accessControls[id], control.signingBehavior != .never else {
        return .anonymous
      }
      return .service("cloudfront.amazonaws.com", sourceARN: distribution.arn)
    }
  }
}
