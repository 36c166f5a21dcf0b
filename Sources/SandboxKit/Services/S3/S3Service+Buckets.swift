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
    if let namespace = call.header("x-amz-bucket-namespace"), namespace != "global" {
      throw .notImplemented("the bucket namespace \(namespace)")
    }
    guard SandboxBucket.isValid(name: name) else {
      throw ServiceError(
        400, "InvalidBucketName", "The specified bucket is not valid.", details: [("BucketName", name)])
    }
    let configuration = call.body.isEmpty ? nil : try call.document("CreateBucketConfiguration")
    let answer = SandboxResponse(headers: ["Location": "/" + name, "x-amz-bucket-arn": "arn:aws:s3:::" + name])
    if let existing = state.buckets[name] {
      // In the first region, making one's own bucket again succeeds, unless with tags, and makes it private.
      if existing.owner == account, existing.region == "us-east-1", configuration?["Tags"]?.all("Tag").isEmpty ?? true {
        existing.acl = .owned(by: account.canonicalID)
        return answer
      }
      throw existing.owner == account
        ? ServiceError(
          409, "BucketAlreadyOwnedByYou",
          "Your previous request to create the named bucket succeeded and you already own it.",
          details: [("BucketName", name)])
        : ServiceError(
          409, "BucketAlreadyExists",
          "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
            + "Please select a different name and try again.", details: [("BucketName", name)])
    }
    for name in ["Location", "Bucket"] where configuration?[name] != nil {
      throw .notImplemented("CreateBucket with \(name), which is for directory buckets")
    }
    let region = try region(ofNewBucket: configuration?["LocationConstraint"]?.text ?? "", call)
    let bucket = SandboxBucket(name: name, owner: account, region: region, createdAt: call.now)
    if let tags = configuration?["Tags"] { bucket.tags = try Self.checkedTags(ofBucket: tags) }
    if let value = call.header("x-amz-object-ownership") {
      guard let ownership = ObjectOwnership(rawValue: value) else {
        throw .invalidArgument("Invalid x-amz-object-ownership header: \(value)", "x-amz-object-ownership")
      }
      bucket.ownership = ownership
    }
    if try ACLRequest(headersOf: call) != nil {
      bucket.acl = try newACL(call, bucket, owner: account.canonicalID)
      try Self.checkOwnership(of: bucket, bucket.effectiveOwnership)
    }
    if call.header("x-amz-bucket-object-lock-enabled")?.lowercased() == "true" {
      bucket.hasObjectLock = true
      bucket.versioning = .enabled
    }
    state.buckets[name] = bucket
    return answer
  }

  /// The region of a new bucket: the address that a client asks, and so the region that it signs for, must fit (API
  /// Reference: CreateBucket, CreateBucketConfiguration).
  ///
  /// - Parameter constraint: empty for none.
  private func region(ofNewBucket constraint: String, _ call: S3Call) throws(ServiceError) -> String {
    guard !constraint.isEmpty else {
      // On AWS, only the first region's address makes buckets without being told where.
      guard let signed = call.signedRegion, signed != "us-east-1", signed != state.settings.region,
        Self.locationConstraints.contains(signed)
      else { return state.settings.region }
      throw Self.illegalLocationConstraint("unspecified")
    }
    let region = constraint == "EU" ? "eu-west-1" : constraint
    // Only the first region's address looks whether there is such a region.
    if let signed = call.signedRegion, signed != "us-east-1", signed != region {
      throw Self.illegalLocationConstraint(constraint)
    }
    guard Self.locationConstraints.contains(constraint) else {
      throw ServiceError(
        400, "InvalidLocationConstraint", "The specified location-constraint is not valid",
        details: [("LocationConstraint", constraint)])
    }
    return region
  }

  private static func illegalLocationConstraint(_ constraint: String) -> ServiceError {
    ServiceError(
      400, "IllegalLocationConstraintException",
      "The \(constraint) location constraint is incompatible for the region specific endpoint this request was sent to."
    )
  }

  /// AWS's Regions as location constraints, of which the first one has none.
  private static let locationConstraints: Set<String> = [
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
    "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", "EU",
    "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
    "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-2", "us-gov-east-1",
    "us-gov-west-1", "us-west-1", "us-west-2",
  ]

  /// - Parameter tags: `Tag` elements, or with a `TagSet` around them.
  static func checkedTags(ofBucket tags: XMLNode) throws(ServiceError) -> [ObjectTag] {
    try checked(
      tags: Self.tags(tags.all("Tag")), most: 50,
      reserved: "User-defined tag keys can't start with \"aws:\". This prefix is reserved for system tags. Remove "
        + "\"aws:\" from your tag keys and try again.")
  }

  /// Without ACLs, nobody but its owner can have rights by a bucket's ACL.
  static func checkOwnership(of bucket: SandboxBucket, _ ownership: ObjectOwnership) throws(ServiceError) {
    guard ownership == .bucketOwnerEnforced,
      bucket.acl.grants.contains(where: { $0.grantee != .canonicalUser(bucket.owner.canonicalID) })
    else { return }
    throw ServiceError(
      400, "InvalidBucketAclWithObjectOwnership",
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
  }

  func headBucket(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    SandboxResponse(headers: [
      "x-amz-bucket-region": bucket.region, "x-amz-bucket-arn": "arn:aws:s3:::" + bucket.name,
      "x-amz-access-point-alias": "false",
    ])
  }

  func deleteBucket(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    // Uploads in parts that are not finished go with the bucket: only objects, versions and delete markers keep it
    // (API Reference: DeleteBucket).
    guard bucket.isEmpty else {
      throw ServiceError(
        409, "BucketNotEmpty",
        "The bucket you tried to delete is not empty"
          + (bucket.versioning == .unversioned ? "" : ". You must delete all versions in the bucket."),
        details: [("BucketName", bucket.name)])
    }
    state.buckets[bucket.name] = nil
    return SandboxResponse(204)
  }
}
