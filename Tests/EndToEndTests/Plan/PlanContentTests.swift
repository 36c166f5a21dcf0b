import Foundation
import AWSKit
import TestSupport
import Testing

/// What plans say, against a model of the tests' own of what they should.
struct PlanContentTests {
  @Test(arguments: S3TestServer.all)
  func fiveThousandObjectsOfThreeOwners(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await MixedBucket(server)
    let listed = try await bucket.listed()

    let plan = try await place.plan(
      server, bucket.name, ["--concurrency", "7"], owners: ["tools", "other"])
    let bytes = try Data(contentsOf: URL(filePath: place.path("plan.json")))
    try expectContent(of: plan, on: server, bucket: bucket, listed: listed)
    try expectLines(of: bytes, plan: plan)
    try await expectDigest(of: bytes, plan: plan, place: place)
    try await expectJQToFindEverything(in: "plan.json", reader: server.oai, place: place)
    try await expectTheSamePlan(as: bytes, bucket: bucket, place: place)

    let apply = try await place.apply(owners: ["tools", "other"])
    #expect(apply.out.isEmpty)
    let announced = plan.summary.requests
    let made = try #require(requests(in: apply.err))
    #expect((announced * 9 / 10...announced * 11 / 10).contains(made), "\(made) instead of \(announced)")
    try await place.expectVerified(owners: ["tools", "other"])
    try await expectRepaired(bucket, listedBefore: listed)

    let after = try await place.fixacl(
      ["plan", bucket.name, "-o", "after.json", "--detailed-exitcode"] + bucket.options)
    #expect(after.status == 0, "\(after.err)")
    let nothing = try PlanDocument(Data(contentsOf: URL(filePath: place.path("after.json"))))
    #expect(nothing.changes.isEmpty && nothing.acls.isEmpty)
    #expect(nothing.summary.foreign == plan.summary.foreign)
  }

  private func expectContent(
    of plan: PlanDocument, on server: S3TestServer, bucket: MixedBucket, listed: [ListedObject]
  ) throws {
    let expected = bucket.objectsToChange
    #expect(plan.keys == expected.map(\.key))
    #expect(plan.format == "fixacl-plan/1")
    #expect(plan.bucket.name == bucket.name)
    #expect(plan.bucket.region == server.region)
    #expect(plan.bucket.endpoint == server.endpoint)
    #expect(plan.bucket.owner == server.site.id.value)
    #expect(plan.bucket.versioning == "Unversioned")
    #expect(plan.bucket.objectOwnership == "ObjectWriter")
    #expect(plan.bucket.publicAccessBlock?.blockPublicAcls == false)
    #expect(plan.desired.grants.map(\.grant) == [server.oai.may(.read)])
    #expect(plan.desired.strategy == "auto")

    let seen = Dictionary(uniqueKeysWithValues: listed.map { ($0.key, $0) })
    for (change, object) in zip(plan.changes, expected) where change.objectKey == object.key {
      let listing = try #require(seen[object.key])
      let isRight =
        change.action == "grant" && change.reason == "reader-missing" && change.versionId == nil
        && change.owner == object.owner.id.value && change.size == object.size && change.etag == listing.etag
        && change.lastModified == listing.lastModified && plan.acl(change.from) == object.acl
        && plan.acl(change.to) == object.target
      try #require(isRight, "\(object.key), \(object.shape.name): \(change)")
    }
    let named = Set(plan.changes.flatMap { [$0.from, $0.to] })
    #expect(named == Set(plan.acls.keys.map(Optional.some)))
    #expect(Set(plan.acls.values.map(\.acl)).count == plan.acls.count, "an ACL is there twice")

    let summary = plan.summary
    #expect(summary.listed == bucket.objects.count)
    #expect(summary.foreign == bucket.objects.count { $0.owner.id != server.site.id })
    #expect(summary.changes == expected.count)
    #expect(summary.byAction == ["grant": expected.count, "copy": 0, "blocked": 0])
    #expect(summary.blockedBy.isEmpty)
    #expect(summary.bytesToCopy == 0)
    let owners = [server.tools, server.other].map { owner in
      let own = bucket.objects.filter { $0.owner.id == owner.id }
      return (
        owner.id.value,
        PlanDocument.Summary.Owner(
          objects: own.count, bytes: own.map(\.size).reduce(0, +), changes: own.count { $0.shape.lacksReader })
      )
    }
    #expect(summary.byOwner == Dictionary(uniqueKeysWithValues: owners))
  }

  /// One change a line, so that a plan can be read in constant memory, and with line tools.
  private func expectLines(of bytes: Data, plan: PlanDocument) throws {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let begin = try #require(lines.firstIndex { $0.elementsEqual("\"changes\":[".utf8) })
    let end = try #require(lines[begin...].firstIndex { $0.elementsEqual("],".utf8) })
    let changes = try lines[begin + 1..<end].enumerated().map { offset, line in
      let isLast = offset == end - begin - 2
      try #require(line.last == (isLast ? UInt8(ascii: "}") : UInt8(ascii: ",")))
      return try JSONDecoder().decode(PlanDocument.PlannedChange.self, from: isLast ? line : line.dropLast())
    }
    #expect(changes.map(\.objectKey) == plan.keys)
  }

  private func expectDigest(of bytes: Data, plan: PlanDocument, place: Workplace) async throws {
    let mark = try #require(bytes.range(of: Data("\n\"digest\":".utf8), options: .backwards))
    try bytes[...mark.lowerBound].write(to: URL(filePath: place.path("digested")))
    let sum = try await place.run("sha256sum", "digested")
    #expect(plan.digest == "sha256:" + sum.out.prefix(64))
    #expect(bytes[mark.upperBound...].elementsEqual("\"\(plan.digest)\"\n}\n".utf8))
  }

  /// Each member of this object is a question to the plan, in jq's language; all must be answered with true.
  private static let questions = #"""
    . as $plan | {
      members: (keys_unsorted == ["format", "tool", "createdAt", "bucket", "credentials", "desired", "summary", "alternative", "owners", "acls",
        "changes", "digest"]),
      tool: (.tool | test("^fixacl [0-9]+\\.[0-9]+\\.[0-9]+")),
      createdAt: (.createdAt | test("^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?Z$")),
      bucket: (.bucket | keys == ["accountPublicAccessBlock", "encryption", "endpoint", "name", "objectLock",
        "objectOwnership", "owner", "policyDigest", "publicAccessBlock", "region", "versioning"]),
      block: (.bucket.publicAccessBlock | keys == ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls",
        "restrictPublicBuckets"]),
      desired: (.desired | keys == ["allVersions", "dropPublicGrants", "exclude", "grants", "include",
        "keepPreviousOwner", "prefix", "readers", "strategy"]),
      reader: (.desired.grants == [{id: $reader, permission: "READ"}]),
      summary: (.summary | keys == ["blockedBy", "byAction", "byOwner", "bytesToCopy", "changes", "foreign", "listed",
        "requests"]),
      count: (.summary.changes == (.changes | length)),
      owners: (.summary.byOwner | map_values(.changes) == ($plan.changes | group_by($plan.acls[.from].owner)
        | map({($plan.acls[.[0].from].owner): length}) | add)),
      names: ([.owners[]] | sort == ($plan.summary.byOwner | keys | sort)),
      actions: (.summary.byAction.grant == ([.changes[] | select(.action == "grant")] | length)),
      change: (.changes | all(keys_unsorted == ["key", "etag", "size", "lastModified", "action", "from", "to"])),
      sorted: ([.changes[].key] | . == sort and . == unique),
      acls: (.acls | all(keys == ["grants", "owner"] and (.grants | all(has("permission") and (has("id") != has("uri")))))),
      named: ([.changes[] | .from, .to] | unique == ($plan.acls | keys)),
      onlyTheReader: (.changes | all($plan.acls[.to].grants - $plan.acls[.from].grants
        == [{id: $reader, permission: "READ"}])),
      nothingLost: (.changes | all($plan.acls[.from].grants - $plan.acls[.to].grants == [])),
      ownersKept: (.changes | all($plan.acls[.from].owner == $plan.acls[.to].owner)),
      digest: (.digest | test("^sha256:[0-9a-f]{64}$")),
    }
    """#

  private func expectJQToFindEverything(
    in file: String, reader: TestAccount, place: Workplace
  ) async throws {
    let result = try await place.run("jq", "--arg", "reader", reader.id.value, Self.questions, file)
    try #require(result.status == 0, "\(result.err)")
    let answers = try JSONDecoder().decode([String: Bool].self, from: result.stdout)
    #expect(answers.count == 20)
    #expect(answers.filter { !$0.value }.isEmpty)
  }

  /// Plans made by other numbers of workers, to stdout, in other folders: only the time and the digest may differ.
  private func expectTheSamePlan(as bytes: Data, bucket: MixedBucket, place: Workplace) async throws {
    func timeless(_ plan: Data) -> [Data] {
      plan.split(separator: UInt8(ascii: "\n")).filter {
        !$0.starts(with: "\"createdAt\":".utf8) && !$0.starts(with: "\"digest\":".utf8)
      }
    }
    let expected = timeless(bytes)
    for concurrency in [1, 64] {
      let other = try await place.fixacl(
        ["plan", "s3://\(bucket.name)", "--concurrency", "\(concurrency)"] + bucket.options)
      #expect(other.status == 0, "\(other.err)")
      #expect(timeless(other.stdout) == expected, "with --concurrency \(concurrency)")

      // The bucket's owner and eight settings, whose the three profiles are, the account and its Block Public Access (for
      // which RadosGW has no service), the pages, and the foreign ACLs.
      let account = bucket.server.kind == .sandbox ? 2 : 1
      let foreign = bucket.objects.count { $0.owner.id != bucket.server.site.id }
      let pages = bucket.objects.count / 1000
      let made = try #require(requests(in: other.err))
      if concurrency == 1 {
        #expect(made == 12 + account + pages + foreign)
      } else {
        // Cutting the keys into ranges costs some more pages, but no request for an object of the bucket owner's.
        #expect((11 + pages + foreign...11 + 20 * pages + foreign).contains(made))
      }
    }
  }

  private func expectRepaired(_ bucket: MixedBucket, listedBefore: [ListedObject]) async throws {
    let server = bucket.server
    let before = Dictionary(uniqueKeysWithValues: listedBefore.map { ($0.key, $0.lastModified) })
    let after = try await bucket.listed()
    let lastModified = Dictionary(uniqueKeysWithValues: after.map { ($0.key, $0.lastModified) })
    #expect(after.map(\.key) == listedBefore.map(\.key))
    #expect(after.map(\.owner) == listedBefore.map(\.owner))
    try await inParallel(bucket.objects) { object in
      let isOwn = object.owner.id == server.site.id
      let wasTouched = lastModified[object.key] != before[object.key]
      let isTouched = server.touchesLastModifiedWhenACLChanges && !isOwn && object.shape.lacksReader
      try #require(wasTouched == isTouched, "\(object.key)")
      let acl = try await object.owner.acl(of: object.key, in: bucket.name)
      try #require(acl == (isOwn ? object.acl : object.target), "\(object.key), \(object.shape.name)")
      guard !isOwn else { return }
      try #require(try await server.oai.statusOfGet(object.key, in: bucket.name) == 200, "\(object.key)")
    }
  }

  /// The number of requests that a command's summary tells of.
  private func requests(in errors: String) -> Int? {
    guard let match = errors.firstMatch(of: #/([0-9,]+) requests? in /#) else { return nil }
    return Int(match.1.filter(\.isNumber))
  }

  struct Selection: Sendable, CustomTestStringConvertible {
    let options: [String]
    let keys: [String]
    var testDescription: String { options.joined(separator: " ") }

    init(_ options: [String], _ keys: [String]) {
      self.options = options
      self.keys = keys
    }
  }

  static let selectable = [
    "a.html", "b.html", "b.txt", "img/1.png", "img/2.png", "img/sub/3.png", "imgs", "star*", "ü/ä.html",
  ]

  /// What patterns match is in `GlobTests` and `KeyFilterTests`.
  static let selections = [
    Selection([], selectable),
    Selection(["--prefix", "img"], ["img/1.png", "img/2.png", "img/sub/3.png", "imgs"]),
    Selection(
      ["--include", "?.*", "--include", "ü/*", "--exclude", "*.txt", "--exclude", #"[a]\.html"#],
      ["b.html", "ü/ä.html"]),
    Selection(["--exclude", "*"], []),
  ]

  /// What is asked for before the settings have come is not asked for again, and is what the scan would have asked for.
  @Test(arguments: [[], ["--all-versions"], ["--prefix", "assets/"]])
  func onePageIsAskedForOnce(options: [String]) async throws {
    try await OwnSandbox.with { server in
      let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(3))
      try await server.tools.put("other", in: broken.name)
      let control = try #require(server.control)
      _ = try await control.counters(reset: true)
      let plan = try await broken.place.plan(server, broken.name, options)
      let counts = try await control.counters(reset: true)
      let isOfVersions = options == ["--all-versions"]
      #expect(counts["ListObjectVersions", default: 0] == (isOfVersions ? 1 : 0), "\(counts)")
      #expect(counts["ListObjectsV2", default: 0] == (isOfVersions ? 0 : 1), "\(counts)")
      #expect(plan.keys.count == (options.contains("--prefix") ? 3 : 4))
      // Where there is nothing to list, nobody waits for a page.
      try await server.site.putBucketACL(
        bucket: broken.name,
        acl: AccessControlList(owner: server.site.id, grants: [server.site.may(.fullControl)]))
      try await server.site.setOwnership(.bucketOwnerEnforced, of: broken.name)
      try await control.set([SandboxControl.Fault("delay", "ListObjectsV2", ms: 60_000)])
      let off = try await broken.place.start(broken.planArguments(["-o", "off.json"])).result()
      #expect(off.status == 0 && off.err.contains("BucketOwnerEnforced"), "\(off.err)")
    }
  }

  @Test(arguments: S3TestServer.all, selections)
  func aSelectionOfKeys(server: S3TestServer, selection: Selection) async throws {
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    try await inParallel(Self.selectable) {
      try await server.tools.put(ObjectKey($0), in: bucket)
    }
    let plan = try await place.plan(server, bucket, selection.options)
    #expect(plan.keys == selection.keys.map { ObjectKey($0) })
    #expect(plan.summary.listed == selection.keys.count)

    // The exit status tells scripts what the plan says, whether it goes to a file or to stdout.
    let arguments =
      ["plan", bucket, "--owner-profile", "tools", "--grant-read", server.oai.grantee, "--detailed-exitcode"]
      + selection.options
    let status = selection.keys.isEmpty ? 0 : 2
    let onStdout = try await place.fixacl(arguments)
    #expect(onStdout.status == status, "\(onStdout.err)")
    #expect(try PlanDocument(onStdout.stdout).keys == plan.keys)
    #expect(try await place.fixacl(arguments + ["-o", "again.json"]).status == status)
  }
}

/// A bucket of objects of three owners, with every shape of ACL that there is for the tests to think of.
private struct MixedBucket: Sendable {
  /// A kind of ACL.
  struct Shape: Sendable {
    let name: String
    let lacksReader: Bool
    /// The grants, from the object's owner, somebody else who uploads, and all accounts.
    let grants: @Sendable (TestAccount, TestAccount, S3TestServer) -> Set<Grant>
  }

  struct Object: Sendable {
    let key: ObjectKey
    let owner: TestAccount
    let size: Int
    let shape: Shape
    let acl: AccessControlList
    /// What it must become: what it is, with the reader if it lacks it.
    let target: AccessControlList
  }

  static let shapes = [
    Shape(name: "private", lacksReader: true) { owner, _, _ in [owner.may(.fullControl)] },
    Shape(name: "public-read", lacksReader: true) { owner, _, _ in
      [owner.may(.fullControl), Grant(.allUsers, .read)]
    },
    Shape(name: "reader READ", lacksReader: false) { owner, _, server in
      [owner.may(.fullControl), server.oai.may(.read)]
    },
    Shape(name: "reader FULL_CONTROL", lacksReader: false) { owner, _, server in
      [owner.may(.fullControl), server.oai.may(.fullControl)]
    },
    Shape(name: "authenticated-read", lacksReader: true) { owner, _, _ in
      [owner.may(.fullControl), Grant(.authenticatedUsers, .read)]
    },
    Shape(name: "bucket-owner-read", lacksReader: true) { owner, _, server in
      [owner.may(.fullControl), server.site.may(.read)]
    },
    Shape(name: "bucket-owner-full-control", lacksReader: true) { owner, _, server in
      [owner.may(.fullControl), server.site.may(.fullControl)]
    },
    Shape(name: "many", lacksReader: true) { owner, other, server in
      [
        owner.may(.fullControl), server.site.may(.read), other.may(.read), other.may(.readACP),
        other.may(.writeACP), Grant(.allUsers, .read), Grant(.authenticatedUsers, .readACP),
      ]
    },
    Shape(name: "reader READ_ACP", lacksReader: true) { owner, _, server in
      [owner.may(.fullControl), server.oai.may(.readACP)]
    },
    Shape(name: "reader READ_ACP and WRITE_ACP", lacksReader: true) { owner, _, server in
      [owner.may(.fullControl), server.oai.may(.readACP), server.oai.may(.writeACP)]
    },
    Shape(name: "reader READ and more", lacksReader: false) { owner, _, server in
      [owner.may(.fullControl), server.oai.may(.read), server.oai.may(.writeACP), other(server)]
    },
    Shape(name: "public-read-write", lacksReader: true) { owner, _, _ in
      [owner.may(.fullControl), Grant(.allUsers, .read), Grant(.allUsers, .write)]
    },
    Shape(name: "owner's own grant is missing", lacksReader: true) { _, _, server in [server.site.may(.read)] },
    Shape(name: "only the reader", lacksReader: false) { _, _, server in [server.oai.may(.read)] },
    Shape(name: "nobody", lacksReader: true) { _, _, _ in [] },
  ]

  private static func other(_ server: S3TestServer) -> Grant { server.site.may(.readACP) }

  private static let folders = [
    "about", "assets/css", "assets/js", "images", "pages/2024", "pages/2025", "täst ✓",
  ]

  let name: String
  let objects: [Object]
  let server: S3TestServer

  /// Makes the bucket and uploads its objects.
  init(_ server: S3TestServer) async throws {
    self.server = server
    name = try await server.makeBucket()
    let owners = [server.site, server.tools, server.tools, server.site, server.other]
    objects = (0..<5000).map { number in
      let owner = owners[number % owners.count]
      let stranger = owner.id == server.tools.id ? server.other : server.tools
      let shape = Self.shapes[number / owners.count % Self.shapes.count]
      let grants = shape.grants(owner, stranger, server)
      return Object(
        key: ObjectKey("\(Self.folders[number % Self.folders.count])/\(number).html"), owner: owner,
        size: number % 60, shape: shape, acl: AccessControlList(owner: owner.id, grants: grants),
        target: AccessControlList(
          owner: owner.id, grants: shape.lacksReader ? grants.union([server.oai.may(.read)]) : grants))
    }
    try await inParallel(objects) { [name] object in
      let body = [UInt8](repeating: UInt8(ascii: "x"), count: object.size)
      guard !object.acl.grants.isEmpty else {
        // No header says "nobody".
        try await object.owner.put(object.key, in: name, body: body)
        return try await object.owner.putACL(object.acl, of: object.key, in: name)
      }
      try await object.owner.put(object.key, in: name, body: body, grants: object.acl.grants)
    }
  }

  /// The options with which both uploaders speak for their objects.
  var options: [String] {
    ["--owner-profile", "tools", "--owner-profile", "other", "--grant-read", server.oai.grantee]
  }

  /// The objects that a plan must name, in its order.
  var objectsToChange: [Object] {
    objects.filter { $0.owner.id != server.site.id && $0.shape.lacksReader }
      .sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }
  }

  func listed() async throws -> [ListedObject] {
    try await server.site.list(name)
  }
}
