package import AWSKit

/// Why a workflow could not do its work. Nothing was written unless the case says so.
package enum WorkflowError: Error, Sendable {
  /// What a run works on.
  package enum Document: String, Sendable {
    case plan, journal
  }

  /// The document is for another server.
  case otherServer(Document, planned: String?, now: String?)
  case badRegion(Document, String)
  /// The bucket belongs to another account than the document says.
  case otherOwner(Document, bucket: String, planned: CanonicalID, now: CanonicalID)
  /// The plan's canonical ID of an origin access identity is not the one that CloudFront has for it.
  case otherIdentity(Reader, CanonicalID)
  case missingCredentials(Document, [CanonicalID])
  case missingBucketOwner(Document, CanonicalID)
  /// Settings of the bucket changed, so that the plan is wrong.
  case surroundings([SurroundingsChange], SurroundingsChange.Undertaking)
  /// The credentials given for the bucket owner are another account's, and those for object owners are the bucket owner's.
  case swappedProfiles(AWSError, bucketOwner: String, other: String)
  /// The account of a profile for object owners is unknown.
  case ownerUnknown(profile: String, AWSError)
  case requesterPays
  /// An ID that the user gave cannot be a canonical ID of Amazon's.
  case notCanonicalID(String, CanonicalIDRole)
  /// A grantee to drop is one who has to stay.
  case neededGrantee(CanonicalID, isBucketOwner: Bool)
  /// Only objects of the bucket owner are asked for (or of others too), and these are left alone.
  case ownerIsBucketOwner(CanonicalID)
  /// The list of keys cannot be read.
  case keyListUnreadable(FileError)
  /// The report cannot be used.
  ///
  /// - Parameters:
  ///   - folder: for temporary files.
  ///   - isFolderChosen: whether nobody named the folder.
  case inventory(InventoryProblem, bucket: String, folder: String, isFolderChosen: Bool)
  /// The bucket's policy is not JSON that fixacl could add a statement to.
  case policyMalformed(bucket: String)
  /// The plan cannot be written to the file.
  case outputUnusable(path: String, OutputProblem)
  /// The scan was not completed, so no plan was written.
  ///
  /// - Parameters:
  ///   - checkpoint: from where the same command resumes.
  ///   - spoolFolder: where what was found is kept meanwhile.
  case scan(BucketScanner.Failure, checkpoint: String?, spoolFolder: String, isSpoolChosen: Bool)
  /// The journal cannot be written; what was done before is not lost.
  ///
  /// - Parameter changed: how many objects this run had changed.
  case journal(FileError, changed: Int)
  /// Another reconcile of the bucket holds the lock.
  case reconcileBusy(bucket: String, lock: String)
  /// What reconcile knows in its folder is of a bucket on another server.
  case otherState(folder: String, was: String?, now: String?)
  /// An earlier reconcile has left something that cannot be completed.
  case leftBehind(plan: String, journal: String, FileFormatError)
  /// Somebody stopped the workflow before it had a result.
  case interrupted

  /// What a canonical ID was given for.
  package enum CanonicalIDRole: Sendable {
    case grantRead, grantFullControl, dropGrantee, owner
  }

  package enum OutputProblem: Sendable {
    case isFolder
    case isSpecial
    case file(FileError)
  }
}

/// Why the settings of the user's environment cannot be used.
package enum SessionProblem: Error, Sendable {
  /// A place where something is set, and what it is.
  package struct Setting: Sendable {
    package let value: String
    package let source: String
  }

  /// The file of certificates cannot be read.
  case certificatesUnreadable(Setting)
  /// A profile of an object owner names other certificates than the bucket owner's, and there is one server for both.
  case otherCertificates(Setting)
  case noFIPS(source: String)
  case badEndpoint(Setting)
  /// An endpoint URL is not of the kind that another setting asks for.
  case otherVariant(EndpointVariant, source: String, url: Setting)
  case badRegion(Setting)
  /// A region is in another partition than an address of Amazon's or another region.
  case otherPartition(Setting, than: Setting)
}
