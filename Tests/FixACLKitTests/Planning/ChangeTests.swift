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
}
