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
    for method in rules.flatMap({ $0.all("AllowedMethod") })
    where !["GET", "PUT", "POST", "DELETE", "HEAD"].contains(method.text) {
      throw .invalidRequest(
        "Found unsupported HTTP method in CORS config. Unsupported method is \(method.text.xmlSafe)")
    }
    bucket.corsRules = rules
    return SandboxResponse()
  }

  func deleteBucketCORS(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    bucket.corsRules = []
    return SandboxResponse(204)
  }

  /// Adds what a browser needs to let a page of another origin see an answer, or an error, if a rule allows it.
  func addCORS(to response: inout SandboxResponse, for request: S3Request) {
    guard let bucket = state.buckets[request.bucketName], !bucket.corsRules.isEmpty,
      let origin = request.http[header: "origin"],
      let rule = Self.rule(
        of: bucket, origin: origin, method: request.operation.method, Self.wantedHeaders(request.http))
    else { return }
    Self.add(rule, origin: origin, to: &response)
  }

  /// Answers a browser that asks whether a page may send a request (API Reference: OPTIONS object). Nobody signs that.
  func preflight(_ request: SandboxRequest) throws(ServiceError) -> SandboxResponse {
    let (name, key) = try S3Request.target(of: request)
    guard let origin = request[header: "origin"] else {
      throw ServiceError(400, "BadRequest", "Insufficient information. Origin request header needed.")
    }
    let method = request[header: "access-control-request-method"]
    func refusal(_ reason: String, of resource: String) -> ServiceError {
      ServiceError(
        403, "AccessForbidden", "CORSResponse: " + reason,
        details: [("Method", method ?? "OPTIONS"), ("ResourceType", resource)])
    }
    guard let bucket = state.buckets[name] else { throw refusal("Bucket not found", of: "BUCKET") }
    guard !bucket.corsRules.isEmpty else { throw refusal("CORS is not enabled for this bucket.", of: "BUCKET") }
    guard let method else { throw ServiceError(400, "BadRequest", "Invalid Access-Control-Request-Method: null") }
    let headers = Self.wantedHeaders(request)
    guard let rule = Self.rule(of: bucket, origin: origin, method: method, headers) else {
      throw refusal(
        "This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
          + "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS "
          + "spec.", of: key.bytes.isEmpty ? "BUCKET" : "OBJECT")
    }
    var response = SandboxResponse()
    Self.add(rule, origin: origin, to: &response)
    if !headers.isEmpty {
      response.headers.add(name: "Access-Control-Allow-Headers", value: headers.joined(separator: ", "))
    }
    return response
  }

  /// In lower case.
  private static func wantedHeaders(_ request: SandboxRequest) -> [String] {
    guard let list = request[header: "access-control-request-headers"] else { return [] }
    return list.lowercased().split(separator: ",").map { String($0.filter { $0 != " " }) }
  }

  /// The first rule that allows an origin to send such a request (User Guide: "Elements of a CORS configuration").
  private static func rule(of bucket: SandboxBucket, origin: String, method: String, _ headers: [String]) -> XMLNode? {
    bucket.corsRules.first { rule in
      let allowed = rule.all("AllowedHeader").map { Wildcard($0.text, ignoresCase: true) }
      return rule.all("AllowedOrigin").contains { Wildcard($0.text).matches(origin) }
        && rule.all("AllowedMethod").contains { $0.text == method }
        && headers.allSatisfy { header in allowed.contains { $0.matches(header) } }
    }
  }

  private static func add(_ rule: XMLNode, origin: String, to response: inout SandboxResponse) {
    func add(_ name: String, _ value: String) { response.headers.add(name: name, value: value) }
    func list(_ name: String) -> String { rule.all(name).map(\.text).joined(separator: ", ") }
    let isForAll = rule.all("AllowedOrigin").contains { $0.text == "*" }
    add("Access-Control-Allow-Origin", isForAll ? "*" : origin)
    add("Access-Control-Allow-Methods", list("AllowedMethod"))
    if rule["ExposeHeader"] != nil { add("Access-Control-Expose-Headers", list("ExposeHeader")) }
    if let seconds = rule["MaxAgeSeconds"]?.text { add("Access-Control-Max-Age", seconds) }
    if !isForAll { add("Access-Control-Allow-Credentials", "true") }
    add("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
  }
}
