import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct ChangeTests {
  /// Two ACLs of the owner that sample changes have, under short names.
  private static let acls: ACLTable = {
    var table = ACLTable()
    table.insert(.owned(by: Sample.tools), named: ACLName("f"))
    table.insert(.owned(by: Sample.tools, .user(Sample.oai)), named: ACLName("t"))
    return table
  }()

  private static func line(_ change: Change) -> String {
    var json = JSONWriter()
    change.write(to: &json, acls: acls)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private static let beginning =
    #"{"key":"k","etag":"e1","size":10,"lastModified":"2026-11-20T10:00:00.000Z","#

  @Test func isOneLineWithItsMembersInOrder() {
    let change = Sample.change("k", from: ACLName("f"), to: ACLName("t"))
    #expect(Self.line(change) == Self.beginning + #""action":"grant","from":"f","to":"t"}"#)
    var blocked = Sample.change("a \"b\"", action: .blocked, from: nil, to: nil, reason: .archived)
    blocked.versionID = "v"
    #expect(
      Self.line(blocked)
        == #"{"key":"a \"b\"","versionId":"v","etag":"e1","size":10,"lastModified":"2026-11-20T10:00:00.000Z","#
        + #""owner":"\#(OwnerNames.name(of: Sample.tools))","action":"blocked","reason":"archived"}"#)
  }

  /// The owner of the ACL goes without saying; another is said.
  @Test func anOwnerThatTheACLDoesNotHaveIsNamed() throws {
    let change = Sample.change("k", owner: Sample.other, from: ACLName("f"), to: ACLName("t"))
    let name = OwnerNames.name(of: Sample.other)
    #expect(Self.line(change) == Self.beginning + #""owner":"\#(name)","action":"grant","from":"f","to":"t"}"#)
    try expectRoundTrip(change)
  }

  /// 230 bytes beyond its key, with an ETag of 32 digits, up to a gigabyte, and real ACL names.
  @Test(arguments: [ChangeAction.grant, .copy, .blocked])
  func aChangeTakesFewBytes(action: ChangeAction) {
    var table = ACLTable()
    let from = table.insert(.owned(by: Sample.tools))
    let to = table.insert(.owned(by: Sample.tools, .user(Sample.oai)))
    var change = Sample.change(
      "k", etag: String(repeating: "a", count: 32), size: 999_999_999, action: action,
      from: action == .blocked ? nil : from, to: action == .blocked ? nil : to,
      reason: action == .blocked ? .bucketOwnerCredentialsMissing : .readerMissing)
    if action == .copy { change.preserved = AttributesDigest([]) }
    var json = JSONWriter()
    change.write(to: &json, acls: table)
    #expect(json.bytes.count + ",\n".utf8.count - change.key.bytes.count <= 230)
  }

  @Test(arguments: Sample.oddKeys)
  func oddKeysComeBack(key: String) throws {
    var change = Sample.change(key, etag: key, owner: CanonicalID(key), from: nil, to: nil)
    change.versionID = key
    change.lastModified = key
    change.preserved = AttributesDigest(key)
    try expectRoundTrip(change)
  }

  @Test(arguments: ChangeAction.allCases, ChangeReason.allCases)
  func everyActionAndReasonComesBack(action: ChangeAction, reason: ChangeReason) throws {
    let change = Sample.change(
      size: .max, action: action, from: reason == .aclUnknown ? nil : ACLName("f"),
      to: action == .blocked ? nil : ACLName("t"), reason: reason)
    try expectRoundTrip(change)
  }

  private func expectRoundTrip(_ change: Change) throws {
    let owners = OwnerNames([change.owner, Sample.tools])
    let read = try Change(parsing: Array(Self.line(change).utf8)[...], acls: Self.acls, owners: owners)
    #expect(read == change)
    // Swift's == forgives other normalization.
    #expect(read.key.bytes == change.key.bytes)
    #expect(Array(read.etag.utf8) == Array(change.etag.utf8))
  }

  @Test func whatACopyKeepsIsWrittenAtTheEnd() {
    var change = Sample.change("k", action: .copy, from: ACLName("f"), to: ACLName("t"))
    let line = Self.beginning + #""action":"copy","from":"f","to":"t""#
    for (kept, tags, rest) in [
      (nil, nil, "}"), ("0a", nil, #","preserved":"0a"}"#), (nil, "0b", #","tags":"0b"}"#),
      ("0a", "0b", #","preserved":"0a","tags":"0b"}"#),
    ] as [(String?, String?, String)] {
      change.preserved = kept.map { AttributesDigest($0) }
      change.tags = tags.map { AttributesDigest($0) }
      #expect(Self.line(change) == line + rest)
    }
  }

  @Test(arguments: [nil, "", "44136fa355b3", "\"\n"] as [String?], [nil, "", "666c1aa02e80", "}"] as [String?])
  func fingerprintsComeBack(kept: String?, tags: String?) throws {
    var change = Sample.change(action: .copy, from: ACLName("f"), to: ACLName("t"))
    change.preserved = kept.map { AttributesDigest($0) }
    change.tags = tags.map { AttributesDigest($0) }
    try expectRoundTrip(change)
  }

  /// What earlier versions wrote: everything spelled out.
  @Test func linesOfEarlierVersionsAreRead() throws {
    let line =
      Self.beginning.dropLast()
      + #","versionId":null,"owner":"\#(Sample.tools.value)","action":"grant","from":"f","to":"t","reason":"reader-missing"}"#
    let change = try Change(parsing: Array(line.utf8)[...], acls: Self.acls, owners: OwnerNames([]))
    #expect(change == Sample.change("k", from: ACLName("f"), to: ACLName("t")))
  }

  @Test(arguments: [
    "", "{}", "[]", "null", #"{"key":"k"}"#, beginning + #""action":"grant"}"#,
    beginning + #""action":"burn","from":"f","to":"t"}"#,
    beginning + #""action":"grant","from":"f","to":"t","reason":"why"}"#,
    beginning + #""action":"grant","from":"f","to":"t"} x"#, beginning + #""action":"grant","from":"f","to":"t""#,
    #"{"key":"","etag":"e","size":1,"lastModified":"","action":"grant","from":"f","to":"t"}"#,
    #"{"key":"k","etag":"e","size":99999999999999999999,"lastModified":"","action":"grant","from":"f","to":"t"}"#,
    #"{"key":"k","etag":"e","size":"1","lastModified":"","action":"grant","from":"f","to":"t"}"#,
    #"{"key":"\ud800","etag":"e","size":1,"lastModified":"","action":"grant","from":"f","to":"t"}"#,
    #"{"key":"\x","etag":"e","size":1,"lastModified":"","action":"grant","from":"f","to":"t"}"#,
    "{\"key\":\"a\u{1}\",\"etag\":\"e\",\"size\":1,\"lastModified\":\"\",\"action\":\"grant\",\"from\":\"f\",\"to\":\"t\"}",
  ])
  func damagedLinesAreRefused(line: String) {
    #expect(throws: JSONLineReader.Damage.self) {
      _ = try Change(parsing: Array(line.utf8)[...], acls: Self.acls, owners: OwnerNames([Sample.tools]))
    }
  }

  /// JSON that others write: blanks, escapes, and members of a later version.
  @Test func whateverIsJSONIsRead() throws {
    let line =
      #" { "later" : [ {"a": [1, -2.5e3, true]}, "\"" ], "key":"\u006b\/\ud83d\ude00\n" , "etag":"e1","size": 10 ,"#
      + #""lastModified":"2026-11-20T10:00:00.000Z","action":"grant","from":"f","to":"t","newer":null } "#
    let change = try Change(parsing: Array(line.utf8)[...], acls: Self.acls, owners: OwnerNames([]))
    #expect(change == Sample.change("k/\u{1f600}\n", from: ACLName("f"), to: ACLName("t")))
  }
}
