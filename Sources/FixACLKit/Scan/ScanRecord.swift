internal import AWSKit

/// A chunk that is listed and assessed completely: its changes as lines of the plan, and its share of the plan's other
/// parts.
struct ScanRecord: Sendable {
  let interval: KeyInterval
  let order: Int
  var firstKey = ObjectKey([])
  /// Each a line of JSON, followed by a comma and a line feed.
  var lines: [UInt8] = []
  var summary: PlanSummary
  var acls = ACLTable()
  var grantees: [Grantee: Int] = [:]

  /// - Parameters:
  ///   - findings: for the chunk's candidates, in order.
  ///   - budget: for the distinct ACLs of the scan.
  init(_ chunk: ScanChunk, findings: [ObjectAssessor.Finding], budget: ACLBudget) {
    interval = chunk.interval
    order = chunk.order
    summary = chunk.summary
    for (entry, finding) in zip(chunk.candidates, findings) {
      for grantee in Set(finding.acl?.grants.map(\.grantee) ?? []) { grantees[grantee, default: 0] += 1 }
      guard var need = finding.need else { continue }
      let object = entry.object
      var acl = finding.acl
      // Most are those of an object before, in this chunk.
      let new = [acl, need.to].compactMap(\.self).filter { !acls.contains($0) }
      if !new.isEmpty, !budget.admits(new) {
        need = ObjectAssessor.Need(action: .blocked, to: nil, reason: .tooManyACLs)
        acl = nil
      }
      if lines.isEmpty { firstKey = object.key }
      let change = Change(
        key: object.key, versionID: object.pinnedVersion, etag: object.etag, size: object.size,
        lastModified: object.lastModified, owner: entry.owner, action: need.action,
        from: acl.map { acls.insert($0) }, to: need.to.map { acls.insert($0) },
        reason: need.reason, preserved: need.preserved, tags: need.tags, failure: need.failure)
      summary.count(change)
      summary.count(change, storageClass: object.storageClass)
      var json = JSONWriter()
      change.write(to: &json, acls: acls)
      lines += json.bytes
      lines += ",\n".utf8
    }
  }
}
