internal import NIOHTTP1
internal import AWSKit

/// What S3 answers to CloudFront in particular.
extension S3Service {
  /// Regions that were launched after December 2022: origin access identities do not work there (CloudFront Developer
  /// Guide: "Restrict access to an Amazon S3 origin", "Origin access identity (legacy, not recommended)").
  static let regionsWithoutIdentities: Set = [
    "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-east-2", "ca-west-1", "il-central-1",
    "mx-central-1",
  ]

  /// Answers a request of CloudFront, which has signed it as an identity or a service.
  ///
  /// - Parameter isSignedForAnotherHost: whether the Host is the viewer's: S3 then looks for a bucket of that name, and
  ///   takes no signature that CloudFront made for the origin's.
  func answer(_ request: SandboxRequest, as caller: Caller, isSignedForAnotherHost: Bool) -> SandboxResponse {
    if isSignedForAnotherHost, caller != .anonymous { return errorAnswer(.signatureDoesNotMatch(), to: request) }
    if case .originAccessIdentity = caller, let name = try? S3Request(request).bucketName,
      let region = state.buckets[name]?.region, Self.regionsWithoutIdentities.contains(region)
    {
      // AWS says that it does not work, but not how it fails.
      return errorAnswer(.accessDenied, to: request)
    }
    return answer(request, as: caller)
  }

  /// Answers a request of CloudFront with the Authorization header of its viewer, which was made for another host.
  func answerForwarded(
    _ request: SandboxRequest, authorization: String, of viewer: SandboxRequest
  ) -> SandboxResponse {
    guard authorization.hasPrefix("AWS4-HMAC-SHA256 ") else {
      return errorAnswer(ServiceError(400, "InvalidArgument", "Unsupported Authorization Type"), to: request)
    }
    return errorAnswer(.signatureDoesNotMatch(), to: request)
  }

  /// What S3 says at an endpoint that is not of the bucket's Region: the global one sends elsewhere for a time (User
  /// Guide: "Making requests using the REST API", "Temporary request redirection"; the sandbox's buckets are always that
  /// new), those of other Regions for good.
  ///
  /// - Parameters:
  ///   - region: of the endpoint; nil for the global one.
  ///   - path: that was asked for.
  func redirect(fromEndpointOf name: String, region: String?, path: [UInt8]) -> SandboxResponse? {
    guard let bucket = state.buckets[name], bucket.region != region ?? "us-east-1" else { return nil }
    let host = "\(name).s3.\(bucket.region).amazonaws.com"
    let isTemporary = region == nil
    let error = ServiceError(
      isTemporary ? 307 : 301, isTemporary ? "TemporaryRedirect" : "PermanentRedirect",
      isTemporary
        ? "Please re-send this request to the specified temporary endpoint. Continue to use the original request "
          + "endpoint for future requests."
        : "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all "
          + "future requests to this endpoint.",
      details: [("Endpoint", host), ("Bucket", name)], headers: ["x-amz-bucket-region": bucket.region])
    var response = errorAnswer(error, to: SandboxRequest(method: "GET", uri: "/"))
    // Only a temporary redirect says where to go; for the other, AWS's clients choose the endpoint again.
    if isTemporary {
      response.headers.add(
        name: "Location", value: "https://\(host)" + PercentCoding.encode(path, keepingSlashes: true))
    }
    return response
  }

  /// An error, with the headers of an answer of S3.
  func errorAnswer(_ error: ServiceError, to request: SandboxRequest) -> SandboxResponse {
    begin()
    var response = errorResponse(error, to: request)
    finish(&response)
    log(request, nil, response)
    return response
  }
}
