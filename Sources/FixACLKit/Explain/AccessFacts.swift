package import AWSKit

/// Everything that decides whether somebody can read one object, as far as it could be seen.
package struct AccessFacts: Sendable {
  /// What there is of a key.
  package enum Existence: Sendable, Equatable {
    case present(ObjectSummary)
    case missing(Hints)
    /// The version that is asked for, or the current one, only marks the key as deleted.
    case deleteMarker(versionID: String)
  }

  package struct ObjectSummary: Sendable, Equatable {
    /// Nil if the server does not say it.
    package var owner: CanonicalID?
    /// Nil if it is not known.
    package var etag: String?
    /// Bytes; nil if it is not known.
    package var size: Int?
    /// Nil if it is not known.
    package var storageClass: String?

    package init(owner: CanonicalID?, etag: String?, size: Int?, storageClass: String?) {
      self.owner = owner
      self.etag = etag
      self.size = size
      self.storageClass = storageClass
    }

    init(_ listed: ListedObject) {
      self.init(
        owner: listed.owner, etag: listed.etag, size: listed.isIncomplete ? nil : listed.size,
        storageClass: listed.storageClass)
    }
  }

  /// Keys like the one that is missing.
  package struct Hints: Sendable, Equatable {
    /// An index document below the key, taken for a folder.
    package var indexDocument: ObjectKey?
    /// Whether there are keys below it.
    package var isFolder = false
    /// The same key without the origin path.
    package var withoutOriginPath: ObjectKey?

    package init() {}
  }

  /// How an object is encrypted, locked and stored.
  package struct Content: Sendable, Equatable {
    package var encryption: ObjectEncryption?
    package var hasCustomerKey = false
    package var isArchived = false
    package var isLocked = false
    /// Nil if a HEAD does not show it: then a customer's key encrypts the object.
    package var object: ObjectSummary?

    package init() {}
  }

  /// The key that an object is encrypted with.
  package struct DecryptionKey: Sendable, Equatable {
    package var key: KMSKey
    /// Nil if the key's policy cannot be seen, or makes no sense.
    package var policy: PolicyDocument?

    package init(key: KMSKey, policy: PolicyDocument?) {
      self.key = key
      self.policy = policy
    }
  }

  /// The part of a distribution that a path leads through.
  package struct Route: Sendable, Equatable {
    package var distribution: Distribution
    /// Whether the host of the URL is one of the distribution's; true if there is no URL.
    package var hasHost = true
    package var behavior: CacheBehavior?
    package var origin: DistributionOrigin?
    /// What the origin is, seen from the bucket.
    package var originKind = OriginDomain.other
    /// The bucket's region as the origin's domain name has it; nil for the global endpoint.
    package var originRegion: String?
    /// Nil if the origin has no access control, or its behaviour is hidden.
    package var signing: SigningBehavior?
    /// Nil if a policy cannot be seen.
    package var forwardedHeaders: ForwardedHeaders?
    /// Who could see settings that are hidden, and decide.
    package var hidden: [Sight] = []
    /// Whether the path is the distribution itself, which only a default root object makes an object.
    package var isRoot = false

    package init(_ distribution: Distribution) {
      self.distribution = distribution
    }
  }

  package var bucket: String
  package var key: ObjectKey
  package var versionID: String?
  /// The URL; nil for a target in S3.
  package var url: ViewerURL?
  package var region: String
  package var partition: String
  /// Whether S3 is Amazon's or plays it: other servers know no organizations.
  package var hasOrganizations = true
  package var now: Timestamp

  package var bucketOwner: Fact<CanonicalID> = .notAsked
  /// The account of the bucket's owner.
  package var bucketAccount: AccountID?
  package var ownership: Fact<ObjectOwnership> = .notAsked
  package var bucketBlock: Fact<PublicAccessBlock> = .notAsked
  /// The account's, with its organization's.
  package var accountBlock: Fact<PublicAccessBlock> = .notAsked
  /// The organization's; known to be nil if there is no such policy.
  package var organizationBlock: Fact<PublicAccessBlock?> = .notAsked
  /// Known to be nil if there is none.
  package var policy: Fact<PolicyDocument?> = .notAsked
  package var policyIsPublic: Fact<Bool> = .notAsked
  package var payer: Fact<Payer?> = .notAsked
  package var corsRuleCount: Fact<Int> = .notAsked
  package var bucketTagsCount: Fact<Bool> = .notAsked

  package var existence: Fact<Existence> = .notAsked
  package var acl: Fact<AccessControlList> = .notAsked
  package var tags: Fact<[ObjectTag]> = .notAsked
  package var content: Fact<Content> = .notAsked
  package var decryptionKey: Fact<DecryptionKey> = .notAsked

  package var route: Fact<Route> = .notAsked
  /// The canonical IDs of the origin access identities that the policy names; nil for those that are gone.
  package var identities: [String: CanonicalID?] = [:]
  /// What the policies of `--principal` come to, by its ARN.
  package var simulations: [String: Fact<SimulatedDecision>] = [:]
  /// The same for `kms:Decrypt` with the object's key.
  package var keySimulations: [String: Fact<SimulatedDecision>] = [:]
  package var probes: [Probe] = []

  /// What is known to be on of Block Public Access: of the bucket, its account or its organization.
  var knownBlock: PublicAccessBlock {
    (bucketBlock.value ?? PublicAccessBlock()).union(blockElsewhere)
  }

  /// The same without the bucket's own settings, which do not matter for these.
  var blockElsewhere: PublicAccessBlock {
    [accountBlock.value, organizationBlock.value ?? nil].compactMap(\.self).reduce(PublicAccessBlock()) { $0.union($1) }
  }

  /// Nil if it is not known.
  var storageClass: String? {
    if let seen = content.value?.object?.storageClass { return seen }
    if case .present(let object)? = existence.value { return object.storageClass }
    return nil
  }

  /// The statements of the policy, as far as there are any and they can be seen.
  var policyStatements: [PolicyDocument.Statement] { (policy.value ?? nil)?.statements ?? [] }

  package init(
    bucket: String, key: ObjectKey, versionID: String? = nil, region: String, partition: String = "aws", now: Timestamp
  ) {
    self.bucket = bucket
    self.key = key
    self.versionID = versionID
    self.region = region
    self.partition = partition
    self.now = now
  }
}

/// One byte that was asked for.
package struct Probe: Sendable, Equatable {
  package enum Identity: Sendable, Equatable {
    /// The given credentials: their name, the account's ID, and the ARN, if these are known.
    case profile(String, CanonicalID?, PrincipalARN?)
    case anonymous
    /// A viewer of CloudFront's.
    case viewer
  }

  package var identity: Identity
  /// The URL or `s3://` address.
  package var target: String
  /// Nil if no answer came.
  package var status: Int?
  package var code: String?
  /// Nil if no answer came.
  package var answeredBy: ProbeAnswer.Source?
  /// What the server said.
  package var message = ""
  package var requestID: String?
  /// Seconds that the answer has been in a cache.
  package var ageSeconds: Int?
  package var etag: String?
  /// The `X-Cache` header.
  package var cacheStatus: String?
  package var location: String?

  package init(_ identity: Identity, target: String) {
    self.identity = identity
    self.target = target
  }

  /// Whether the reader gets the object, also one of which there is no byte.
  package var isSuccess: Bool { isOfEmptyObject || isWell && !isErrorPage }
  private var isWell: Bool { status.map { (200..<300).contains($0) } ?? false }
  /// Whether the object has no first byte: S3 looks at the range only once it has allowed the read.
  package var isOfEmptyObject: Bool { status == 416 }
  /// Whether it is a custom error page in the place of the origin's refusal, with a status that looks well.
  package var isErrorPage: Bool { identity == .viewer && isWell && ProbeAnswer.isMarkedAsError(cacheStatus) }
  /// Whether CloudFront says that the origin gave what it passes on.
  var isPassedOn: Bool {
    isWell && ["Hit", "Miss", "RefreshHit"].contains { cacheStatus?.hasPrefix($0) ?? false }
  }
  /// Whether it leads elsewhere: a viewer may or may not get the object there.
  package var isElsewhere: Bool { status.map { (300..<400).contains($0) && $0 != 304 } ?? false }
  /// Whether the object did not come, for whatever reason.
  package var isError: Bool { isErrorPage || status.map { $0 >= 400 } ?? false && !isOfEmptyObject }
  /// Whether it shows that just this reader is refused: a server out of order refuses everybody, and credentials that
  /// S3 does not take say nothing of what their identity may do. A viewer has none: they are the distribution's.
  package var isRefusal: Bool {
    // S3's words to those who ask in the wrong region, which CloudFront does not follow.
    if identity == .viewer, isElsewhere { return ["PermanentRedirect", "TemporaryRedirect"].contains(code) }
    guard isError, status != 501, !AWSError.isPassing(status: status, code: code) else { return false }
    return identity == .viewer || !(code.map(AWSError.refusesCredentials) ?? false)
  }
  /// Whether S3 itself refuses it now: an edge may remember an earlier refusal.
  var isFreshRefusalOfOrigin: Bool { isRefusal && !isErrorPage && answeredBy == .origin && ageSeconds ?? 0 == 0 }
}
