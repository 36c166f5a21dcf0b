import FixACLKit
import AWSKit

/// A plan with a change of every kind, for the journals and checkpoints that are read.
enum SampleRun {
  static let site = CanonicalID("5173000000000000000000000000000000000000000000000000000000005173")
  static let tools = CanonicalID("7001000000000000000000000000000000000000000000000000000000007001")
  static let reader = CanonicalID("0a1f000000000000000000000000000000000000000000000000000000000a1f")

  static let bucket = BucketSettings(
    name: "assets", region: "eu-west-1", endpoint: "http://127.0.0.1:8000", owner: site, versioning: .enabled,
    objectOwnership: .objectWriter, publicAccessBlock: PublicAccessBlock())

  static let desired = Intent(
    grants: [], readers: [Reader(.grantRead, .canonicalUser(reader, .read))], strategy: .auto,
    dropPublicGrants: .whenBlocked, filter: KeyFilter())

  static let identity = CheckpointIdentity(
    tool: "fixacl fuzz", bucket: bucket, desired: desired, accounts: [site, tools])

  static let openFrom = owned(by: tools, Grant(.canonicalUser(site), .fullControl))

  static func owned(by owner: CanonicalID, _ grants: Grant...) -> AccessControlList {
    AccessControlList(owner: owner, grants: [Grant(.canonicalUser(owner), .fullControl)] + grants)
  }

  /// Writes the plan.
  static func writePlan(to name: String) {
    let grant = Grant(.canonicalUser(reader), .read)
    var acls = ACLTable()
    let closed = acls.insert(owned(by: tools))
    let granted = acls.insert(owned(by: tools, grant))
    let open = acls.insert(openFrom)
    let copied = acls.insert(owned(by: site, grant))
    var changes: [Change] = []
    func add(_ key: String, _ action: ChangeAction, _ from: ACLName?, _ to: ACLName?, _ reason: ChangeReason) {
      changes.append(
        Change(
          key: ObjectKey(key), etag: "e1", size: 10, lastModified: "2026-11-20T10:00:00.000Z", owner: tools,
          action: action, from: from, to: to, reason: reason))
    }
    add("a/1.html", .grant, closed, granted, .readerMissing)
    add("a/2 \"odd\"\n.html", .grant, closed, granted, .readerMissing)
    add("b", .blocked, nil, nil, .ownerCredentialsMissing)
    add("c", .copy, open, copied, .readerMissing)
    add("d", .copy, closed, copied, .grantFirst)
    add("e", .copy, nil, copied, .aclUnknown)
    add("f", .copy, open, copied, .readerMissing)
    writePlan(to: name, changes: changes, acls: acls)
  }

  private static func writePlan(to name: String, changes: [Change], acls: ACLTable) {
    var summary = PlanSummary()
    summary.listed = changes.count
    for change in changes {
      summary.foreign += 1
      summary.owners[change.owner, default: PlanSummary.Owner()].objects += 1
      summary.owners[change.owner, default: PlanSummary.Owner()].bytes += change.size
      summary.count(change)
    }
    let header = PlanHeader(
      tool: "fixacl fuzz", createdAt: "2026-11-23T10:15:00Z", bucket: bucket, desired: desired, summary: summary)
    do {
      var spool = try PlanSpool(folder: FuzzFolder.shared.path)
      for change in changes {
        var json = JSONWriter()
        change.write(to: &json, acls: acls)
        try spool.append(json.bytes + ",\n".utf8, firstKey: change.key)
      }
      try PlanWriter.write(
        header: header, acls: acls, spool: spool, to: .file(FuzzFolder.shared.path(name)))
    } catch {
      fatalError("the harness can write a plan: \(error)")
    }
  }
}

extension Plan {
  /// All changes.
  func all() throws -> [Change] {
    var result: [Change] = []
    var changes = changes()
    while let (index, change) = try changes.next() {
      require(index == result.count, "changes are counted one by one")
      result.append(change)
    }
    return result
  }

  /// Writes what the plan says as another plan.
  func rewrite(to name: String) throws {
    var spool = try PlanSpool(folder: FuzzFolder.shared.path)
    var changes = changes()
    while let (_, change) = try changes.next() {
      var json = JSONWriter()
      change.write(to: &json, acls: acls)
      try spool.append(json.bytes + ",\n".utf8, firstKey: change.key, page: 0)
    }
    try PlanWriter.write(header: header, acls: acls, spool: spool, to: .file(FuzzFolder.shared.path(name)))
  }
}
