import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

private let site = Sample.site
private let tools = Sample.tools
private let guest = Sample.guest

/// Which listed objects a scan counts and looks at.
@Suite struct ScanFilterTests {
  private static func object(
    _ owner: CanonicalID? = tools, modified: String = "2026-11-20T10:00:00.000Z", isIncomplete: Bool = false
  ) -> ListedObject {
    ListedObject(
      key: ObjectKey("k"), etag: "e", size: 1, lastModified: modified, storageClass: "STANDARD", owner: owner,
      isIncomplete: isIncomplete)
  }

  /// What becomes of an object: excluded, settled, candidate, own candidate or a candidate's problem.
  private static func verdict(_ object: ListedObject, _ selection: ObjectSelection, grants: [Grant] = Sample.readers)
    throws -> String
  {
    var desired = Sample.desired(grants: grants)
    desired.selection = selection
    let filter = ScanFilter(bucketOwner: site, desired: desired)
    // Others on the page, so that owners have numbers.
    let page = ListedObjects([Self.object(guest), Self.object(site), object])
    switch try ScanFilter.Page(filter, page).verdict(at: 2) {
    case .excluded: return "excluded"
    case .settled: return "settled"
    case .candidate(_, let isOwn, let problem): return problem ?? (isOwn ? "own candidate" : "candidate")
    }
  }

  @Test(
    arguments: [
      (tools, [], false, "candidate"), (site, [], false, "settled"), (site, [], true, "own candidate"),
      (tools, [tools], false, "candidate"), (tools, [guest, tools], false, "candidate"),
      (tools, [guest], false, "excluded"), (site, [tools], false, "excluded"), (site, [tools], true, "excluded"),
      (site, [site], true, "own candidate"), (tools, [site], true, "excluded"),
      (nil, [tools], false, "the listing does not name its owner"),
    ] as [(CanonicalID?, [CanonicalID], Bool, String)])
  func owners(owner: CanonicalID?, wanted: [CanonicalID], includesOwn: Bool, expected: String) throws {
    let selection = ObjectSelection(owners: wanted, includesOwn: includesOwn)
    #expect(try Self.verdict(Self.object(owner), selection) == expected)
  }

  /// If no grant helps anybody, ACLs of own objects need not be read.
  @Test func ownObjectsWithoutGrants() throws {
    #expect(try Self.verdict(Self.object(site), ObjectSelection(includesOwn: true), grants: []) == "settled")
  }

  @Test(
    arguments: [
      ("2026-11-20T10:00:00.000Z", "candidate"), ("2026-11-20T10:00:00Z", "candidate"),
      ("2026-11-20T10:00:00.999Z", "candidate"), ("2026-11-20T09:59:59.999Z", "excluded"),
      ("2026-11-20T11:00:00+01:00", "candidate"), ("2026-11-20T10:00:00+01:00", "excluded"),
      ("2027-01-01T00:00:00.000Z", "candidate"), ("2025-12-31T23:59:59.000Z", "excluded"),
      ("", "the listing does not tell when it was modified"),
      ("yesterday", "the listing does not tell when it was modified"),
    ])
  func modification(time: String, expected: String) throws {
    let selection = ObjectSelection(modifiedSince: Timestamp(iso8601: "2026-11-20T10:00:00Z"))
    #expect(try Self.verdict(Self.object(modified: time), selection) == expected)
    // Nobody asks when own objects were modified.
    let ofOwn = expected == "excluded" ? "excluded" : "settled"
    #expect(try Self.verdict(Self.object(site, modified: time), selection) == ofOwn)
    #expect(try Self.verdict(Self.object(modified: time), ObjectSelection()) == "candidate")
  }

  @Test func incompleteEntries() throws {
    let problem = "the listing does not tell its ETag or its size"
    #expect(try Self.verdict(Self.object(isIncomplete: true), ObjectSelection()) == problem)
    #expect(try Self.verdict(Self.object(site, isIncomplete: true), ObjectSelection()) == "settled")
    #expect(try Self.verdict(Self.object(isIncomplete: true), ObjectSelection(owners: [guest])) == "excluded")
  }
}
