import Foundation
import AWSKit
import TestSupport
import Testing

/// Copies in place, which make the bucket owner the objects' owner.
struct CopyTests {
  /// What the bucket owner may do with an object, whose credentials are at hand, and what follows.
  struct Access: Sendable, CustomTestStringConvertible {
    let rights: [Permission]
    var isPublic = false
    let ownerIsAtHand: Bool
    let action: String
    let reason: String
    /// Whether the plan knows the ACL there is, and keeps others' grants.
    var aclIsKnown = true

    var testDescription: String {
      let rights = rights.map(\.rawValue) + (isPublic ? ["public"] : [])
      return "\(rights.isEmpty ? "nothing" : rights.joined(separator: "+")), "
        + (ownerIsAtHand ? "owner at hand" : "owner not at hand")
    }

    init(
      _ rights: [Permission], isPublic: Bool = false, ownerIsAtHand: Bool, _ action: String, _ reason: String,
      aclIsKnown: Bool = true
    ) {
      self.rights = rights
      self.isPublic = isPublic
      self.ownerIsAtHand = ownerIsAtHand
      self.action = action
      self.reason = reason
      self.aclIsKnown = aclIsKnown
    }
  }

  static let accesses = [
    Access([], ownerIsAtHand: true, "copy", "grant-first"),
    Access([], ownerIsAtHand: false, "blocked", "owner-credentials-missing"),
    Access([], isPublic: true, ownerIsAtHand: true, "copy", "reader-missing"),
    Access([], isPublic: true, ownerIsAtHand: false, "copy", "acl-unknown", aclIsKnown: false),
    Access([.read], ownerIsAtHand: true, "copy", "reader-missing"),
    Access([.read], ownerIsAtHand: false, "copy", "acl-unknown", aclIsKnown: false),
    Access([.readACP], ownerIsAtHand: true, "copy", "grant-first"),
    Access([.readACP], ownerIsAtHand: false, "blocked", "owner-credentials-missing"),
    Access([.readACP, .writeACP], ownerIsAtHand: false, "blocked", "owner-credentials-missing"),
    Access([.read, .readACP], ownerIsAtHand: true, "copy", "reader-missing"),
    Access([.read, .readACP], ownerIsAtHand: false, "copy", "reader-missing"),
    Access([.read, .writeACP], ownerIsAtHand: false, "copy", "acl-unknown", aclIsKnown: false),
    Access([.fullControl], ownerIsAtHand: true, "copy", "reader-missing"),
    Access([.fullControl], ownerIsAtHand: false, "copy", "reader-missing"),
    Access([.fullControl, .read], ownerIsAtHand: false, "copy", "reader-missing"),
  ]

  @Test(arguments: S3TestServer.all, accesses)
  func whoMayDoWhat(server: S3TestServer, access: Access) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let owners = access.ownerIsAtHand ? ["tools"] : []
    let strangers = [server.other.may(.read), server.other.may(.readACP), server.oai.may(.readACP)]
    let publicGrants = access.isPublic ? [Grant(.allUsers, .read)] : []
    let before = AccessControlList(
      owner: server.tools.id,
      grants: access.rights.map { server.site.may($0) } + strangers + publicGrants + [server.tools.may(.fullControl)])
    try await server.tools.put("o", in: bucket, body: Array("some bytes".utf8), grants: before.grants)
    let unchanged = try await server.site.list(bucket)

    let plan = try await place.plan(server, bucket, ["--strategy", "copy"], owners: owners)
    let change = try #require(plan.change("o"))
    #expect(change.action == access.action)
    #expect(change.reason == access.reason)
    #expect(change.owner == server.tools.id.value)

    guard access.action == "copy" else {
      #expect(change.to == nil)
      #expect(plan.summary.blockedBy == [access.reason: 1])
      let apply = try await place.fixacl("apply", "plan.json")
      #expect(apply.status == 3, "\(apply.err)")
      #expect(try await server.site.list(bucket) == unchanged)
      #expect(try await server.tools.acl(of: "o", in: bucket) == before)
      return
    }
    let after = AccessControlList(
      owner: server.site.id,
      grants: [server.site.may(.fullControl), server.oai.may(.read)]
        + (access.aclIsKnown ? strangers + publicGrants : []))
    #expect(plan.acl(change.from) == (access.aclIsKnown ? before : nil))
    #expect(plan.acl(change.to) == after)
    #expect(plan.summary.bytesToCopy == 10)

    try await place.apply(owners: owners)
    try await place.expectVerified(owners: owners)
    #expect(try await server.site.acl(of: "o", in: bucket) == after)
    #expect(try await server.oai.get("o", in: bucket).body == Array("some bytes".utf8))
    #expect(try await server.tools.statusOfGet("o", in: bucket) == (access.isPublic && access.aclIsKnown ? 200 : 403))
    try await expectNoSecondCopy(server, bucket, owners: owners, place: place)
  }

  /// Runs the same plan again, with its journal and without: neither may copy.
  private func expectNoSecondCopy(
    _ server: S3TestServer, _ bucket: String, owners: [String], place: Workplace
  ) async throws {
    let copied = try await server.site.list(bucket)
    let again = try await place.apply(owners: owners)
    #expect(again.err.contains("already done"), "\(again.err)")
    try FileManager.default.removeItem(atPath: place.path("plan.json.journal"))
    let anew = try await place.apply(owners: owners)
    #expect(anew.err.contains("0 changed, \(copied.count) already as planned"), "\(anew.err)")
    #expect(try await server.site.list(bucket) == copied)
  }

  /// An object with something to carry over.
  struct Sample: Sendable {
    let key: ObjectKey
    var size = 10
    var headers: [String: String] = [:]
    /// As `x-amz-tagging` has them: encoded as in a URL.
    var tags = ""
  }

  private static let samples = [
    Sample(key: "plain"),
    Sample(key: "empty", size: 0),
    Sample(key: "large", size: 3 << 20),
    Sample(key: "type", headers: ["Content-Type": "text/html; charset=utf-8"]),
    Sample(key: "cache", headers: ["Cache-Control": "public, max-age=31536000, immutable"]),
    Sample(key: "disposition", headers: ["Content-Disposition": "attachment; filename=\"a b; c.txt\""]),
    Sample(key: "encoding", headers: ["Content-Encoding": "gzip"]),
    Sample(key: "language", headers: ["Content-Language": "de-CH, rm"]),
    Sample(key: "expires", headers: ["Expires": "Tue, 01 Jan 2030 00:00:00 GMT"]),
    Sample(key: "never", headers: ["Expires": "0"]),
    Sample(key: "redirect", headers: ["x-amz-website-redirect-location": "/other.html?a=b#c"]),
    Sample(key: "class", headers: ["x-amz-storage-class": "STANDARD_IA"]),
    Sample(
      key: "metadata",
      headers: [
        "x-amz-meta-one": "1", "x-amz-meta-empty": "", "x-amz-meta-with-dashes": "a, b; c=\"d\"",
        "X-Amz-Meta-Capitals": "Kept", "x-amz-meta-blanks": "a  b",
        "x-amz-meta-long": String(repeating: "m", count: 1500),
      ]),
    Sample(
      key: "unicode",
      headers: ["x-amz-meta-city": "Zürich 🏔", "x-amz-meta-encoded": "=?UTF-8?B?w7zDtsOk?="]),
    Sample(key: "tags", tags: "team=web&a%20b=%2B%3D%3A%2F&empty=&%C3%BC=%C3%A4&p.q_r-s%40t=1"),
    Sample(
      key: "all", size: 1000,
      headers: [
        "Content-Type": "image/svg+xml", "Cache-Control": "no-cache", "Content-Disposition": "inline",
        "Content-Encoding": "br", "Content-Language": "en", "Expires": "Tue, 01 Jan 2030 00:00:00 GMT",
        "x-amz-website-redirect-location": "https://example.org/", "x-amz-storage-class": "STANDARD_IA",
        "x-amz-meta-a": "b",
      ], tags: "k=v"),
  ]

  /// What a copy must not change of an object.
  private struct Content: Equatable {
    let body: [UInt8]
    var headers: [String: [String]]
    let tags: Set<ObjectTag>
  }

  private func content(of key: ObjectKey, in bucket: String, for account: TestAccount) async throws -> Content {
    let response = try await account.get(key, in: bucket)
    let volatile: Set = ["date", "last-modified", "x-amz-request-id", "connection", "keep-alive"]
    // RadosGW names the standard class, or a number of tags that is 0, or not, as they were sent or not.
    let headers = response.headers.fields(withPrefix: "").filter { name, value in
      !volatile.contains(name) && (name, value) != ("x-amz-storage-class", "STANDARD")
        && (name, value) != ("x-amz-tagging-count", "0")
    }
    return Content(
      body: response.body, headers: Dictionary(grouping: headers, by: \.name).mapValues { $0.map(\.value) },
      tags: try await account.tags(of: key, in: bucket))
  }

  @Test(arguments: S3TestServer.all, [["tools"], []])
  func everythingIsCarriedOver(server: S3TestServer, owners: [String]) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.read), server.site.may(.readACP)]
    let samples = Self.samples.filter { $0.tags.isEmpty || !owners.isEmpty || server.showsTagsToReaders }
    try await inParallel(samples) { sample in
      let headers = sample.headers.map { (name: $0.key, value: $0.value) }
      try await server.tools.put(
        sample.key, in: bucket, body: (0..<sample.size).map { UInt8(truncatingIfNeeded: $0 &* 31) }, grants: grants,
        headers: headers + (sample.tags.isEmpty ? [] : [("x-amz-tagging", sample.tags)]))
    }
    let parts = [[UInt8](repeating: 1, count: 5 << 20), [UInt8](repeating: 2, count: 1000)]
    try await server.tools.put(
      "parts", in: bucket, parts: parts, grants: grants,
      headers: [("Content-Type", "video/mp4"), ("x-amz-meta-a", "b")])
    let keys = samples.map(\.key) + ["parts"]
    let before = try await inParallel(keys) { try await content(of: $0, in: bucket, for: server.tools) }
    try expectToBeWhatWasSent(samples, before, to: server)

    let plan = try await place.plan(server, bucket, ["--strategy", "copy"], owners: owners)
    #expect(plan.changes.count == keys.count)
    #expect(plan.changes.allSatisfy { $0.action == "copy" })
    #expect(plan.change("parts")?.etag.hasSuffix("-2") == true)
    #expect(plan.summary.bytesToCopy == before.map(\.body.count).reduce(0, +))
    try await place.apply(owners: owners)
    try await place.expectVerified(owners: owners)

    for (key, var before) in zip(keys, before) {
      var after = try await content(of: key, in: bucket, for: server.site)
      if key == "parts", !server.keepsETagsOfParts {
        before.headers["etag"] = nil
        after.headers["etag"] = nil
      }
      #expect(after.body == before.body, "\(key)")
      #expect(after.tags == before.tags, "\(key)")
      #expect(after.headers == before.headers, "\(key)")
    }
    let listed = try await server.site.list(bucket)
    #expect(listed.allSatisfy { $0.owner == server.site.id })
    let infrequent = samples.filter { $0.headers["x-amz-storage-class"] == "STANDARD_IA" }.map(\.key)
    #expect(listed.filter { $0.storageClass == "STANDARD_IA" }.map(\.key) == infrequent.sorted())
    try await expectNoSecondCopy(server, bucket, owners: owners, place: place)
  }

  /// The server has stored what the samples say; otherwise a copy would have nothing to lose.
  private func expectToBeWhatWasSent(
    _ samples: [Sample], _ contents: [Content], to server: S3TestServer
  ) throws {
    for (sample, content) in zip(samples, contents) {
      for (name, value) in sample.headers {
        #expect(content.headers[name.lowercased()] == [server.returnedMetadata(value)], "\(sample.key)")
      }
      #expect(content.tags.count == sample.tags.split(separator: "&").count, "\(sample.key)")
    }
  }

  /// A copy without its tags would be a loss, so where nobody at hand may read them the object stays as it is.
  @Test(arguments: S3TestServer.all)
  func tagsOfAnOwnerWhoIsNotAtHand(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.tools.put(
      "o", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.fullControl)],
      headers: [("x-amz-tagging", "k=v")])
    let before = try await server.site.list(bucket)
    let plan = try await place.plan(server, bucket, ["--strategy", "copy"], owners: [])
    #expect(plan.changes.map(\.action) == ["copy"])
    let apply = try await place.fixacl("apply", "plan.json")
    if server.showsTagsToReaders {
      #expect(apply.status == 0, "\(apply.err)")
      #expect(try await server.site.tags(of: "o", in: bucket) == [ObjectTag(key: "k", value: "v")])
    } else {
      #expect(apply.status == 3, "\(apply.err)")
      #expect(
        apply.err.contains("error: failed: CopyObject ") && apply.err.contains("s3:GetObjectTagging"), "\(apply.err)")
      #expect(try await server.site.list(bucket) == before)
      #expect(try await server.tools.tags(of: "o", in: bucket) == [ObjectTag(key: "k", value: "v")])
    }
  }

  /// Grant where the owner is at hand, else copy what can be read, else say what is missing.
  @Test(arguments: S3TestServer.all)
  func autoDoesWhatCanBeDone(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.site.put("own", in: bucket)
    for (account, name) in [(server.tools, "tools"), (server.other, "other")] {
      let own = account.may(.fullControl)
      try await account.put(ObjectKey("\(name)-closed"), in: bucket, grants: [own])
      try await account.put(ObjectKey("\(name)-open"), in: bucket, grants: [own, server.site.may(.read)])
      try await account.put(
        ObjectKey("\(name)-done"), in: bucket, grants: [own, server.site.may(.fullControl), server.oai.may(.read)])
    }
    let before = try await server.site.list(bucket)
    let plan = try await place.plan(server, bucket)
    #expect(
      plan.changes.map { [$0.key, $0.action, $0.reason] } == [
        ["other-closed", "blocked", "owner-credentials-missing"], ["other-open", "copy", "acl-unknown"],
        ["tools-closed", "grant", "reader-missing"], ["tools-open", "grant", "reader-missing"],
      ])
    #expect(plan.summary.byAction == ["grant": 2, "copy": 1, "blocked": 1])
    #expect(plan.summary.blockedBy == ["owner-credentials-missing": 1])

    let apply = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(apply.status == 3, "\(apply.err)")
    #expect(apply.err.contains("3 changed, 0 already as planned, 0 stale, 0 failed, 1 blocked in the plan"))
    let after = try await server.site.list(bucket)
    let owners = Dictionary(uniqueKeysWithValues: after.map { ($0.key, $0.owner) })
    #expect(owners["other-open"] == server.site.id)
    #expect(owners["tools-closed"] == server.tools.id && owners["tools-open"] == server.tools.id)
    for key in ["own", "other-closed", "other-done", "tools-done"] as [ObjectKey] {
      #expect(after.first { $0.key == key } == before.first { $0.key == key }, "\(key)")
    }
    for key in ["other-open", "tools-closed", "tools-open"] as [ObjectKey] {
      #expect(try await server.oai.statusOfGet(key, in: bucket) == 200, "\(key)")
    }
    let verify = try await place.fixacl("verify", "plan.json", "--owner-profile", "tools")
    #expect(verify.status == 2)
    #expect(verify.out.split(separator: "\n").count == 1)
    #expect(verify.out.hasPrefix("blocked: other-closed: ") && verify.out.contains("--owner-profile"))
  }

  @Test(arguments: S3TestServer.all)
  func withoutTheOwnerNothingIsGranted(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    try await server.tools.put(
      "o", in: bucket, grants: [server.tools.may(.fullControl), server.site.may(.fullControl)])
    let plan = try await place.plan(server, bucket, ["--strategy", "grant"], owners: [])
    #expect(plan.changes.map(\.reason) == ["owner-credentials-missing"])
    let apply = try await place.fixacl("apply", "plan.json")
    #expect(apply.status == 3)
    #expect(apply.err.contains("nothing that can be changed"), "\(apply.err)")
    #expect(try await server.oai.statusOfGet("o", in: bucket) == 403)
  }

  /// Whoever copies becomes the owner, so nobody but the bucket owner may.
  @Test(arguments: S3TestServer.all)
  func onlyTheBucketOwnerCopies(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    try await server.site.putBucketACL(
      bucket: bucket,
      acl: AccessControlList(
        owner: server.site.id,
        grants: [
          server.site.may(.fullControl), server.tools.may(.write), server.tools.may(.read), server.tools.may(.readACP),
        ]))
    try await server.tools.put("o", in: bucket)
    let place = try Workplace(server, environment: ["AWS_PROFILE": "tools"])
    let plan = try await place.plan(server, bucket, ["--strategy", "copy"], owners: [])
    #expect(plan.changes.map(\.action) == ["blocked"])
    #expect(plan.changes.map(\.reason) == ["bucket-owner-credentials-missing"])

    // The uploader can still set right what it owns.
    let grant = try await place.plan(server, bucket, owners: [])
    #expect(grant.changes.map(\.action) == ["grant"])
    try await place.apply(owners: [])
    try await place.expectVerified(owners: [])
    #expect(try await server.oai.statusOfGet("o", in: bucket) == 200)
  }

  /// A run that ended between a copy's two steps: the object is open to the bucket owner, and not copied.
  @Test(arguments: S3TestServer.all)
  func aCopyThatHadBegunGoesOn(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let before = [server.tools.may(.fullControl), server.other.may(.read)]
    try await server.tools.put("o", in: bucket, grants: before)
    let plan = try await place.plan(server, bucket, ["--strategy", "copy"])
    #expect(plan.changes.map(\.reason) == ["grant-first"])
    try await server.tools.putACL(
      AccessControlList(owner: server.tools.id, grants: before + [server.site.may(.read)]), of: "o", in: bucket)

    let verify = try await place.fixacl("verify", "plan.json", "--owner-profile", "tools")
    #expect(verify.status == 2)
    #expect(verify.out == "not changed yet: o\n")
    try await place.apply()
    #expect(
      try await server.site.acl(of: "o", in: bucket)
        == AccessControlList(
          owner: server.site.id,
          grants: [server.site.may(.fullControl), server.other.may(.read), server.oai.may(.read)]))
  }

  /// As many grants as this server's accounts make possible, in the headers of one copy.
  @Test(arguments: S3TestServer.all)
  func manyGrantsAreKept(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let kept = [Permission.read, .readACP, .write, .writeACP, .fullControl].flatMap { permission in
      [server.other.may(permission), Grant(.allUsers, permission), Grant(.authenticatedUsers, permission)]
    }
    let own = Permission.allCases.flatMap { [server.tools.may($0), server.site.may($0)] }
    let readers = [server.oai.may(.readACP), server.oai.may(.writeACP), server.oai.may(.write)]
    try await server.tools.put("o", in: bucket, grants: kept + own + readers)
    let plan = try await place.plan(server, bucket, ["--strategy", "copy"])
    let expected = AccessControlList(
      owner: server.site.id,
      grants: kept + readers + [server.site.may(.fullControl), server.oai.may(.read)])
    #expect(plan.target(of: "o") == expected)
    try await place.apply()
    try await place.expectVerified()
    #expect(try await server.site.acl(of: "o", in: bucket) == expected)
  }
}
