internal import AWSKit

/// Decides which objects of a listing a scan counts, and which of these it looks at.
struct ScanFilter: Sendable {
  /// What becomes of a listed object.
  enum Verdict: Sendable {
    /// It was not asked for.
    case excluded
    /// It is counted, and there is nothing to look at.
    case settled
    /// It is looked at; with what is wrong with its entry in the listing.
    case candidate(owner: CanonicalID, isOwn: Bool, problem: String?)
  }

  private let keys: KeyFilter
  private let owners: Set<CanonicalID>
  private let modifiedSince: Timestamp?
  private let looksAtOwn: Bool
  private let bucketOwner: CanonicalID

  init(bucketOwner: CanonicalID, desired: Intent) {
    keys = desired.filter
    owners = Set(desired.selection.owners)
    modifiedSince = desired.selection.modifiedSince
    looksAtOwn = desired.looksAtOwn
    self.bucketOwner = bucketOwner
  }

  /// Whether an object of this owner that was modified then is wanted, if its key is.
  func admits(_ owner: CanonicalID, modified: Timestamp) -> Bool {
    (owners.isEmpty || owners.contains(owner)) && modifiedSince.map { modified >= $0 } ?? true
  }

  /// The filter for the objects of one page, whose owners are numbers.
  struct Page {
    private let filter: ScanFilter
    private let objects: ListedObjects
    private let namesOwners: Bool
    private let ownOwner: Int?
    /// For each owner of the page whether its objects are wanted; empty if everybody's are.
    private let isWanted: [Bool]

    /// - Parameter namesOwners: whether the server is known to name owners, so that a missing one concerns this object
    ///   only.
    init(_ filter: ScanFilter, _ objects: ListedObjects, namesOwners: Bool = false) {
      self.filter = filter
      self.objects = objects
      self.namesOwners = namesOwners || !objects.owners.isEmpty
      // Ownership is a comparison of two numbers: most objects need no further look.
      ownOwner = objects.owners.firstIndex(of: filter.bucketOwner)
      isWanted = filter.owners.isEmpty ? [] : objects.owners.map(filter.owners.contains)
    }

    /// - Throws: `ownerMissing`.
    func verdict(at offset: Int) throws(BucketScanner.Failure) -> Verdict {
      if objects.isDeleteMarker(at: offset)
        || !filter.keys.isEverything && !filter.keys.matches(objects.key(at: offset))
      {
        return .excluded
      }
      guard let owner = objects.ownerIndex(at: offset) else {
        guard namesOwners else { throw .ownerMissing(objects.key(at: offset)) }
        return .candidate(
          owner: .unknownOwner, isOwn: false, problem: "the listing does not name its owner")
      }
      guard isWanted.isEmpty || isWanted[owner] else { return .excluded }
      let isOwn = owner == ownOwner
      var problem: String?
      if let since = filter.modifiedSince {
        if let time = objects.lastModified(at: offset) {
          guard time >= since else { return .excluded }
        } else {
          problem = "the listing does not tell when it was modified"
        }
      }
      guard !isOwn || filter.looksAtOwn else { return .settled }
      if objects.isIncomplete(at: offset) { problem = "the listing does not tell its ETag or its size" }
      return .candidate(owner: objects.owners[owner], isOwn: isOwn, problem: problem)
    }
  }
}
