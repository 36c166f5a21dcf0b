import Crypto
import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// A plan in the making: changes and ACLs as a scan would find them, written where a test wants it.
struct SamplePlan {
  var createdAt = "2026-11-23T10:15:00Z"
  var bucket = Sample.bucket()
  var desired = Sample.desired()
  var changes: [Change] = []
  var acls = ACLTable()
  /// What the summary says beyond what follows from the changes.
  var listed = 0
  var alternative: OwnershipAlternative?

  /// Adds a change, with the ACLs by value.
  mutating func add(_ change: Change, from: AccessControlList?, to: AccessControlList?) {
    var change = change
    change.from = from.map { acls.insert($0) }
    change.to = to.map { acls.insert($0) }
    changes.append(change)
  }

  /// Adds a grant of READ to the reader.
  mutating func addGrant(_ key: String, etag: String = "e1", size: Int = 10) {
    add(
      Sample.change(key, etag: etag, size: size), from: .owned(by: Sample.tools),
      to: .owned(by: Sample.tools, .user(Sample.oai)))
  }

  /// Adds a copy, by the bucket owner.
  mutating func addCopy(_ key: String, etag: String = "e1", size: Int = 10, reason: ChangeReason = .readerMissing) {
    let from = AccessControlList.owned(by: Sample.tools, .user(Sample.site))
    add(
      Sample.change(key, etag: etag, size: size, action: .copy, reason: reason),
      from: reason == .aclUnknown ? nil : reason == .grantFirst ? .owned(by: Sample.tools) : from,
      to: .owned(by: Sample.site, .user(Sample.oai)))
  }

  mutating func addBlocked(_ key: String, reason: ChangeReason = .ownerCredentialsMissing) {
    add(Sample.change(key, owner: Sample.other, action: .blocked, reason: reason), from: nil, to: nil)
  }

  /// Some of each kind.
  static var mixed: SamplePlan {
    var plan = SamplePlan()
    plan.addGrant("a/1.html")
    plan.addGrant("a/2 \"odd\"\n.html")
    plan.addBlocked("b")
    plan.addCopy("c", size: 2000)
    plan.addCopy("d", reason: .grantFirst)
    plan.addCopy("e", reason: .aclUnknown)
    plan.listed = 9
    return plan
  }

  var summary: PlanSummary {
    var summary = PlanSummary()
    summary.listed = max(listed, changes.count)
    for change in changes {
      summary.foreign += 1
      summary.owners[change.owner, default: PlanSummary.Owner()].objects += 1
      summary.owners[change.owner, default: PlanSummary.Owner()].bytes += change.size
      summary.count(change)
    }
    return summary
  }

  var header: PlanHeader {
    PlanHeader(
      tool: "fixacl 0.1.0", createdAt: createdAt, bucket: bucket, desired: desired, summary: summary,
      alternative: alternative)
  }

  /// A change as a line of the plan.
  func line(_ change: Change) -> [UInt8] {
    var json = JSONWriter()
    change.write(to: &json, acls: acls)
    return json.bytes + ",\n".utf8
  }

  /// A line of a plan without ACLs, with or without its comma, as a change of one of the sample accounts.
  static func change(_ line: some Sequence<UInt8>) throws -> Change {
    var line = Array(line)
    while let last = line.last, last == UInt8(ascii: ",") || last == UInt8(ascii: "\n") { line.removeLast() }
    return try Change(
      parsing: line[...], acls: ACLTable(), owners: OwnerNames([Sample.site, Sample.tools, Sample.other]))
  }

  func write(to path: String, header: PlanHeader? = nil) throws {
    var spool = try PlanSpool(folder: "/tmp")
    for change in changes { try spool.append(line(change), firstKey: change.key) }
    try PlanWriter.write(header: header ?? self.header, acls: acls, spool: spool, to: .file(path))
  }

  /// Writes the plan into a folder and reads it back.
  func open(in folder: String) throws -> Plan {
    let path = folder + "/plan.json"
    try write(to: path)
    return try Plan(path: path)
  }
}

/// A plan's text, changed at will, with a digest that fits: what anybody can make who has an editor and `sha256sum`.
struct DoctoredPlan {
  var text: String

  init(_ plan: SamplePlan, header: PlanHeader? = nil) throws {
    text = try withTemporaryFolder { folder in
      try plan.write(to: folder + "/plan.json", header: header)
      return String(decoding: try readBytes(folder + "/plan.json"), as: UTF8.self)
    }
  }

  /// Replaces every place where a text stands; there must be one.
  mutating func replace(_ old: String, with new: String) {
    precondition(text.contains(old), "the plan has no \(old)")
    text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
  }

  /// Calls ACLs, owners and what copies keep as plans of earlier versions do.
  mutating func nameAsEarlier(_ plan: SamplePlan) {
    for (name, acl) in plan.acls.sorted {
      var json = JSONWriter()
      acl.write(to: &json)
      replace("\"\(name.text)\"", with: "\"\(ContentHash(of: json.bytes).earlierText)\"")
    }
    for owner in plan.summary.owners.keys {
      let earlier = ContentHash(of: Array(owner.value.utf8)).earlierText
      replace("\"\(OwnerNames.name(of: owner))\"", with: "\"\(earlier)\"")
    }
  }

  func write(to path: String) throws {
    let end = "\"digest\":\""
    let contents = Array(text.split(separator: end, omittingEmptySubsequences: false)[0].utf8)
    let digest = Hex.encode(SHA256.hash(data: contents))
    try writeBytes(contents + (end + "sha256:\(digest)\"\n}\n").utf8, to: path)
  }

  func open(in folder: String) throws -> Plan {
    try write(to: folder + "/plan.json")
    return try Plan(path: folder + "/plan.json")
  }

  /// Why it is refused.
  func refusal(sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    try withTemporaryFolder { folder in
      let error = try #require(throws: FileFormatError.self, sourceLocation: sourceLocation) { try open(in: folder) }
      #expect(error.description.contains("plan.json is not a usable plan: "), sourceLocation: sourceLocation)
      return error.description
    }
  }
}

extension Plan {
  /// All changes of the plan.
  func allChanges() throws -> [Change] {
    var result: [Change] = []
    var changes = changes()
    while let (index, change) = try changes.next() {
      precondition(index == result.count)
      result.append(change)
    }
    return result
  }
}
