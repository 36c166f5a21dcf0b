internal import AWSKit

/// A scan whose objects come from a report instead of a listing.
package struct InventoryScan: Sendable {
  package let report: InventoryReport
  package let refresh: InventoryRefresh

  package init(report: InventoryReport, refresh: InventoryRefresh) {
    self.report = report
    self.refresh = refresh
  }
}

/// Decides what a page of a report tells of its objects, and asks the bucket for the rest.
struct ReportedObjects: Sendable {
  /// What is known of the objects of a page.
  struct Answer: Sendable {
    let chunk: ScanChunk
    /// The record, if the report tells everything.
    let record: ScanRecord?
    /// How many objects were looked up in the bucket.
    let lookedUp: Int
    let namesOwners: Bool
  }

  /// What becomes of a row.
  private enum Row {
    case excluded
    case settled
    case candidate(ScanChunk.Candidate)
    /// The bucket must be asked.
    case asked(version: String?)
  }

  /// Objects whose repair is the same, as far as the report tells.
  private struct Kind: Hashable {
    let owner: InventoryRecord.Text
    let acl: InventoryRecord.Text
    let usesKMS: Bool?
    let isNoncurrent: Bool
  }

  /// What is known of a kind.
  private struct Knowledge {
    let acl: AccessControlList?
    let finding: ObjectAssessor.Finding?
  }

  /// A page of the bucket's listing answers for so many objects.
  private static let pageLength = 1000
  /// From so many spared questions on, a page of the listing is worth its while.
  private static let worthwhile = 4

  private let scan: InventoryScan
  private let bucketOwner: CanonicalID
  private let filter: ScanFilter
  private let assessor: ObjectAssessor
  private let lookup: KeyLookup
  private let allVersions: Bool
  /// Whether public grants have no effect, and are not shown.
  private let hidesPublicGrants: Bool

  init(
    _ scan: InventoryScan, bucket: BucketSettings, filter: ScanFilter, assessor: ObjectAssessor, lookup: KeyLookup,
    allVersions: Bool
  ) {
    self.scan = scan
    bucketOwner = bucket.owner
    self.filter = filter
    self.assessor = assessor
    self.lookup = lookup
    self.allVersions = allVersions
    hidesPublicGrants = bucket.effectivePublicAccessBlock.ignorePublicAcls
  }

  /// The objects of the report, page by page.
  func pages() -> InventoryMerge {
    scan.report.merge { [filter, bucketOwner] time in filter.admits(bucketOwner, modified: time.timestamp) }
  }

  /// - Throws: `AWSError`, `BucketScanner.Failure`, `FileFormatError`.
  func answer(to page: InventoryPage, namesOwners: Bool, budget: ACLBudget) async throws -> Answer {
    var (keys, rows): ([ObjectKey], [Row]) = ([], [])
    var known: [Kind: Knowledge] = [:]
    try page.forEach { key, record in
      keys.append(key)
      rows.append(row(key, record, &known))
    }
    let (lookedUp, named) = try await ask(&rows, keys, of: page, namesOwners: namesOwners)
    var listed = page.listed
    var candidates: [ScanChunk.Candidate] = []
    for row in rows {
      switch row {
      case .excluded, .asked: break
      case .settled: listed += 1
      case .candidate(let candidate):
        listed += 1
        candidates.append(candidate)
      }
    }
    let chunk = ScanChunk(
      interval: KeyInterval(), order: page.number, listed: listed, candidates: candidates[...])
    let findings = candidates.compactMap(\.finding)
    return Answer(
      chunk: chunk,
      record: findings.count == candidates.count ? ScanRecord(chunk, findings: findings, budget: budget) : nil,
      lookedUp: lookedUp, namesOwners: named)
  }

  private func row(_ key: ObjectKey, _ record: InventoryRecord, _ known: inout [Kind: Knowledge]) -> Row {
    let isNoncurrent = allVersions && !record.flags.contains(.isLatest)
    var version: ListedObject.Version?
    if allVersions {
      let id = record.versionID.isEmpty ? "null" : String(decoding: record.versionID, as: UTF8.self)
      version = ListedObject.Version(id: id, isLatest: !isNoncurrent, isDeleteMarker: false)
    }
    guard !record.flags.contains(.isIncomplete), let owner = scan.report.owner(record.owner) else {
      return .asked(version: version?.id)
    }
    guard filter.admits(owner, modified: record.time.timestamp) else { return .excluded }
    let isOwn = owner == bucketOwner
    if scan.refresh == .all, !isOwn { return .asked(version: version?.id) }
    let kind = Kind(
      owner: record.owner, acl: record.acl,
      usesKMS: record.flags.contains(.tellsKMS) ? record.flags.contains(.usesKMS) : nil, isNoncurrent: isNoncurrent)
    let knowledge = known[kind] ?? knowledge(of: kind, owner: owner)
    known[kind] = knowledge
    if scan.refresh == .changed {
      // Whatever costs requests anyway is looked at from the beginning.
      guard let finding = knowledge.finding, finding.need.map({ $0.action == .blocked }) ?? true else {
        return .asked(version: version?.id)
      }
    }
    let object = ListedObject(
      key: key, etag: String(decoding: record.etag, as: UTF8.self), size: record.size, lastModified: record.time.text,
      storageClass: record.storageClass, owner: owner, version: version)
    var candidate = ScanChunk.Candidate(object, owner: owner, isOwn: isOwn)
    candidate.reported = knowledge.acl
    candidate.finding = assessor.refusal(of: object) ?? knowledge.finding
    return .candidate(candidate)
  }

  private func knowledge(of kind: Kind, owner: CanonicalID) -> Knowledge {
    guard var grants = scan.report.grants(kind.acl) else { return Knowledge(acl: nil, finding: nil) }
    if hidesPublicGrants { grants.removeAll { $0.grantee.isPublic } }
    let acl = AccessControlList(owner: owner, grants: grants)
    return Knowledge(
      acl: acl, finding: assessor.finding(for: acl, usesKMS: kind.usesKMS, isNoncurrent: kind.isNoncurrent))
  }

  // MARK: - What the report does not tell

  /// Asks the bucket for the objects of rows that say so, and puts what it answers in their place.
  private func ask(
    _ rows: inout [Row], _ keys: [ObjectKey], of page: InventoryPage, namesOwners: Bool
  ) async throws -> (count: Int, namesOwners: Bool) {
    var wanted: [ObjectKey] = []
    for (key, row) in zip(keys, rows) {
      if case .asked = row, key != wanted.last { wanted.append(key) }
    }
    guard !wanted.isEmpty else { return (0, false) }
    let batches = stride(from: 0, to: wanted.count, by: KeyBatch.maximumKeys).map {
      Array(wanted[$0..<min(wanted.count, $0 + KeyBatch.maximumKeys)])
    }
    // As if what is asked for were spread evenly.
    let spared = wanted.count * Self.pageLength / max(page.rows + page.listed, 1)
    let found = try await withThrowingTaskGroup(of: [(ObjectKey, [ListedObject])].self) { group in
      for batch in batches {
        group.addTask {
          let batch = KeyBatch(
            interval: KeyInterval(), keys: batch, beginsWithPage: spared >= Self.worthwhile && batch.count > 1)
          return Array(zip(batch.keys, try await lookup.objects(of: batch)))
        }
      }
      var found: [ObjectKey: [ListedObject]] = [:]
      for try await part in group { found.merge(part) { first, _ in first } }
      return found
    }
    var count = 0
    var named = false
    for index in rows.indices {
      guard case .asked(let version) = rows[index] else { continue }
      count += 1
      let objects = found[keys[index]] ?? []
      guard let object = objects.first(where: { version == nil || $0.version?.id == version }) else {
        rows[index] = .excluded
        continue
      }
      let listed = ListedObjects([object])
      if !listed.owners.isEmpty { named = true }
      switch try ScanFilter.Page(filter, listed, namesOwners: namesOwners || named).verdict(at: 0) {
      case .excluded: rows[index] = .excluded
      case .settled: rows[index] = .settled
      case .candidate(let owner, let isOwn, let problem):
        rows[index] = .candidate(ScanChunk.Candidate(object, owner: owner, isOwn: isOwn, problem: problem))
      }
    }
    return (count, named)
  }
}
