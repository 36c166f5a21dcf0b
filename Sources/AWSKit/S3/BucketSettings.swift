extension AWSClient {
  /// ListBuckets, only for the canonical ID of the caller's account. Needs `s3:ListAllMyBuckets`.
  package func callerCanonicalID() async throws(AWSError) -> CanonicalID {
    // Accounts with very many buckets cannot list them all at once. Servers without paging send all of them.
    var operation = AWSOperation("ListBuckets", query: [("max-buckets", "1")]) { response throws(XMLError) in
      let result = try XMLElement(parsing: response.body, root: "ListAllMyBucketsResult")
      guard let id = result["Owner"]?["ID"]?.text, !id.isEmpty else {
        throw .invalid("a list of buckets without their owner")
      }
      return CanonicalID(id)
    }
    operation.maximumResponseBytes = 4 << 20
    return try await run(operation)
  }

  /// GetBucketAcl. Needs `s3:GetBucketAcl`.
  package func bucketACL(bucket: String) async throws(AWSError) -> AccessControlList {
    try await run(
      AWSOperation("GetBucketAcl", bucket: bucket, query: [("acl", "")]) { response throws(XMLError) in
        try AccessControlList(parsing: response.body)
      })
  }

  /// GetBucketLocation. Needs `s3:GetBucketLocation`.
  package func bucketLocation(bucket: String) async throws(AWSError) -> Region {
    try await run(
      AWSOperation("GetBucketLocation", bucket: bucket, query: [("location", "")]) {
        response throws(XMLError) in
        let constraint = try XMLElement(parsing: response.body, root: "LocationConstraint").text
        switch constraint {
        // S3's first regions have names from before there were regions.
        case "": return .standard
        case "EU": return .ireland
        default:
          guard let region = Region(constraint) else { throw .invalid("the region '\(constraint)'") }
          return region
        }
      })
  }

  /// GetBucketVersioning. Needs `s3:GetBucketVersioning`.
  package func bucketVersioning(bucket: String) async throws(AWSError) -> VersioningState {
    try await run(
      AWSOperation("GetBucketVersioning", bucket: bucket, query: [("versioning", "")]) {
        response throws(XMLError) in
        let result = try XMLElement(parsing: response.body, root: "VersioningConfiguration")
        guard let status = result["Status"]?.text else { return .unversioned }
        guard let state = VersioningState(rawValue: status) else {
          throw .invalid("the versioning status '\(status)'")
        }
        return state
      })
  }

  /// GetPublicAccessBlock of the bucket, without the account's settings. Needs `s3:GetBucketPublicAccessBlock`.
  package func publicAccessBlock(bucket: String) async throws(AWSError) -> PublicAccessBlock {
    do {
      return try await run(
        AWSOperation("GetPublicAccessBlock", bucket: bucket, query: [("publicAccessBlock", "")]) {
          response throws(XMLError) in
          try PublicAccessBlock(parsing: response.body)
        })
    } catch {
      // S3's answer if it was never set; others answer with all flags false.
      guard error.code == "NoSuchPublicAccessBlockConfiguration" else { throw error }
      return PublicAccessBlock()
    }
  }

  /// GetBucketOwnershipControls. Needs `s3:GetBucketOwnershipControls`.
  ///
  /// A server that does not know the sub-resource may send another document, such as a listing. Then, and if no
  /// controls are set, uploaders own what they upload.
  package func objectOwnership(bucket: String) async throws(AWSError) -> ObjectOwnership {
    try await ownershipControls(bucket: bucket) ?? .objectWriter
  }

  /// The same; nil if the server does not know the sub-resource, so that the setting cannot be changed either.
  package func ownershipControls(bucket: String) async throws(AWSError) -> ObjectOwnership? {
    do {
      return try await run(
        AWSOperation("GetBucketOwnershipControls", bucket: bucket, query: [("ownershipControls", "")]) {
          response throws(XMLError) in
          try ObjectOwnership(controls: response.body)
        })
    } catch {
      guard error.code == "OwnershipControlsNotFoundError" else { throw error }
      return .objectWriter
    }
  }
}

extension PublicAccessBlock {
  package init(parsing bytes: [UInt8]) throws(XMLError) {
    let configuration: XMLElement
    do throws(XMLError) {
      configuration = try XMLElement(parsing: bytes, root: "PublicAccessBlockConfiguration")
    } catch .unexpectedRoot {
      // Ceph RadosGW's name for the element.
      configuration = try XMLElement(parsing: bytes, root: "BlockPublicAccessBlockConfiguration")
    }
    self.init()
    blockPublicAcls = configuration["BlockPublicAcls"]?.isTrue ?? false
    ignorePublicAcls = configuration["IgnorePublicAcls"]?.isTrue ?? false
    blockPublicPolicy = configuration["BlockPublicPolicy"]?.isTrue ?? false
    restrictPublicBuckets = configuration["RestrictPublicBuckets"]?.isTrue ?? false
  }
}

extension ObjectOwnership {
  package init(parsing bytes: [UInt8]) throws(XMLError) {
    self = try ObjectOwnership(controls: bytes) ?? .objectWriter
  }

  /// Nil for the answer of a server that does not know the sub-resource.
  init?(controls bytes: [UInt8]) throws(XMLError) {
    guard let controls = try XMLElement.setting(bytes, root: "OwnershipControls") else { return nil }
    let value = controls["Rule"]?["ObjectOwnership"]?.text ?? ""
    guard let ownership = ObjectOwnership(rawValue: value) else {
      throw .invalid("the object ownership '\(value)'")
    }
    self = ownership
  }
}

extension XMLElement {
  fileprivate var isTrue: Bool { text.lowercased() == "true" }
}
