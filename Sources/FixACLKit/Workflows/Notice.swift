package import AWSKit

/// Something to know about a running command.
package enum Notice: Sendable {
  // What is known of the bucket and the accounts
  case settingUnknown(BucketInspection.Setting, AWSError)
  /// The account of the credentials that list the bucket is unknown, so they neither copy nor grant.
  case callerUnknown(profile: String, AWSError)
  case accountPublicAccessBlockUnknown(AWSError)
  /// The document names a profile that this machine does not have, so that it is not used.
  case rememberedProfileMissing(String, isObjectOwners: Bool)
  /// A session that a code of an MFA device has opened ends then, and cannot be renewed.
  case sessionEnds(Timestamp)
  case account(AccountRemark)
  /// Object Ownership is BucketOwnerEnforced: there is nothing to repair.
  case aclsOff
  /// IgnorePublicAcls is on: public grants that are stored are not visible.
  case publicGrantsHidden
  // The readers
  case reader(Reader)
  case readerWarning(ReaderWarning)
  case repairDenied(PolicyDocument.RepairDenial)
  case granteeDropped(CanonicalID)
  case selection(SelectionNotice)
  case inventory(InventoryNotice)
  // The checkpoint
  case checkpointBusy(path: String)
  case checkpointUnavailable(FileError)
  case resumed(begun: Timestamp, listed: Int, foreign: Int)
  // Before the first write
  /// Whether a reader's canonical ID is that of the origin access identity that the plan calls it is not known.
  case readerUnverified(Reader, UnverifiedReader)
  case surroundings(SurroundingsChange)
  /// Who gets access to how many objects of a bucket, and which accounts grant it.
  case willGrant(Beneficiary, objects: Int, bucket: String, signers: [Signer])
  /// Rollback puts back grants that apply has dropped.
  case willRestore([Grant], bucket: String)
  /// The run makes copies, in a bucket with this versioning.
  case copies(Int, VersioningState?)
  /// The journal of another plan was renamed.
  case journalSetAside(path: String)
  /// Rollback uses only the journal: why the plan cannot be used.
  case planUnused(journal: String, FileFormatError)
  /// The end of the journal is missing.
  case journalCut(path: String)
  /// The plan has nothing that is still to be done.
  case nothingToApply(Tally)
  case nothingToRollBack
  // After the repair
  case invalidation(InvalidationNotice)
  /// CloudFront could not be asked for objects.
  ///
  /// - Parameter profile: the profile that asked; nil for the environment's own credentials.
  case edgeUnasked(EdgeProblem, profile: String?)
  case reconcile(ReconcileNotice)
  case batch(BatchNotice)
  case interrupted(Interrupted)

  /// Why it is not known who a reader is.
  package enum UnverifiedReader: Sendable {
    /// S3 is not Amazon's, and the address of CloudFront is not known.
    case noCloudFront
    /// CloudFront knows no such identity in the account that asked.
    case unknown
    case failed(AWSError)
  }

  /// Who gets access by a plan.
  package enum Beneficiary: Sendable {
    case reader(Reader)
    /// Somebody else who gets a grant.
    case grantee(Grant, isBucketOwner: Bool)
  }

  /// An account whose credentials a run uses.
  package struct Signer: Sendable {
    package let name: String
    package let id: CanonicalID
  }

  /// What a signal found going on.
  package enum Interrupted: Sendable {
    /// - Parameter hasCheckpoint: whether the same command resumes.
    case scan(hasCheckpoint: Bool)
    /// It waits for writes in flight.
    case writing
    case reading
  }
}
