package import AWSKit

/// What access logs say about refused reads.
package struct AccessLogReport: Sendable {
  /// Of S3's server access logs; nil if none were to be read.
  package let s3: S3?
  /// Of CloudFront's standard logs; nil if none were to be read.
  package let cloudFront: CloudFront?
  /// The keys that were refused most often, the most first.
  package let keys: [RefusedKey]
  /// How many different keys were refused.
  package let keyCount: Int
  /// What was not read, as far as it is kept.
  package let problems: [LogProblem]
  package let problemCount: Int
  /// Whether somebody stopped the reading, so that this is of a part of the logs.
  package let isInterrupted: Bool

  /// How many files were read.
  package var files: Int { (s3?.extent.files ?? 0) + (cloudFront?.extent.files ?? 0) }

  /// How much was read of a kind of logs.
  package struct Extent: Sendable, Equatable {
    package let files: Int
    package let lines: Int
    package let unreadableLines: Int
    /// Lines of other buckets, or of other distributions.
    package let otherLines: Int
    /// The times of the first and the last request that is asked about.
    package let first: Timestamp?
    package let last: Timestamp?
  }

  package struct S3: Sendable {
    package let extent: Extent
    /// Reads that were answered 403, or `AccessDenied`.
    package let refused: Int
    /// Reads that succeeded.
    package let succeeded: Int
    /// Requests that an ACL allowed, and nothing else.
    package let neededACL: Int
    /// Lines that do not say whether an ACL was needed, as in old logs.
    package let linesWithoutACLField: Int
    /// The error codes of refused reads, the most frequent first.
    package let codes: [(code: String, count: Int)]
    /// The requesters with refusals, or who needed an ACL: the most frequent first.
    package let requesters: [Requester]
    /// Whether there are more requesters than these.
    package let hasMoreRequesters: Bool
  }

  /// What one requester did.
  package struct Requester: Sendable {
    package let name: LogRequester
    package let refused: Int
    package let succeeded: Int
    package let firstRefused: Timestamp?
    package let lastRefused: Timestamp?
    /// Some keys that it was refused.
    package let refusedKeys: [ObjectKey]
    /// Requests that an ACL allowed, and nothing else: BucketOwnerEnforced ends them.
    package let neededACL: Int
    package let firstNeededACL: Timestamp?
    package let lastNeededACL: Timestamp?
    /// Some keys of these requests.
    package let aclKeys: [ObjectKey]
    /// What these requests were: `REST.GET.OBJECT`.
    package let aclOperations: [String]
    /// Whether the numbers are exact. There were more requesters than fit into memory if not, and they may be higher.
    package let isExact: Bool
  }

  /// A key that was refused.
  package struct RefusedKey: Sendable, Equatable {
    package let key: ObjectKey
    package let count: Int
    package let first: Timestamp?
    package let last: Timestamp?
    /// By how much the number may be higher, since there were more keys than fit into memory; 0 if it is exact.
    package let uncertainty: Int
  }

  package struct CloudFront: Sendable {
    package let extent: Extent
    package let succeeded: Int
    package let failed: Int
    /// What happened to the requests that failed, the most frequent first.
    package let results: [Result]
  }

  /// What happened to some requests to CloudFront.
  package struct Result: Sendable {
    /// `x-edge-detailed-result-type`.
    package let type: String
    package let status: Int
    package let answeredBy: LogAnswerer
    package let count: Int
    package let first: Timestamp?
    package let last: Timestamp?
    /// How many of these could be looked for in S3's log, which was read too and is of the same time.
    package let lookedUp: Int
    /// How many of them S3 refused in that second or a little before; CloudFront had cached the others, or S3 did not log
    /// them.
    package let foundAtOrigin: Int
    /// Some paths, decoded.
    package let paths: [ObjectKey]
  }
}

/// Who sent a request, as S3's access log names them.
package struct LogRequester: Sendable, Hashable {
  /// What a requester is.
  package enum Kind: String, Sendable {
    case anonymous
    /// An account's root, or an origin access identity.
    case canonicalID = "canonical-id"
    case arn
    /// CloudFront with origin access control: `svc:cloudfront.amazonaws.com`.
    case service
    case unknown
  }

  /// As it stands in the log.
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  package var kind: Kind {
    if text == "-" || text == "Anonymous" { return .anonymous }
    if text.hasPrefix("svc:") { return .service }
    if text.hasPrefix("arn:") { return .arn }
    return text.contains(":") || text.contains("/") ? .unknown : .canonicalID
  }

  /// The canonical ID, if it is one.
  package var canonicalID: CanonicalID? { kind == .canonicalID ? CanonicalID(text) : nil }
}
