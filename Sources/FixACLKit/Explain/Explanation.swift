package import AWSKit

/// A step on the way from a request to an object, in the order in which S3 and CloudFront take them.
package enum AccessLayer: String, Sendable, CaseIterable {
  case request, distribution, edge, organization
  case blockPublicAccess = "block-public-access"
  case objectOwnership = "object-ownership"
  case objectOwner = "object-owner"
  case bucketPolicy = "bucket-policy"
  case objectACL = "object-acl"
  case iam, encryption, archive
  case objectLock = "object-lock"
  case cors
}

/// What a layer means for one reader.
package enum LayerVerdict: String, Sendable {
  case allows, denies, unknown
  case notApplicable = "not-applicable"
  case note
}

/// Why a reader is refused, or may be.
package enum AccessReason: String, Sendable, CaseIterable {
  case missingKey = "missing-key"
  case deleteMarker = "delete-marker"
  case defaultRootObject = "default-root-object"
  case directoryKey = "directory-key"
  case foreignOwner = "foreign-owner"
  case readerNotInACL = "reader-not-in-acl"
  case noAllow = "no-allow"
  case explicitDeny = "explicit-deny"
  case conditionNotMet = "condition-not-met"
  case oaiNotOnOrigin = "oai-not-on-origin"
  case oaiMismatch = "oai-mismatch"
  case oaiGone = "oai-gone"
  case oacNotInPolicy = "oac-not-in-policy"
  case oacSourceARN = "oac-source-arn"
  case oacNeverSigns = "oac-never-signs"
  case kmsOAI = "kms-oai"
  case kmsAnonymous = "kms-anonymous"
  case kmsKeyPolicy = "kms-key-policy"
  case websiteEndpoint = "website-endpoint"
  case globalEndpoint = "global-endpoint"
  case regionWithoutOAI = "region-without-oai"
  case publicACLIgnored = "public-acl-ignored"
  case restrictPublicBuckets = "restrict-public-buckets"
  case organizationPolicy = "organization-policy"
  case cachedError = "cached-error"
  case customErrorPage = "custom-error-page"
  case geoRestriction = "geo-restriction"
  case signedURLRequired = "signed-url-required"
  case webACL = "web-acl"
  case edgeFunction = "edge-function"
  case viewerProtocol = "viewer-protocol"
  case hostForwarded = "host-forwarded"
  case authorizationForwarded = "authorization-forwarded"
  case originPath = "origin-path"
  case otherBucket = "other-bucket"
  case stackedDistribution = "stacked-distribution"
  case aliasMissing = "alias-missing"
  case distributionDisabled = "distribution-disabled"
  case requesterPays = "requester-pays"
  case archived
  case customerKey = "customer-key"
  case notVisible = "not-visible"
}

/// Something to say about a layer; views have the words.
package enum AccessRemark: Sendable, Equatable {
  /// It could not be seen: who could, by which right.
  case hidden(Sight)
  /// The object is there.
  case present
  case folder(index: ObjectKey?)
  case withoutOriginPath(ObjectKey)
  /// The owner, and whether it is the bucket's.
  case owner(CanonicalID, isBucketOwner: Bool)
  case bucketOwner(CanonicalID)
  case aclsOff
  case aclsCount
  /// Statements that allow, deny, may do so, or would if a condition held.
  case statements(Effect, [PolicyDocument.Finding])
  case noPolicy
  /// The policy would allow the reader if the object were the bucket owner's.
  case wouldAllow
  /// The object is another account's.
  case onlyDenies
  case grants([Grant])
  case publicGrantsIgnored
  case blocks(PublicAccessBlock)
  case nothingBlocked
  case encryption(String, keyID: String?)
  case notEncrypted
  case keyState(String)
  case storageClass(String)
  case locked, notLocked
  case corsRules(Int)
  case originReads(String)
  case functions([String])
  case countries(allowed: Bool, [String])
  case webACL(String)
  case errorPages([Int])
  case viewerProtocol(String)
  case identityDecision(SimulatedDecision)
  case isRoot
  case ofOwnAccount
  /// S3 or CloudFront said so itself.
  case said(String)
  case noOrganization
  case sentByRequester
  case proofContradicts
  case domain(String)

  package enum Effect: Sendable {
    case allow, deny, mayAllow, mayDeny, unmetAllow
  }
}

/// What is known of a layer for one reader.
package struct LayerReport: Sendable {
  package let layer: AccessLayer
  package var verdict: LayerVerdict
  /// Each once.
  package private(set) var reasons: [AccessReason]
  /// Those of the reasons that deny; the others are only mentioned.
  package private(set) var denying: [AccessReason]
  package var remarks: [AccessRemark]
  package var evidence: [Evidence]

  package init(
    _ layer: AccessLayer, _ verdict: LayerVerdict, _ reasons: [AccessReason] = [], _ remarks: [AccessRemark] = [],
    _ evidence: [Evidence?] = []
  ) {
    self.layer = layer
    self.verdict = verdict
    self.reasons = reasons
    denying = verdict == .denies ? reasons : []
    self.remarks = remarks
    self.evidence = evidence.compactMap(\.self)
  }

  /// Says a reason, whatever comes of it.
  mutating func add(_ reason: AccessReason) {
    if !reasons.contains(reason) { reasons.append(reason) }
  }

  mutating func deny(_ reason: AccessReason) {
    verdict = .denies
    add(reason)
    if !denying.contains(reason) { denying.append(reason) }
  }

  /// Says a reason that does not refuse.
  mutating func mention(_ reason: AccessReason) {
    if verdict == .allows || verdict == .notApplicable { verdict = .note }
    add(reason)
  }

  /// Says who could see what is hidden.
  mutating func hide(_ sight: Sight) {
    verdict = .unknown
    add(.notVisible)
    remarks.append(.hidden(sight))
  }
}

/// Whether one reader can read the object, and why.
package struct ReaderExplanation: Sendable {
  package enum Verdict: String, Sendable {
    case allowed, denied, unknown
  }

  package let subject: ReadSubject
  package var verdict: Verdict
  /// All of them, in their order.
  package var layers: [LayerReport]
  /// Whether the verdict comes from a probe as this reader, not from the layers.
  package var isByProof = false
  package var fixes: [AccessFix] = []

  package var deniedBy: [AccessLayer] { layers.filter { $0.verdict == .denies }.map(\.layer) }

  package func report(_ layer: AccessLayer) -> LayerReport? { layers.first { $0.layer == layer } }

  package func has(_ reason: AccessReason) -> Bool { layers.contains { $0.reasons.contains(reason) } }

  /// Whether a layer denies for this reason.
  package func isDenied(by reason: AccessReason) -> Bool {
    layers.contains { $0.verdict == .denies && $0.denying.contains(reason) }
  }
}
