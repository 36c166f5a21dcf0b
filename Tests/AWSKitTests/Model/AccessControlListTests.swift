import Testing

@testable import AWSKit

@Suite struct AccessControlListTests {
  private static let owner = CanonicalID("owner")
  private static let reader = Grantee.canonicalUser(CanonicalID("reader"))
  private static let other = Grantee.canonicalUser(CanonicalID("other"))

  private static func acl(_ grants: Grant...) -> AccessControlList {
    AccessControlList(owner: owner, grants: grants)
  }

  @Test func grantsAreASortedSet() {
    let acl = Self.acl(
      Grant(.allUsers, .read), Grant(Self.reader, .readACP), Grant(Self.other, .writeACP),
      Grant(Self.reader, .read), Grant(Self.reader, .readACP), Grant(.authenticatedUsers, .read),
      Grant(.canonicalUser(CanonicalID("Reader")), .fullControl))
    #expect(
      acl.grants == [
        Grant(.canonicalUser(CanonicalID("Reader")), .fullControl), Grant(Self.other, .writeACP),
        Grant(Self.reader, .read), Grant(Self.reader, .readACP), Grant(.allUsers, .read),
        Grant(.authenticatedUsers, .read),
      ])
  }

  @Test func aGroupAndAUserOfTheSameNameAreTwo() {
    #expect(Grantee.group("x") != .canonicalUser(CanonicalID("x")))
    #expect(Grantee.canonicalUser(CanonicalID("x")) < .group("a"))
    #expect(!(Grantee.group("a") < .canonicalUser(CanonicalID("x"))))
    #expect(
      Self.acl(Grant(.group("x"), .read), Grant(.canonicalUser(CanonicalID("x")), .read)).grants.count == 2)
  }

  @Test func onlyTheTwoGroupsOfEverybodyArePublic() {
    #expect(Grantee.allUsers.isPublic)
    #expect(Grantee.authenticatedUsers.isPublic)
    #expect(!Grantee.group("http://acs.amazonaws.com/groups/s3/LogDelivery").isPublic)
    #expect(!Grantee.canonicalUser(CanonicalID(Grantee.allUsers.identifier)).isPublic)
  }

  // FULL_CONTROL of an object is READ, READ_ACP and WRITE_ACP; WRITE means nothing for an object.
  @Test(
    arguments: [
      ([.fullControl], .read, true), ([.fullControl], .readACP, true), ([.fullControl], .writeACP, true),
      ([.fullControl], .fullControl, true), ([.fullControl], .write, false),
      ([.read, .readACP, .writeACP], .fullControl, true), ([.read, .readACP], .fullControl, false),
      ([.write], .fullControl, false), ([.read], .readACP, false), ([.read], .read, true),
      ([.readACP], .writeACP, false), ([.write], .write, true), ([], .read, false),
    ] as [([Permission], Permission, Bool)])
  func fullControlIncludesTheRest(held: [Permission], asked: Permission, isIncluded: Bool) {
    let acl = AccessControlList(owner: Self.owner, grants: held.map { Grant(Self.reader, $0) })
    #expect(acl.includes(Grant(Self.reader, asked)) == isIncluded)
    #expect(!acl.includes(Grant(Self.other, asked)), "what one may says nothing of another")
  }

  @Test func rightsAreThoseOfTheGranteeAlone() {
    let acl = Self.acl(
      Grant(Self.reader, .read), Grant(Self.reader, .writeACP), Grant(.allUsers, .readACP))
    #expect(acl.rights(of: Self.reader) == [.read, .writeACP])
    #expect(acl.rights(of: .allUsers) == .readACP)
    #expect(acl.rights(of: Self.other) == [])
    #expect(acl.rights(of: .canonicalUser(Self.owner)) == [], "an owner's rights are no grant")
  }

  @Test(
    arguments: [
      ([], []),
      ([Grant(reader, .read)], [Grant(reader, .read)]),
      ([Grant(reader, .fullControl)], [Grant(reader, .fullControl), Grant(reader, .read)]),
      (
        [Grant(reader, .fullControl)],
        [Grant(reader, .read), Grant(reader, .readACP), Grant(reader, .writeACP)]
      ),
      ([Grant(reader, .read), Grant(other, .read)], [Grant(other, .read), Grant(reader, .read)]),
    ] as [([Grant], [Grant])])
  func theSameRightsAreEquivalentHoweverTheyAreWritten(left: [Grant], right: [Grant]) {
    let left = AccessControlList(owner: Self.owner, grants: left)
    let right = AccessControlList(owner: Self.owner, grants: right)
    #expect(left.isEquivalent(to: right))
    #expect(right.isEquivalent(to: left))
  }

  @Test(
    arguments: [
      ([Grant(reader, .read)], []),
      ([Grant(reader, .read)], [Grant(other, .read)]),
      ([Grant(reader, .read)], [Grant(reader, .readACP)]),
      ([Grant(reader, .fullControl)], [Grant(reader, .read), Grant(reader, .readACP)]),
      ([Grant(reader, .fullControl)], [Grant(reader, .fullControl), Grant(reader, .write)]),
      ([Grant(reader, .read)], [Grant(reader, .read), Grant(.allUsers, .read)]),
      ([Grant(.allUsers, .read)], [Grant(.authenticatedUsers, .read)]),
    ] as [([Grant], [Grant])])
  func otherRightsAreNot(left: [Grant], right: [Grant]) {
    let left = AccessControlList(owner: Self.owner, grants: left)
    let right = AccessControlList(owner: Self.owner, grants: right)
    #expect(!left.isEquivalent(to: right))
    #expect(!right.isEquivalent(to: left))
  }

  @Test func theOwnerIsAPartOfIt() {
    let grants = [Grant(Self.reader, .read)]
    let left = AccessControlList(owner: Self.owner, grants: grants)
    #expect(!left.isEquivalent(to: AccessControlList(owner: CanonicalID("Owner"), grants: grants)))
  }

  @Test func anIDIsShownSafelyAndComparedByBytes() {
    #expect(CanonicalID("a\u{1b}[2J").description == "a\\u{1b}[2J")
    #expect(CanonicalID("B") < CanonicalID("a"))
    #expect(!(CanonicalID("a") < CanonicalID("a")))
  }
}
