internal import NIOHTTP1
internal import AWSKit

extension S3Service {
  static let namespace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""

  func listBuckets(_ call: S3Call, of account: SandboxAccount) throws(ServiceError) -> SandboxResponse {
    let (prefix, region) = (call.text("prefix"), call.text("bucket-region"))
    let (maximum, token) = (call.text("max-buckets"), call.text("continuation-token"))
    // The User Guide ("General purpose bucket quotas") says that these are rejected, but not in which words.
    guard maximum != nil || token != nil || !account.hasLargeQuota else {
      throw .invalidRequest(
        "Unpaginated ListBuckets requests are not supported for accounts with a bucket quota above 10,000. Use max-buckets."
      )
    }
    guard let limit = Int(maximum ?? "10000"), (1...10_000).contains(limit) else {
      throw .invalidArgument("Argument max-buckets must be an integer between 1 and 10000")
    }
    // The token is the last name of the page before.
    let last = try token.map(Self.key(ofToken:)).map(\.text) ?? ""
    let showsRegion = maximum != nil || token != nil || prefix != nil || region != nil
    let all = state.buckets.values.filter {
      $0.owner == account && $0.name > last && $0.name.hasPrefix(prefix ?? "") && $0.region == region ?? $0.region
    }.sorted { $0.name < $1.name }
    let buckets = all.prefix(limit)
    return .xml("ListAllMyBucketsResult", attributes: Self.namespace) { writer in
      writer.element("Buckets") { writer in
        for bucket in buckets {
          writer.element("Bucket") {
            $0.element("Name", text: bucket.name)
            $0.element("CreationDate", text: bucket.createdAt.s3Date)
            if showsRegion { $0.element("BucketRegion", text: bucket.region) }
          }
        }
      }
      writer.element("Owner") { $0.element("ID", text: account.canonicalID.value) }
      if buckets.count < all.count, let name = buckets.last?.name {
        writer.element("ContinuationToken", text: Self.token(for: ObjectKey(name)))
      }
      if let prefix { writer.element("Prefix", text: prefix) }
    }
  }

  func createBucket(_ call: S3Call, of account: SandboxAccount) throws(ServiceError) -> SandboxResponse {
    let name = call.bucketName
    guard SandboxBucket.isValid(name: name) else {
      throw ServiceError(
        400, "InvalidBucketName", "The specified bucket is not valid.", details: [("BucketName", name)])
    }
    if let existing = state.buckets[name] {
      // In the first region, making one's own bucket again succeeds, and makes it private.
      if existing.owner == account, existing.region == "us-east-1" {
        existing.acl = .owned(by: account.canonicalID)
        return SandboxResponse(headers: ["Location": "/" + name])
      }
      throw existing.owner == account
        ? ServiceError(
          409, "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.")
        : ServiceError(
          409, "BucketAlreadyExists",
          "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
            + "Please select a different name and try again.")
    }
    var region = state.settings.region
    if !call.body.isEmpty {
      let constraint = try call.document("CreateBucketConfiguration")["LocationConstraint"]?.text ?? ""
      if !constraint.isEmpty { region = constraint }
    }
    let bucket = SandboxBucket(name: name, owner: account, region: region, createdAt: call.now)
    if let value = call.header("x-amz-object-ownership") {
      guard let ownership = ObjectOwnership(rawValue: value) else {
        throw .invalidArgument("Invalid x-amz-object-ownership")
      }
      bucket.ownership = ownership
    }
    if try ACLRequest(headersOf: call) != nil { bucket.acl = try newACL(call, bucket, owner: account.canonicalID) }
    if call.header("x-amz-bucket-object-lock-enabled")?.lowercased() == "true" {
      bucket.hasObjectLock = true
      bucket.versioning = .enabled
    }
    state.buckets[name] = bucket
    return SandboxResponse(headers: ["Location": "/" + name])
  }

  func headBucket(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    SandboxResponse(headers: ["x-amz-bucket-region": bucket.region])
  }

  func deleteBucket(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard bucket.isEmpty, bucket.uploads.isEmpty else {
      throw ServiceError(
        409, "BucketNotEmpty",
        "The bucket you tried to delete is not empty"
          + (bucket.versioning == .unversioned ? "" : ". You must delete all versions in the bucket."))
    }
    state.buckets[bucket.name] = nil
    return SandboxResponse(204)
  }
}
