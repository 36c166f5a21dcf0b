import AWSKit
import TestSupport
import Testing

@testable import FixACLKit

/// Which jobs a plan takes, and the manifests of each.
@Suite struct BatchManifestsTests {
  private static func text(_ manifests: BatchManifests, _ index: Int) throws -> String {
    var pieces = manifests.pieces(of: index)
    var bytes: [UInt8] = []
    while let piece = try pieces.next() { bytes += piece }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func oneJobForEachOwnerAndACL() throws {
    var manifests = BatchManifests(bucket: "assets", maximumBytes: 64)
    for (number, (owner, to)) in [
      (Sample.tools, "A"), (Sample.guest, "A"), (Sample.tools, "A"), (Sample.tools, "B"),
    ].enumerated() {
      let change = Sample.change("k\(number)", owner: owner, to: ACLName(to))
      _ = try manifests.add(change, to: try #require(BatchGroup(grant: change)))
    }
    #expect(manifests.entries.map(\.tasks) == [2, 1, 1])
    #expect(manifests.entries.map(\.group.account) == [Sample.tools, Sample.guest, Sample.tools])
    #expect(try Self.text(manifests, 0) == "assets,k0\nassets,k2\n")
    #expect(manifests.entries[0].length == 20)
  }

  /// A job's rows have versions, or none has.
  @Test func versionsHaveJobsOfTheirOwn() throws {
    var manifests = BatchManifests(bucket: "assets")
    for version in [nil, "v1", nil, "null"] {
      var change = Sample.change("k", to: ACLName("A"))
      change.versionID = version
      _ = try manifests.add(change, to: try #require(BatchGroup(grant: change)))
    }
    #expect(
      try (0..<2).map { try Self.text(manifests, $0) } == ["assets,k\nassets,k\n", "assets,k,v1\nassets,k,null\n"])
    #expect(BatchManifests.canName(version: "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo"))
    #expect(!BatchManifests.canName(version: "a,b") && !BatchManifests.canName(version: "a\nb"))
  }

  @Test(arguments: Sample.oddKeys) func keysAreEncoded(key: String) throws {
    let row = BatchManifests.row(of: Sample.change(key), in: "b", withVersion: false)
    #expect(row.last == UInt8(ascii: "\n") && row.dropLast().allSatisfy { (0x21..<0x7f).contains($0) })
    let fields = row.dropLast().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    try #require(fields.count == 2)
    #expect(PercentEncoding.decode(fields[1]) == ObjectKey(key).bytes)
  }

  @Test func copiesAreGroupedByWhatAJobAsksFor() throws {
    var manifests = BatchManifests(bucket: "assets")
    for attributes in [
      BatchCopy.Attributes(storageClass: "STANDARD"), BatchCopy.Attributes(storageClass: "STANDARD_IA"),
      BatchCopy.Attributes(storageClass: "STANDARD", redirect: "/x"), BatchCopy.Attributes(storageClass: "STANDARD"),
    ] {
      let change = Sample.change("k", action: .copy, to: ACLName("A"))
      _ = try manifests.add(change, to: BatchGroup(account: Sample.site, to: ACLName("A"), copy: attributes))
    }
    #expect(manifests.entries.map(\.tasks) == [2, 1, 1])
    #expect(manifests.entries[0].newest == Timestamp(iso8601: "2026-11-20T10:00:00Z"))
  }

  @Test func partsAreCutAlike() throws {
    var manifests = BatchManifests(bucket: "assets", maximumBytes: 100)
    for number in 0..<1000 {
      let change = Sample.change("key-\(number)", to: ACLName("A"))
      _ = try manifests.add(change, to: try #require(BatchGroup(grant: change)))
    }
    let length = manifests.entries[0].length
    var parts = BatchManifestParts(manifests.pieces(of: 0), length: length, partLength: 777)
    var whole: [UInt8] = []
    var lengths: [Int] = []
    while let part = try parts.next() {
      whole += part
      lengths.append(part.count)
    }
    #expect(lengths.dropLast().allSatisfy { $0 == 777 } && lengths.reduce(0, +) == length)
    #expect(try String(decoding: whole, as: UTF8.self) == Self.text(manifests, 0))
    #expect(BatchManifestParts(manifests.pieces(of: 0), length: 100 << 30).partLength == 12 << 20)
  }
}
