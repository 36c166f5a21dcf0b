import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

@Suite struct ACLTableTests {
  private static let acls: [AccessControlList] = [
    .owned(by: Sample.tools), .owned(by: Sample.tools, .user(Sample.oai)), .owned(by: Sample.site),
    .owned(by: Sample.tools, .publicRead), .owned(by: Sample.tools, .user(Sample.other, .writeACP)),
    AccessControlList(owner: Sample.tools, grants: []),
  ]

  /// The first 128 bits of the SHA-256 of the ACL as a plan has it: a promise, since plans are read by others too.
  @Test func namesByContent() {
    // printf '{"owner":"a","grants":[]}' | openssl dgst -sha256 -binary | head -c 16 | basenc --base64url
    #expect(ACLTable.name(of: AccessControlList(owner: CanonicalID("a"), grants: [])).text == "SLJwgHMt1RwWsxhHxxtnZg")
    // printf '{"owner":"a","grants":[{"id":"a","permission":"FULL_CONTROL"},{"uri":"u","permission":"READ"}]}' | …
    let acl = AccessControlList(
      owner: CanonicalID("a"), grants: [Grant(.group("u"), .read), .user(CanonicalID("a"), .fullControl)])
    #expect(ACLTable.name(of: acl).text == "UA05Y0e9jfYPTjNWFjHg1g")
  }

  @Test(
    arguments: [
      // 128 bits, all of them, and what earlier versions wrote.
      ("SLJwgHMt1RwWsxhHxxtnZg", true), ("SLJwgHMt1RwWsxhHxxtnZuDO59IHPE-EtHlu0VQse0o", true), ("48b27080732d", true),
      ("48b27080732e", false), ("48B27080732D", false), ("48b27080732d0d", false), ("48b27080732", false), ("", false),
      ("SLJwgHMt1RwWsxhHxxtnZgA", false), ("sljWGhmT1rWwSXHhXXTNzG", false),
    ])
  func namesOfAllVersionsAreKnown(name: String, isKnown: Bool) {
    let acl = AccessControlList(owner: CanonicalID("a"), grants: [])
    #expect(ACLTable.isName(name, of: acl) == isKnown)
  }

  /// Two ACLs whose SHA-256 begin with the same 48 bits, found by trying 32 million: an uploader can have both.
  @Test func aClashOfEarlierNamesIsNone() throws {
    let acls = ["22041569", "22301411"].map { AccessControlList(owner: CanonicalID($0), grants: []) }
    try #require(acls.allSatisfy { ACLTable.isName("da14da8ffa8d", of: $0) })
    var table = ACLTable()
    let names = acls.map { table.insert($0) }
    #expect(names[0] != names[1])
    #expect(names.map { table[$0] } == acls)
  }

  @Test func noNameEverMeansTwoACLs() throws {
    var table = ACLTable()
    let taken = ACLTable.name(of: Self.acls[1])
    let isFirst = table.insert(Self.acls[0], named: taken)
    #expect(isFirst)
    // Whoever is called otherwise already.
    let isSecond = table.insert(Self.acls[2], named: taken)
    #expect(!isSecond)
    let name = table.insert(Self.acls[1])
    #expect(name != taken && table[name] == Self.acls[1] && table[taken] == Self.acls[0])
    #expect(ACLTable.isName(name.text, of: Self.acls[1]))
    var other = ACLTable()
    _ = other.insert(Self.acls[1])
    #expect(throws: FileFormatError.self) { try table.merge(other) }
    #expect(table[taken] == Self.acls[0])
  }

  @Test func namesAreOfTheSetOfGrants() {
    let grants: [Grant] = [.user(Sample.tools, .fullControl), .user(Sample.oai), .publicRead]
    let name = ACLTable.name(of: AccessControlList(owner: Sample.tools, grants: grants))
    #expect(ACLTable.name(of: AccessControlList(owner: Sample.tools, grants: grants.reversed())) == name)
    #expect(ACLTable.name(of: AccessControlList(owner: Sample.tools, grants: grants + grants)) == name)
    #expect(Set(Self.acls.map { ACLTable.name(of: $0) }).count == Self.acls.count)
  }

  @Test func isTheSameWhateverCameFirst() {
    var forward = ACLTable()
    var backward = ACLTable()
    for acl in Self.acls { #expect(forward.insert(acl) == ACLTable.name(of: acl)) }
    for acl in Self.acls.reversed() { _ = backward.insert(acl) }
    #expect(forward == backward)
    #expect(forward.sorted.map(\.name) == backward.sorted.map(\.name))
    #expect(forward.sorted.map(\.name) == forward.sorted.map(\.name).sorted())
    #expect(forward.sorted.map(\.acl) == backward.sorted.map(\.acl))
    // Again changes nothing.
    _ = forward.insert(Self.acls[0])
    #expect(forward == backward)
    #expect(forward.acls.count == Self.acls.count)
  }

  @Test func merges() throws {
    var whole = ACLTable()
    var parts = [ACLTable(), ACLTable()]
    for (index, acl) in Self.acls.enumerated() {
      _ = whole.insert(acl)
      _ = parts[index % 2].insert(acl)
      // Some are in both.
      if index % 3 == 0 { _ = parts[1 - index % 2].insert(acl) }
    }
    var merged = parts[1]
    try merged.merge(parts[0])
    try merged.merge(ACLTable())
    #expect(merged == whole)
    for acl in Self.acls { #expect(merged[ACLTable.name(of: acl)] == acl) }
    #expect(merged[ACLName("nothing")] == nil)
  }
}
