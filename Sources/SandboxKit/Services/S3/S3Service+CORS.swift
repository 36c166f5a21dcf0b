internal import NIOHTTP1
internal import AWSKit

/// Cross-origin resource sharing: it adds headers, and never refuses a read (User Guide: "Using cross-origin resource
/// sharing (CORS)").
extension S3Service {
  func getBucketCORS(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard !bucket.corsRules.isEmpty else {
      throw ServiceError(
        404, "NoSuchCORSConfiguration", "The CORS configuration does not exist",
        details: [("BucketName", bucket.name)])
    }
    return .xml("CORSConfiguration", attributes: Self.namespace) { writer in
      for rule in bucket.corsRules { writer.element(rule) }
    }
  }

  func putBucketCORS(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    let rules = try call.document("CORSConfiguration").all("CORSRule")
    guard !rules.isEmpty, rules.allSatisfy({ $0["AllowedMethod"] != nil && $0["AllowedOrigin"] != nil }) else {
      throw .malformedXML
    }
    bucket.corsRules = rules
    return SandboxResponse()
  }

  func deleteBucketCORS(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    bucket.corsRules = []
    return SandboxResponse(204)
  }

  /// Adds what a browser needs to let a page of another origin see the answer, if a rule allows it.
  func addCORS(of bucket: SandboxBucket, _ call: S3Call, to response: inout SandboxResponse) {
    guard let origin = call.header("origin") else { return }
    let rule = bucket.corsRules.first { rule in
      rule.all("AllowedOrigin").contains { Wildcard($0.text).matches(origin) }
        && rule.all("AllowedMethod").contains { $0.text == call.operation.method }
    }
    guard let rule else { return }
    let isForAll = rule.all("AllowedOrigin").contains { $0.text == "*" }
    response.headers.add(name: "Access-Control-Allow-Origin", value: isForAll ? "*" : origin)
    response.headers.add(
      name: "Access-Control-Allow-Methods", value: rule.all("AllowedMethod").map(\.text).joined(separator: ", "))
    if !isForAll { response.headers.add(name: "Access-Control-Allow-Credentials", value: "true") }
    response.headers.add(
      name: "Vary", value: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
  }
}
