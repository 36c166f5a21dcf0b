internal import NIOHTTP1
internal import AWSKit

/// What S3 writes to the access log.
extension S3Service {
  /// Logs a request to a bucket that wants it (`?logging`).
  ///
  /// - Parameters:
  ///   - parsed: the request as S3 understands it, where that is known.
  ///   - caller: nil where the request was refused before it was known who sent it.
  func log(_ request: SandboxRequest, as parsed: S3Request? = nil, _ caller: Caller?, _ response: SandboxResponse) {
    guard let wanted = parsed ?? (try? S3Request(request)), let bucket = state.buckets[wanted.bucketName],
      bucket.logging != nil
    else { return }
    let object = wanted.key.bytes.isEmpty ? nil : bucket.newest(wanted.key)
    let operation = wanted.operation
    let entry = S3LogEntry(
      bucketOwner: bucket.owner.canonicalID, bucket: bucket.name, time: .now(), remoteIP: request.sourceIP,
      caller: caller ?? .anonymous, requestID: response.headers.first(name: "x-amz-request-id") ?? "-",
      operation: S3LogEntry.operation(
        operation.method, operation.subresource, isObject: operation.subject == .object, isCopy: operation.isCopy),
      key: wanted.key, method: request.method, uri: request.uri, status: response.status,
      errorCode: response.status >= 300 ? errorCode : nil,
      bytesSent: response.lengthOfHead == nil ? response.body.count : 0,
      objectSize: object?.content.size, referer: request[header: "referer"], userAgent: request[header: "user-agent"],
      versionID: request.text("versionId"), host: request[header: "host"] ?? "",
      neededACL: response.status < 300 && caller.map { neededACL(wanted, $0, bucket, object) } ?? false,
      region: bucket.region)
    state.logs.addS3(entry.line, bucket: bucket.name)
  }

  /// Whether a request that was allowed would not have been without ACLs: the field `aclRequired`.
  private func neededACL(
    _ request: S3Request, _ caller: Caller, _ bucket: SandboxBucket, _ object: StoredObject?
  ) -> Bool {
    guard bucket.effectiveOwnership != .bucketOwnerEnforced else { return false }
    let access = authorizer(S3Call(request, caller: caller, body: [], now: .now()), bucket)
    switch request.operation.work {
    case .onBucket(let action, _, _): return !access.isAllowedByPolicies(action.name, access.bucketResource)
    case .onObject(let action, _, _, _):
      guard let object, object.owner == bucket.owner.canonicalID else { return true }
      return !access.isAllowedByPolicies(
        action.name(forVersion: request.http.text("versionId")), access.resource(request.key))
    case .onKey(let action, _), .onUpload(let action, _):
      return !access.isAllowedByPolicies(action.name, access.resource(request.key))
    case .forAccount, .onDeletion: return false
    }
  }

  // MARK: Delivery

  /// Puts what was logged into the buckets that the settings name, as files of S3 and CloudFront, and forgets it.
  ///
  /// - Returns: `bucket/key` of each file.
  func deliverLogs(now: Timestamp) -> [String] {
    var delivered: [String] = []
    // `2026-11-26-08-15-30`.
    let time = now.extended.dropLast().map { $0 == "T" || $0 == ":" ? "-" : String($0) }.joined()
    func put(_ content: [UInt8], _ key: String, in bucket: SandboxBucket, type: String) {
      var object = StoredObject(
        key: ObjectKey(key), content: Content(content), lastModified: now, acl: .owned(by: bucket.owner.canonicalID))
      object.attributes.contentHeaders = [("Content-Type", type)]
      store(object, in: bucket)
      delivered.append("\(bucket.name)/\(key)")
    }
    for name in state.logs.s3.keys.sorted() {
      guard let logging = state.buckets[name]?.logging, let target = state.buckets[logging["TargetBucket"]?.text ?? ""]
      else { continue }
      let unique = state.newRequestID()
      put(
        state.logs.s3File(of: name), "\(logging["TargetPrefix"]?.text ?? "")\(time)-\(unique)", in: target,
        type: "text/plain")
    }
    for id in state.logs.cloudFront.keys.sorted() {
      guard let logging = state.cloudFront.distributions[id]?["Logging"],
        let name = logging["Bucket"]?.text.split(separator: ".").first, let target = state.buckets[String(name)]
      else { continue }
      let prefix = logging["Prefix"]?.text ?? ""
      let folder = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
      let unique = state.newRequestID().suffix(8).lowercased()
      put(
        Gzip.file(of: state.logs.cloudFrontFile(of: id)), "\(folder)\(id).\(time.prefix(13)).\(unique).gz", in: target,
        type: "application/x-gzip")
    }
    state.logs.removeAll()
    return delivered
  }
}
