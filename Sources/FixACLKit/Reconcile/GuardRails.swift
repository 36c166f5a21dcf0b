package import AWSKit

/// What stops a reconcile before its first write: more than was allowed, or something that the last good run did not know.
package struct GuardRails: Sendable, Equatable {
  /// The most objects to change.
  package var maximumChanges = 10_000
  /// The most objects to change, in percent of those listed; never judged for few changes.
  package var maximumChangesPercent = 10.0
  /// The most bytes to copy; nil for any number.
  package var maximumCopyBytes: Int?
  /// Whether copies may be made that cannot be undone.
  package var allowsIrreversible = false
  /// Whether readers, owners and settings may be new.
  package var acceptsNew = false

  /// Fewer changes than these are no matter of percent: three of ten objects are no accident.
  package static let fewChanges = 100

  package init() {}

  /// The names of rails, for metrics and programs.
  package enum Rail: String, Sendable, CaseIterable {
    case maximumChanges = "max-changes"
    case maximumChangesPercent = "max-changes-percent"
    case maximumCopyBytes = "max-copy-bytes"
    case irreversible
    case newReader = "new-reader"
    case newOwner = "new-owner"
    case objectOwnership = "object-ownership"
    case blockPublicAccess = "block-public-access"
    case maximumFailures = "max-failures"
    case maximumDuration = "max-duration"
  }

  /// A rail that stops a run, and why.
  package enum Trip: Sendable, Equatable {
    case changes(Int, limit: Int)
    case changesPercent(changes: Int, listed: Int, limit: Double)
    case copyBytes(Int, limit: Int)
    case irreversible(copies: Int, VersioningState?)
    case newReader(Reader)
    /// Somebody who is not a reader gets a grant.
    case newGrantee(Grant)
    case newOwner(CanonicalID, objects: Int)
    case newBucketOwner(was: CanonicalID, now: CanonicalID)
    case objectOwnership(was: ObjectOwnership?, now: ObjectOwnership)
    case blockPublicAccess(ofAccount: Bool, was: PublicAccessBlock?, now: PublicAccessBlock)

    package var rail: Rail {
      switch self {
      case .changes: .maximumChanges
      case .changesPercent: .maximumChangesPercent
      case .copyBytes: .maximumCopyBytes
      case .irreversible: .irreversible
      case .newReader, .newGrantee: .newReader
      case .newOwner, .newBucketOwner: .newOwner
      case .objectOwnership: .objectOwnership
      case .blockPublicAccess: .blockPublicAccess
      }
    }
  }

  /// The rails that a plan would break.
  ///
  /// - Parameter last: the last good run; nil if there was none, and everything is new then.
  package func trips(by plan: PlanHeader, after last: LastRun?) -> [Trip] {
    var trips = amounts(plan)
    if let last, !acceptsNew { trips += news(plan, last) }
    return trips
  }

  private func amounts(_ plan: PlanHeader) -> [Trip] {
    let summary = plan.summary
    let changes = summary.writableChanges
    var trips: [Trip] = []
    if changes > maximumChanges { trips.append(.changes(changes, limit: maximumChanges)) }
    // 100 percent always pass.
    if changes >= Self.fewChanges, maximumChangesPercent < 100,
      Double(changes) * 100 > maximumChangesPercent * Double(summary.listed)
    {
      trips.append(.changesPercent(changes: changes, listed: summary.listed, limit: maximumChangesPercent))
    }
    if let maximumCopyBytes, summary.bytesToCopy > maximumCopyBytes {
      trips.append(.copyBytes(summary.bytesToCopy, limit: maximumCopyBytes))
    }
    if !allowsIrreversible, summary.copies > 0, plan.bucket.versioning != .enabled {
      trips.append(.irreversible(copies: summary.copies, plan.bucket.versioning))
    }
    return trips
  }

  private func news(_ plan: PlanHeader, _ last: LastRun) -> [Trip] {
    var trips: [Trip] = []
    let (bucket, known) = (plan.bucket, last.bucket)
    var named: Set<Grant> = []
    for reader in plan.desired.readers {
      if let grant = reader.grant { named.insert(grant) }
      if !last.knows(reader) { trips.append(.newReader(reader)) }
    }
    for grant in plan.desired.grants where !named.contains(grant) && !last.knows(grant) {
      trips.append(.newGrantee(grant))
    }
    for (id, owner) in plan.summary.owners.sorted(by: { $0.key < $1.key })
    where id != bucket.owner && !last.owners.contains(id) {
      trips.append(.newOwner(id, objects: owner.objects))
    }
    if bucket.owner != known.owner { trips.append(.newBucketOwner(was: known.owner, now: bucket.owner)) }
    // What cannot be seen now is told by a warning, and stays as it was known.
    if let now = bucket.objectOwnership, now != known.objectOwnership {
      trips.append(.objectOwnership(was: known.objectOwnership, now: now))
    }
    let blocks = [
      (false, known.publicAccessBlock, bucket.publicAccessBlock),
      (true, known.accountPublicAccessBlock, bucket.accountPublicAccessBlock),
    ]
    for (isAccounts, was, now) in blocks {
      if let now, now != was { trips.append(.blockPublicAccess(ofAccount: isAccounts, was: was, now: now)) }
    }
    return trips
  }
}

extension PlanSummary {
  /// Changes that an apply makes: all but the blocked ones.
  package var writableChanges: Int { changes - (actions[.blocked] ?? 0) }
}
