import S3Kit
import Testing

@testable import FixACLKit

@Suite struct ACLTableTests {
  private static let acls: [AccessControlList] = [
    .owned(by: Sample.tools), .owned(by: Sample.tools, .user(Sample.oai)), .owned(by: Sample.site),
    .owned(by: Sample.tools, .publicRead), .owned(by: Sample.tools, .user(Sample.other, .writeACP)),
    AccessControlList(owner: Sample.tools, grants: []),
  ]

  /// The first 12 digits of the SHA-256 of the ACL as a plan has it: a promise, since plans are read by others too.
  @Test func namesByContent() {
    // printf '{"owner":"a","grants":[]}' | sha256sum
    #expect(ACLTable.name(of: AccessControlList(owner: CanonicalID("a"), grants: [])).text == "48b27080732d")
    // printf '{"owner":"a","grants":[{"id":"a","permission":"FULL_CONTROL"},{"uri":"u","permission":"READ"}]}' | …
    let acl = AccessControlList(
      owner: CanonicalID("a"), grants: [Grant(.group("u"), .read), .user(CanonicalID("a"), .fullControl)])
    #expect(ACLTable.name(of: acl).text == "500d396347bd")
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

  @Test func merges() {
    var whole = ACLTable()
    var parts = [ACLTable(), ACLTable()]
    for (index, acl) in Self.acls.enumerated() {
      _ = whole.insert(acl)
      _ = parts[index % 2].insert(acl)
      // Some are in both.
      if index % 3 == 0 { _ = parts[1 - index % 2].insert(acl) }
    }
    var merged = parts[1]
    merged.merge(parts[0])
    merged.merge(ACLTable())
    #expect(merged == whole)
    for acl in Self.acls { #expect(merged[ACLTable.name(of: acl)] == acl) }
    #expect(merged[ACLName("nothing")] == nil)
  }
}
