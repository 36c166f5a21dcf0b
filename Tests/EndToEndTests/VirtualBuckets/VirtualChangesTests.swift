import Foundation
import AWSKit
import SandboxKit
import TestSupport
import Testing

/// What is done to computed objects is kept on top of them, and the others stay as they are.
struct VirtualChangesTests {
  /// What a client may find out of an object.
  private struct Sight: Sendable, Equatable {
    var object: ListedObject
    var acl: AccessControlList
  }

  private func sights(_ server: S3TestServer, _ bucket: String) async throws -> [ObjectKey: Sight] {
    let sights = try await inParallel(try await server.site.list(bucket)) { object in
      Sight(object: object, acl: try await server[object.owner!].acl(of: object.key, in: bucket))
    }
    return sights.reduce(into: [:]) { $0[$1.object.key] = $1 }
  }

  @Test(arguments: VirtualListingTests.shapes)
  func changesAreOnTop(shape: String) async throws {
    let bucket = "changed"
    try await OwnSandbox.with(["--virtual", "bucket=\(bucket),count=200,shape=\(shape)"]) { server in
      try await server.letUpload(into: bucket)
      var expected = try await sights(server, bucket)
      var bodies: [ObjectKey: [UInt8]] = [:]
      var random = SeededGenerator(seed: 9)
      for step in 0..<80 {
        let keys = expected.keys.sorted()
        let key = keys.randomElement(using: &random)!
        let owner = server[expected[key]!.object.owner!]
        switch step % 5 {
        case 0, 1:
          // A new object right after another one, or over one.
          let target = step % 2 == 0 ? key : ObjectKey(key.bytes + [UInt8(ascii: "-")])
          let body = Array("step \(step)".utf8)
          try await server.other.put(target, in: bucket, body: body)
          bodies[target] = body
          expected[target] = try await sight(server, server.other, target, bucket)
        case 2:
          try await server.site.delete(key, in: bucket)
          (expected[key], bodies[key]) = (nil, nil)
        case 3:
          var acl = expected[key]!.acl
          acl = AccessControlList(owner: acl.owner, grants: acl.grants + [server.oai.may(.readACP)])
          try await owner.putACL(acl, of: key, in: bucket)
          expected[key]!.acl = acl
        default:
          // A copy over itself, or to another key; by the owner, who may read it.
          let target = step % 2 == 0 ? key : ObjectKey(key.bytes + Array(".copy".utf8))
          let head = try await owner.head(key, in: bucket)
          let body = try await owner.get(key, in: bucket).body
          try await owner.copy(key, to: target, in: bucket)
          bodies[target] = body
          expected[target] = try await sight(server, owner, target, bucket)
          #expect(expected[target]?.object.etag == head.etag)
        }
      }
      let seen = try await sights(server, bucket)
      #expect(seen.count == expected.count)
      for (key, sight) in expected {
        #expect(seen[key]?.object == sight.object, "\(key)")
        #expect(seen[key]?.acl.isEquivalent(to: sight.acl) == true, "\(key)")
      }
      for (key, body) in bodies {
        let content = try await server[expected[key]!.object.owner!].get(key, in: bucket).body
        #expect(content == body, "\(key)")
      }
      let versions = try await RawListing(kind: .versions).page(of: bucket, after: nil, as: server.site)
      #expect(versions.entries == expected.keys.sorted().map { .key($0) })
    }
  }

  /// An object that an account has just written, as a listing shows it.
  private func sight(
    _ server: S3TestServer, _ account: TestAccount, _ key: ObjectKey, _ bucket: String
  ) async throws -> Sight {
    let page = try await server.site.client.listObjects(bucket: bucket, prefix: key, startAfter: nil, limit: 1)
    return Sight(object: try #require(page.objects.first), acl: try await account.acl(of: key, in: bucket))
  }

  /// A computed object that is deleted, put again and deleted for good in a bucket with versions.
  @Test func versionsOfComputedObjects() async throws {
    try await OwnSandbox.with(["--virtual", "bucket=versioned,count=20,shape=counter,foreign=0"]) { server in
      let (site, key) = (server.site, ObjectKey("000000000007"))
      let before = try await site.get(key, in: "versioned").body
      try await site.setVersioning("Enabled", of: "versioned")
      try await site.delete(key, in: "versioned")
      #expect(try await site.list("versioned").count == 19)
      #expect(try await site.statusOfGet(key, in: "versioned") == 404)
      let listing = RawListing(kind: .versions)
      // The version that was there before, which a delete marker hides.
      #expect(try await listing.page(of: "versioned", after: nil, as: site).entries.count == 20)
      try await site.put(key, in: "versioned", body: [1])
      #expect(try await listing.page(of: "versioned", after: nil, as: site).entries.count == 21)
      let old = try await site.client.run(
        AWSOperation("GetObject", bucket: "versioned", key: key, query: [("versionId", "null")]) { $0.body })
      #expect(old == before)
      #expect(try await site.get(key, in: "versioned").body == [1])
    }
  }

  /// The share of foreign objects and the number of their ACLs, with no account there but the two that it takes.
  @Test(arguments: [(0.0, 4), (0.3, 4), (0.5, 20), (1.0, 1), (1.0, 40)])
  func ownersAndACLsAreAsAskedFor(share: Double, acls: Int) async throws {
    let place = try Workplace(.nowhere)
    try place.write(#"{"accounts": {"site": {}, "tools": {}}}"#, to: "accounts.json")
    let options = ["--virtual", "bucket=owned,count=500,foreign=\(share),acls=\(acls)"]
    try await OwnSandbox.with(options + ["--accounts", place.path("accounts.json")]) { server in
      let objects = try await server.site.list("owned")
      let foreign = objects.filter { $0.owner == server.tools.id }
      #expect(objects.allSatisfy { $0.owner == server.tools.id || $0.owner == server.site.id })
      #expect(abs(Double(foreign.count) - share * 500) <= (share == 0 || share == 1 ? 0 : 45))
      let lists = try await inParallel(foreign) { try await server.tools.acl(of: $0.key, in: "owned") }
      #expect(Set(lists.map { Set($0.grants) }).count == (share == 0 ? 0 : acls))
      #expect(lists.allSatisfy { $0.owner == server.tools.id && $0.grants.contains(server.tools.may(.fullControl)) })
    }
  }

  /// fixacl's whole work on twenty thousand objects that nobody had to upload.
  @Test func planApplyVerify() async throws {
    let options = ["--count-keys", "--virtual", "bucket=scale,count=20000,foreign=0.3,acls=4,shape=dates"]
    try await OwnSandbox.with(options) { server in
      let control = try #require(server.control)
      let place = try Workplace(server)
      let plan = try await place.plan(server, "scale")
      #expect(plan.summary.listed == 20000)
      #expect((5700...6300).contains(plan.summary.foreign))
      #expect(plan.summary.byAction["grant"] == plan.summary.changes)
      let result = try await place.apply()
      #expect(result.count("changed") == plan.summary.changes)
      try await place.expectVerified()
      let writes = try #require(try await control.successes(in: "scale")["PutObjectAcl"])
      #expect(writes == plan.keys.reduce(into: [:]) { $0[$1] = 1 })
    }
  }
}

extension TestAccount {
  /// CopyObject with everything but the ACL, which becomes private.
  func copy(_ source: ObjectKey, to target: ObjectKey, in bucket: String) async throws {
    let path = PercentEncoding.encode(source.bytes, keepingSlashes: true)
    let metadata = (name: "x-amz-metadata-directive", value: source == target ? "REPLACE" : "COPY")
    try await put(target, in: bucket, body: [], headers: [("x-amz-copy-source", "/\(bucket)/\(path)"), metadata])
  }
}
