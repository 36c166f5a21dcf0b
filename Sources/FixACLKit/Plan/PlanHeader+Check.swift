internal import AWSKit

extension PlanHeader {
  /// Checks the bucket settings and the intent of a plan or a journal before they are used: parts of them become hosts,
  /// paths and headers, and they decide who gets access.
  ///
  /// - Throws: the first value that this program would not have written.
  static func check(bucket: BucketSettings, desired: Intent) throws(FileFormatError.Detail) {
    try check(bucket)
    for reader in desired.readers {
      guard case .canonicalUser(let id, let permission) = reader.principal else { continue }
      guard PlanText.canBeGrantee(id) else {
        throw FileFormatError.Detail("its 'desired' allows '\(id)', which is not a canonical ID")
      }
      guard permission == (reader.source == .grantFullControl ? .fullControl : .read) else {
        throw FileFormatError.Detail("its 'desired' gives \(permission.rawValue) to '\(id)', which no option does")
      }
    }
    let ofReaders = Set(desired.readers.compactMap(\.grant))
    let others = Set(desired.grants).subtracting(ofReaders)
    guard ofReaders.isSubset(of: desired.grants),
      others.isSubset(of: [Grant(.canonicalUser(bucket.owner), .fullControl)])
    else {
      throw FileFormatError.Detail("its 'desired' has a grant for neither a reader nor the bucket owner")
    }
  }

  private static func check(_ bucket: BucketSettings) throws(FileFormatError.Detail) {
    guard BucketName.isPlausible(bucket.name) else {
      throw FileFormatError.Detail("'\(bucket.name.escapedForTerminal)' is not a bucket's name")
    }
    let endpoint = bucket.endpoint.map { AWSEndpoint(url: $0) } ?? .aws
    guard let endpoint, endpoint.url == bucket.endpoint else {
      throw FileFormatError.Detail("its endpoint '\(bucket.endpoint?.escapedForTerminal ?? "")' is not a server's URL")
    }
    guard let region = Region(bucket.region), endpoint.accepts(region) else {
      throw FileFormatError.Detail("'\(bucket.region.escapedForTerminal)' is not a region")
    }
    guard PlanText.canBeGrantee(bucket.owner) else {
      throw FileFormatError.Detail("the bucket's owner '\(bucket.owner)' is nobody's ID")
    }
    let words = [bucket.encryption?.algorithm, bucket.encryption?.kmsKeyID, bucket.objectLock?.defaultMode]
    guard words.allSatisfy({ $0.map(PlanText.canBeHeader) ?? true }) else {
      throw FileFormatError.Detail("its encryption or Object Lock is not one that a bucket can have")
    }
  }

  /// Checks a plan whose changes have all been read.
  ///
  /// - Throws: the problem that somebody who made the plan by hand would notice first.
  func check(_ changes: ChangeLines) throws(FileFormatError.Detail) {
    guard changes.summary.hasSameChanges(as: summary) else {
      throw FileFormatError.Detail("its summary does not match its changes")
    }
    try summary.check()
    try Self.check(bucket: bucket, desired: desired)
    try credentials.check()
    if let fault = changes.fault { throw fault }
    try checkSelection()
    guard let alternative else { return }
    guard bucket.objectOwnership != .bucketOwnerEnforced, alternative.fixes > 0, alternative.fixes == summary.foreign,
      alternative.affected.count == min(alternative.affectedCount, OwnershipAlternative.maximumNamed),
      alternative.affectedCount <= PlanSummary.maximumCount,
      alternative.affected.allSatisfy({ (1...summary.lookedAt).contains($0.objects) })
    else { throw FileFormatError.Detail("its 'alternative' does not match its summary") }
  }
}

extension PlanHeader {
  /// Checks that the summary counts what was selected.
  private func checkSelection() throws(FileFormatError.Detail) {
    let own = summary.owners[bucket.owner]
    guard own == nil || desired.selection.includesOwn, summary.lookedAt - (own?.objects ?? 0) == summary.foreign else {
      throw FileFormatError.Detail("its summary does not add up")
    }
    guard let keys = desired.selection.keys else {
      guard summary.missing == 0 else {
        throw FileFormatError.Detail("its summary misses keys, and there is no list of keys")
      }
      return
    }
    guard summary.missing <= keys.count, desired.allVersions || summary.listed <= keys.count - summary.missing else {
      throw FileFormatError.Detail("its summary counts more keys than the list has")
    }
  }
}

extension PlanSummary {
  /// More objects than any bucket has, and still exact as a JSON number everywhere.
  static let maximumCount = 1 << 53

  /// Checks that the counts are not negative, and add up.
  func check() throws(FileFormatError.Detail) {
    let counts =
      [listed, foreign, missing, requests] + actions.values + blockedReasons.values
      + owners.values.flatMap { [$0.objects, $0.changes] }
    guard counts.allSatisfy({ (0...Self.maximumCount).contains($0) }), bytesToCopy >= 0,
      storageClasses.values.reduce(0, { $0.saturatingSum($1.grants) }) <= actions[.grant] ?? 0,
      storageClasses.values.reduce(0, { $0.saturatingSum($1.copies) }) <= copies,
      owners.values.allSatisfy({ $0.bytes >= 0 && $0.changes <= $0.objects }),
      (foreign...max(foreign, listed)).contains(lookedAt), foreign <= listed
    else { throw FileFormatError.Detail("its summary does not add up") }
  }
}

extension AccessControlList {
  /// Whether its IDs and URIs could come from a server.
  var isPlain: Bool {
    PlanText.canBeInACL(owner.value) && grants.allSatisfy { PlanText.canBeInACL($0.grantee.identifier) }
  }
}

extension Int {
  /// The sum, clamped to the range of Int: a server can report any size.
  func saturatingSum(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
