internal import NIOHTTP1
internal import AWSKit

/// What viewers get of a distribution: `/DISTRIBUTION_ID/KEY` stands for `https://d….cloudfront.net/KEY`.
///
/// Errors are cached until an invalidation names their path (for as many seconds as the distribution says, if it has
/// an `ErrorCachingMinTTL` for them), so that whoever forgets to invalidate is sure to see it: the ten seconds that
/// CloudFront keeps them by default would be over, or not, by chance. What succeeds is not cached, so that each view
/// shows what the origin says now.
final class ViewerService {
  /// What a request counts as: CloudFront has no name for it.
  static let operation = "View"

  let state: SandboxState
  private let s3: S3Service

  init(state: SandboxState, s3: S3Service) {
    self.state = state
    self.s3 = s3
  }

  /// Answers one request, with the faults that were asked for.
  func deliver(_ request: SandboxRequest) -> Delivery {
    let path = request.path ?? []
    let end = path.dropFirst().firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
    let id = String(decoding: path[..<end].dropFirst(), as: UTF8.self)
    let viewed = ObjectKey(Array(path[end...]))
    return state.deliver(
      Self.operation, isWrite: false, key: ObjectKey(Array(viewed.bytes.dropFirst())), failure: { refusal($0, by: id) },
      perform: { () throws(ServiceError) in
        guard request.path != nil else { throw ServiceError(400, "BadRequest", "Bad request.") }
        return try view(viewed, of: id, request)
      })
  }

  /// - Parameter path: with the slash at its beginning; empty for the distribution itself.
  private func view(
    _ path: ObjectKey, of id: String, _ request: SandboxRequest
  ) throws(ServiceError) -> SandboxResponse {
    guard let distribution = state.cloudFront.distributions[id] else {
      throw ServiceError(404, "NoSuchDistribution", "There is no distribution with this ID.")
    }
    guard distribution.isEnabled else {
      throw ServiceError(403, "Forbidden", "The distribution is disabled.")
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      throw ServiceError(403, "Forbidden", "This distribution supports only cachable requests.")
    }
    let now = Timestamp.now()
    if let cached = state.cloudFront.errorCache.entry(for: path, of: id, at: now) {
      var response = cached.response
      response.headers.add(name: "Age", value: String(max(1, now.seconds - cached.storedAt.seconds)))
      return response
    }
    var response = try answer(of: distribution, to: path, request)
    let isError = response.status >= 400
    response.headers.add(name: "X-Cache", value: isError ? "Error from cloudfront" : "Miss from cloudfront")
    response.headers.add(name: "Via", value: Self.via(id))
    // A refusal of this viewer's range or condition is none for others.
    if isError, response.status != 412, response.status != 416 {
      let expiry = distribution.errorLifetime(of: response.status).map { Timestamp(seconds: now.seconds + $0) }
      state.cloudFront.errorCache.store(
        ErrorCache.Entry(response: response, storedAt: now, expiry: expiry), for: path, of: id)
    }
    return response
  }

  /// What the origin says. The query is not forwarded, which is CloudFront's default.
  private func answer(
    of distribution: Distribution, to path: ObjectKey, _ request: SandboxRequest
  ) throws(ServiceError) -> SandboxResponse {
    let behavior = distribution.behavior(for: path)
    guard !behavior.isRestricted else { throw .notImplemented("signed URLs and cookies") }
    guard let origin = distribution.origins.first(where: { $0.id == behavior.originID }),
      let bucketName = origin.bucketName
    else { throw .notImplemented("origins that are no S3 buckets, and origin groups") }
    var target = Array("/\(bucketName)\(origin.path)".utf8)
    if path.bytes.count <= 1 {
      target += "/\(distribution["DefaultRootObject"]?.text ?? "")".utf8
    } else {
      target += path.bytes
    }
    var headers = HTTPHeaders()
    for name in ["Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"] {
      if let value = request[header: name] { headers.add(name: name, value: value) }
    }
    // A GET also for HEAD, so that the cache has the error's body.
    let forwarded = SandboxRequest(
      method: "GET", uri: PercentCoding.encode(target, keepingSlashes: true), headers: headers)
    return s3.answer(forwarded, as: try caller(for: origin, of: distribution))
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

  /// CloudFront's own error page.
  private func refusal(_ error: ServiceError, by id: String) -> SandboxResponse {
    let page = """
      <!DOCTYPE html>
      <html><head><title>ERROR: The request could not be satisfied</title></head>
      <body><h1>\(error.status) ERROR</h1><p>\(error.message)</p><p>Generated by cloudfront (fixacl-sandbox)</p></body>
      </html>

      """
    return SandboxResponse(
      error.status,
      headers: ["Content-Type": "text/html", "X-Cache": "Error from cloudfront", "Via": Self.via(id)],
      body: Array(page.utf8))
  }

  private static func via(_ id: String) -> String {
    let isID = !id.isEmpty && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) }
    return "1.1 \(isID ? id.lowercased() : "sandbox").cloudfront.net (CloudFront)"
  }
}
