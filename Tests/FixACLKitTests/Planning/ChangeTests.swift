import S3Kit
import Testing

@testable import FixACLKit

@Suite struct ChangeTests {
  @Test func isOneLineWithItsMembersInOrder() {
    var json = JSONWriter()
    Sample.change("a \"b\"", from: ACLName("f"), to: ACLName("t")).write(to: &json)
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == #"{"key":"a \"b\"","versionId":null,"etag":"e1","size":10,"lastModified":"2026-11-20T10:00:00.000Z","#
        + #""owner":"\#(Sample.tools.value)","action":"grant","from":"f","to":"t","reason":"reader-missing"}"#)
  }

  @Test(arguments: Sample.oddKeys)
  func oddKeysComeBack(key: String) throws {
    var change = Sample.change(key, etag: key, owner: CanonicalID(key), from: ACLName(key), to: nil)
    change.versionID = key
    change.lastModified = key
    try expectRoundTrip(change)
  }

  @Test(arguments: ChangeAction.allCases, ChangeReason.allCases)
  func everyActionAndReasonComesBack(action: ChangeAction, reason: ChangeReason) throws {
    let change = Sample.change(
      size: .max, action: action, from: reason == .aclUnknown ? nil : ACLName("a"),
      to: action == .blocked ? nil : ACLName("b"), reason: reason)
    try expectRoundTrip(change)
    #expect(!reason.explanation.isEmpty)
  }

  private func expectRoundTrip(_ change: Change) throws {
    var json = JSONWriter()
    change.write(to: &json)
    for end in ["", "\n", ",\n"] {
      let line = json.bytes + end.utf8
      #expect(line.count { $0 == UInt8(ascii: "\n") } == (end.isEmpty ? 0 : 1))
      let read = try Change(parsing: line[...])
      #expect(read == change)
      // Swift's == forgives other normalization.
      #expect(read.key.bytes == change.key.bytes)
      #expect(Array(read.etag.utf8) == Array(change.etag.utf8))
    }
  }

  @Test func whatACopyKeepsIsWrittenAtTheEnd() {
    var change = Sample.change("k", action: .copy, from: ACLName("f"), to: ACLName("t"))
    let line =
      #"{"key":"k","versionId":null,"etag":"e1","size":10,"lastModified":"2026-11-20T10:00:00.000Z","#
      + #""owner":"\#(Sample.tools.value)","action":"copy","from":"f","to":"t","reason":"reader-missing""#
    for (kept, tags, rest) in [
      (nil, nil, "}"), ("0a", nil, #","kept":"0a"}"#), (nil, "0b", #","tags":"0b"}"#),
      ("0a", "0b", #","kept":"0a","tags":"0b"}"#),
    ] as [(String?, String?, String)] {
      change.kept = kept.map { Fingerprint($0) }
      change.tags = tags.map { Fingerprint($0) }
      var json = JSONWriter()
      change.write(to: &json)
      #expect(String(decoding: json.bytes, as: UTF8.self) == line + rest)
    }
  }

  @Test(arguments: [nil, "", "44136fa355b3", "\"\n"] as [String?], [nil, "", "666c1aa02e80", "}"] as [String?])
  func fingerprintsComeBack(kept: String?, tags: String?) throws {
    var change = Sample.change(action: .copy, from: ACLName("a"), to: ACLName("b"))
    change.kept = kept.map { Fingerprint($0) }
    change.tags = tags.map { Fingerprint($0) }
    try expectRoundTrip(change)
  }
}
