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
    /// Of the key's versions, one that is an object.
    case askForVersion
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
    /// Of the reader's own policies: an IAM action.
    case allowIdentity(String)
    /// Block Public Access forbids to allow everybody.
    case useDistribution
  }

  /// How a plan names a reader.
  package enum PlannedReader: Sendable, Equatable {
    case distribution(String)
    case originAccessIdentity(String)
    case canonicalID(CanonicalID)

    /// Nil if the bucket policy names it, or no plan can.
    package init?(_ subject: ReadSubject) {
      switch (subject.source, subject.distribution, subject.originAccessIdentity, subject.caller.canonicalID) {
      case (.distribution, let id?, _, _): self = .distribution(id)
      case (.oai, _, let id?, _): self = .originAccessIdentity(id)
      case (.id, _, _, let id?): self = .canonicalID(id)
      default: return nil
      }
    }
  }

  package enum PublicAccessBlockFlag: String, Sendable, Equatable {
    case ignorePublicAcls = "IgnorePublicAcls"
    case restrictPublicBuckets = "RestrictPublicBuckets"
  }

  /// What the fixes so far make of what a command writes as a whole: the next one begins there, so that it does not undo
  /// them.
  package struct Drafts: Sendable {
    /// The bucket policy's text; nil while no fix changes it.
    var policy: [UInt8]?
    /// The bucket's own Block Public Access; nil while no fix changes it.
    var block: PublicAccessBlock?
    /// The Sids of statements for readers, by what the statements say otherwise.
    var sids: [String: String] = [:]

    package init() {}
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
