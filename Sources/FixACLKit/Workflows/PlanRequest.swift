internal import Crypto
package import AWSKit

/// What to plan: the bucket, who gets access, how, and to which objects.
package struct PlanRequest: Sendable {
  /// Where the plan goes.
  package enum Output: Sendable {
    case file(String)
    case standardOutput
    /// A file of fixacl's own choice, in the folder for state.
    case stateFolder

    /// The file that the user named.
    var namedFile: String? {
      if case .file(let path) = self { path } else { nil }
    }
  }

  /// The bucket's name.
  package var bucket: String
  package var readers: ReaderRequest
  package var bucketOwnerFullControl = false
  package var strategy = Strategy.auto
  package var dropPublicGrants = PublicGrantRule.whenBlocked
  package var droppedGrantees: [CanonicalID] = []
  package var keepsPreviousOwner = false
  package var allVersions = false
  package var filter = KeyFilter()
  package var selection = SelectionRequest()
  /// The report to make the plan from; nil to list the bucket.
  package var inventory: InventoryPlace?
  package var refresh = InventoryRefresh.none
  package var output = Output.standardOutput
  /// For the estimate of costs.
  package var prices = PriceTable.builtIn
  /// Whether to start over, without what an earlier run has found.
  package var startsOver = false
  /// How many seconds ago an earlier run may have begun that this one resumes.
  package var maximumAge = 86_400

  package init(bucket: String, readers: ReaderRequest) {
    self.bucket = bucket
    self.readers = readers
  }

  /// The same with the IDs as Amazon writes them.
  ///
  /// - Throws: `WorkflowError.notCanonicalID` at one that cannot be a canonical ID.
  func normalizedForAmazon() throws(WorkflowError) -> PlanRequest {
    func normalized(
      _ ids: [CanonicalID], _ role: WorkflowError.CanonicalIDRole
    ) throws(WorkflowError) -> [CanonicalID] {
      var result: [CanonicalID] = []
      for id in ids {
        // Whoever uploads without credentials owns objects, and can be granted nothing.
        if role == .owner, AmazonCanonicalID.isAnonymous(id) {
          result.append(id)
          continue
        }
        guard let id = AmazonCanonicalID.normalized(id) else { throw .notCanonicalID(id.value, role) }
        result.append(id)
      }
      return result
    }
    var request = self
    request.readers.grantRead = try normalized(readers.grantRead, .grantRead)
    request.readers.grantFullControl = try normalized(readers.grantFullControl, .grantFullControl)
    request.droppedGrantees = try normalized(droppedGrantees, .dropGrantee)
    request.selection.owners = try normalized(selection.owners, .owner)
    return request
  }

  func intent(
    bucketOwner: CanonicalID, readers: [Reader], requestPayer: RequestPayer?, selection: ObjectSelection
  ) -> Intent {
    Intent(
      grants: bucketOwnerFullControl ? [Grant(.canonicalUser(bucketOwner), .fullControl)] : [], readers: readers,
      strategy: strategy, dropPublicGrants: dropPublicGrants, keepsPreviousOwner: keepsPreviousOwner,
      allVersions: allVersions, droppedGrantees: droppedGrantees, requestPayer: requestPayer, filter: filter,
      selection: selection)
  }

  /// A short name that tells one request on a bucket from another.
  ///
  /// - Parameter keys: of the list of keys, if there is one.
  func digest(of bucket: BucketSettings, keys: KeyListDigest?) -> String {
    let lists = [
      ("oai", readers.originAccessIdentities), ("distribution", readers.distributions),
      ("read", readers.grantRead.map(\.value)), ("full", readers.grantFullControl.map(\.value)),
      ("drop", droppedGrantees.map(\.value)), ("include", filter.include.map(\.pattern)),
      ("exclude", filter.exclude.map(\.pattern)), ("prefix", [filter.prefix ?? ""]), ("strategy", [strategy.rawValue]),
      ("public", [dropPublicGrants.rawValue]),
      ("flags", [bucketOwnerFullControl, keepsPreviousOwner, allVersions].map(\.description)),
    ]
    var digest = SHA256()
    var texts = [bucket.endpoint ?? "", bucket.name]
    for (name, values) in lists { texts += ["\(name) \(values.count)"] + values }
    // What is not selected leaves no trace, so that checkpoints of earlier versions keep their names.
    for (name, values) in selection.texts(keys: keys) where !values.isEmpty {
      texts += ["\(name) \(values.count)"] + values
    }
    if let inventory { texts += ["inventory 2", inventory.text, refresh.rawValue] }
    for text in texts { digest.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
    return Hex.encode(digest.finalize().prefix(6))
  }
}
