package import AWSKit

/// Something that would give the reader access, or shows how.
package struct AccessFix: Sendable, Equatable {
  /// What it does; views have the words.
  package enum Action: Sendable, Equatable {
    /// Plan the repair of all objects of the bucket, for a reader; without one, for those that the bucket policy allows.
    case planRepair(bucket: String, PlannedReader?)
    /// Apply that plan.
    case applyRepair
    /// Add a statement to the bucket policy.
    case allowInPolicy(statement: String?)
    /// Look at the statements that deny, to change them.
    case showPolicy([String])
    case showKeys
    case removeDeleteMarker
    case setDefaultRootObject
    case invalidate
    case payAsBucketOwner
    case restore
    case switchOff(PublicAccessBlockFlag)
    case encryptWithS3Keys
    case useAccessControl
    case showKeyPolicy
    case useRegionalEndpoint
    case showDistribution
    case signURL
    case useHTTPS
    case enableDistribution
    /// Of the reader's own policies.
    case allowIdentity
  }

  /// How a plan names a reader.
  package enum PlannedReader: Sendable, Equatable {
    case distribution(String)
    case originAccessIdentity(String)
    case canonicalID(CanonicalID)
  }

  package enum PublicAccessBlockFlag: Sendable, Equatable {
    case ignorePublicAcls, restrictPublicBuckets
  }

  package var action: Action
  /// The words of one command of the AWS CLI; empty if it takes more than one, or another tool.
  package var command: [String]
  /// Whether it gives others access, too.
  package var widensAccess = false

  init(_ action: Action, _ command: [String] = [], widensAccess: Bool = false) {
    self.action = action
    self.command = command
    self.widensAccess = widensAccess
  }
}
