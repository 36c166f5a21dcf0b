import Foundation
import AWSKit
import TestSupport
import Testing

/// What must not be applied is refused with a reason, before anything is touched.
struct RefusalTests {
  /// What has happened to a plan file, and the word that says so.
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reason: String
    /// Makes the damaged file of the good one; nil takes the file away.
    let damage: @Sendable (String) -> Data?

    init(_ description: String, _ reason: String, _ damage: @escaping @Sendable (String) -> String) {
      self.init(description, reason) { Data(damage($0).utf8) }
    }

    init(_ description: String, _ reason: String, bytes damage: @escaping @Sendable (String) -> Data?) {
      testDescription = description
      self.reason = reason
      self.damage = damage
    }

    static func replacing(_ description: String, _ reason: String, _ old: String, _ new: String) -> Damage {
      Damage(description, reason) { text in
        precondition(text.contains(old), "the plan has no \(old)")
        return text.replacing(old, with: new, maxReplacements: 1)
      }
    }
  }

  static let damages: [Damage] = [
    Damage("cut to nothing", "empty") { _ in "" },
    Damage("cut after its first byte", "plan") { String($0.prefix(1)) },
    Damage("cut in the header", "cut short") { String($0.prefix(200)) },
    Damage("cut in the ACLs", "cut short") { String($0[..<$0.range(of: "\"acls\":{\n")!.upperBound]) },
    Damage("cut in a change", "cut short") { String($0.prefix($0.count / 2)) },
    Damage("cut after a change", "cut short") { String($0[..<$0.range(of: "},\n{\"key\":")!.upperBound].dropLast(7)) },
    Damage("cut before the digest", "cut short") { String($0[..<$0.range(of: "\"digest\":")!.lowerBound]) },
    Damage("cut in the digest", "cut short") { String($0.dropLast(20)) },
    Damage("cut before the last line", "cut short") { String($0.dropLast(2)) },
    Damage("cut before the last line end", "cut short") { String($0.dropLast()) },
    Damage("written twice", "follows its end") { $0 + $0 },
    Damage("another line at the end", "follows its end") { $0 + "\n" },
    .replacing("another key", "edited or damaged", "\"key\":\"assets/000001.css\"", "\"key\":\"assets/000001.htm\""),
    .replacing("keys out of order", "not in the order", "\"key\":\"assets/000001.css\"", "\"key\":\"zzz\""),
    .replacing("another action", "edited or damaged", "\"action\":\"grant\"", "\"action\":\"copy\""),
    .replacing(
      "a grant to everybody", "damaged", "\"grants\":[{",
      "\"grants\":[{\"uri\":\"http://acs.amazonaws.com/groups/global/AllUsers\",\"permission\":\"READ\"},{"),
    .replacing(
      "READ made FULL_CONTROL", "does not grant what its readers need", "\"permission\":\"READ\"",
      "\"permission\":\"FULL_CONTROL\""),
    .replacing("another ETag", "edited or damaged", "\"etag\":\"", "\"etag\":\"0"),
    .replacing("another bucket", "edited or damaged", "\"bucket\":{\"name\":\"b-", "\"bucket\":{\"name\":\"b0"),
    .replacing("another digest", "edited or damaged", "\"digest\":\"sha256:", "\"digest\":\"sha256:0"),
    .replacing("no digest", "digest", "\"digest\":\"sha256:", "\"checksum\":\"sha256:"),
    .replacing("another version", "fixacl-plan/2", "\"format\":\"fixacl-plan/1\"", "\"format\":\"fixacl-plan/2\""),
    .replacing("an unknown action", "damaged", "\"action\":\"grant\"", "\"action\":\"delete\""),
    .replacing("an unknown strategy", "strategy", "\"strategy\":\"auto\"", "\"strategy\":\"force\""),
    Damage("Windows line ends", "plan") { $0.replacing("\n", with: "\r\n") },
    Damage("pretty-printed", "plan") { $0.replacing("{\n\"format\":", with: "{\n  \"format\": ") },
    Damage("a flipped bit", "damaged") { text in
      // Of an ETag: what only the digest shows.
      let change = text.firstRange(of: "\"changes\":[")!.upperBound
      let etag = text[change...].firstRange(of: "\"etag\":\"")!.upperBound
      var bytes = Data(text.utf8)
      bytes[text.utf8.distance(from: text.startIndex, to: etag)] ^= 0x04
      return bytes
    },
    Damage("zeros where a page was", "damaged") { text in
      var bytes = Data(text.utf8)
      let middle = bytes.count * 2 / 3
      bytes.replaceSubrange(middle..<middle + 64, with: Data(count: 64))
      return bytes
    },
    Damage("text", "plan") { _ in "This is no plan.\nIt is a poem.\n" },
    Damage("other JSON", "plan") { _ in "{\"format\":\"fixacl-plan/1\"}\n" },
    Damage("zeros", "plan", bytes: { _ in Data(count: 100_000) }),
    Damage("not there", "No such file", bytes: { _ in nil }),
  ]

  @Test(arguments: S3TestServer.all, damages)
  func aPlanThatIsNotWhole(server: S3TestServer, damage: Damage) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(3))
    try await broken.plan()
    let good = try broken.place.read("plan.json")
    let damaged = damage.damage(good)
    #expect(damaged != Data(good.utf8))
    let url = URL(filePath: broken.place.path("plan.json"))
    if let damaged { try damaged.write(to: url) } else { try FileManager.default.removeItem(at: url) }
    try await expectRefusal(broken, saying: [damage.reason, "plan.json", "fixacl plan"])
    for command in [["show", "plan.json"], ["verify", "plan.json", "--owner-profile", "tools"]] {
      let result = try await broken.place.start(command).result()
      #expect(result.status == 1, "\(command): \(result.err)")
      #expect(result.err.contains(damage.reason), "\(command): \(result.err)")
      #expect(result.stdout.isEmpty)
    }
  }

  /// Every single cut is found, wherever it is; without the server, since there is nothing to be asked.
  @Test(arguments: S3TestServer.all)
  func everyCut(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(3))
    try await broken.plan()
    let good = Data(try broken.place.read("plan.json").utf8)
    let cuts = Array(stride(from: 0, to: good.count, by: 41)) + [good.count - 1]
    let accepted = try await inParallel(cuts, window: 4) { [place = broken.place] length in
      let name = "cut-\(length).json"
      try good.prefix(length).write(to: URL(filePath: place.path(name)))
      return try await place.fixacl("show", name).status == 1 ? nil : length
    }
    #expect(accepted.compactMap { $0 } == [])
  }

  @Test(arguments: S3TestServer.all)
  func aFolderForAPlan(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    try FileManager.default.createDirectory(atPath: broken.place.path("plan.json"), withIntermediateDirectories: false)
    try await expectRefusal(broken, saying: ["plan.json"])
  }

  @Test(arguments: S3TestServer.all)
  func anotherServer(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    try await broken.plan()
    try await expectRefusal(
      broken, environment: ["AWS_ENDPOINT_URL": ""],
      saying: [server.endpoint, "Amazon's S3", "Nothing was touched", "--endpoint-url"])
    // The same one by another name: fixacl cannot know that it is the same.
    let port = server.endpoint.split(separator: ":").last!
    for other in ["http://127.0.0.1:1", "https://127.0.0.1:\(port)", "http://localhost:\(port)"] {
      try await expectRefusal(
        broken, environment: ["AWS_ENDPOINT_URL": other], saying: [server.endpoint, other, "Nothing was touched"])
    }
  }

  @Test(arguments: S3TestServer.all, [false, true])
  func aBucketThatIsAnotherAccountsNow(server: S3TestServer, mayBeAsked: Bool) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(3))
    try await broken.plan()
    try await server.site.deleteBucket(broken.name)
    try await server.other.createBucket(broken.name)
    var grants = [Grant(.canonicalUser(server.other.id), .fullControl), Grant(.canonicalUser(server.tools.id), .write)]
    if mayBeAsked { grants.append(Grant(.canonicalUser(server.site.id), .readACP)) }
    try await server.other.putBucketACL(
      bucket: broken.name, acl: AccessControlList(owner: server.other.id, grants: grants))
    try await broken.upload(BrokenBucket.keys(3))
    let before = try await server.other.list(broken.name)
    let result = try await broken.apply()
    #expect(result.status == 1)
    let reasons =
      mayBeAsked
      ? [server.other.id.value, server.site.id.value, "Nothing was touched"] : ["GetBucketAcl", "403", "AccessDenied"]
    for reason in reasons { #expect(result.err.contains(reason), "\(result.err)") }
    #expect(!broken.place.exists("plan.json.journal"))
    #expect(try await server.other.list(broken.name) == before)
    for key in BrokenBucket.keys(3) {
      #expect(try await server.tools.acl(of: key, in: broken.name).grants.count == 1)
    }
  }

  @Test(arguments: S3TestServer.all)
  func aBucketThatIsGone(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    try await broken.plan()
    try await server.site.deleteBucket(broken.name)
    let result = try await broken.apply()
    #expect(result.status == 1)
    #expect(result.err.contains("404 NoSuchBucket") && result.err.contains(broken.name), "\(result.err)")
    #expect(!broken.place.exists("plan.json.journal"))
  }

  /// What stands where the journal should be, and what is said of it.
  static let impostors = [
    ("a damaged line in the middle", "line 2 is damaged"),
    ("a change that is not in the plan", "line 2 is damaged"), ("another file", "does not begin as a journal does"),
    ("a text without a line end", "does not begin as a journal does"),
    ("the plan itself", "does not begin as a journal does"),
    ("another version", "fixacl-journal/3"), ("a line of zeros in the middle", "line 2 is damaged"),
  ]

  /// They are made of a journal that has two of four changes.
  @Test(arguments: S3TestServer.all, impostors)
  func aJournalThatIsNotThePlans(
    server: S3TestServer, impostor: (kind: String, reason: String)
  ) async throws {
    let (kind, reason) = impostor
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(4))
    try await broken.plan()
    let plan = try broken.place.read("plan.json")
    #expect(try await broken.apply("--limit", "2").status == 0)
    let journal = try broken.place.read("plan.json.journal")
    let lines = journal.split(separator: "\n")
    let text: String
    switch kind {
    case "a damaged line in the middle": text = "\(lines[0])\n\(lines[1].dropLast(9))\n\(lines[2])\n"
    case "a line of zeros in the middle": text = "\(lines[0])\n\0\0\0\0\n\(lines[2])\n"
    case "a change that is not in the plan":
      text = "\(lines[0])\n\(lines[1].replacing(/"change":\d+/, with: "\"change\":4"))\n"
    case "another file": text = "apply\nthis\n"
    case "a text without a line end": text = "something that somebody wants to keep"
    case "the plan itself": text = plan
    case "another version": text = journal.replacing("fixacl-journal/2", with: "fixacl-journal/3")
    default: fatalError(kind)
    }
    try broken.place.write(text, to: "plan.json.journal")
    let before = try await broken.states()
    for dryRun in [[], ["--dry-run"]] {
      let result = try await broken.place.start(
        ["apply", "plan.json", "--owner-profile", "tools"] + dryRun
      ).result()
      #expect(result.status == 1)
      for part in [reason, "plan.json.journal", "Nothing was touched"] {
        #expect(result.err.contains(part), "\(result.err)")
      }
      #expect(result.stdout.isEmpty)
    }
    #expect(try broken.place.read("plan.json.journal") == text, "it is somebody's, and must stay")
    #expect(try await broken.states() == before)
  }

  @Test(arguments: S3TestServer.all)
  func credentialsOfTheOwnersAreMissing(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    try await broken.plan()
    let wanted = [server.tools.id.value, "--owner-profile", "FIXACL_OWNER_PROFILE", "Nothing was touched"]
    try await expectRefusal(broken, owners: [], saying: wanted)
    try await expectRefusal(broken, owners: ["other"], saying: wanted)
    try await expectRefusal(broken, owners: [], environment: ["FIXACL_OWNER_PROFILE": "other,oai"], saying: wanted)
    try await expectRefusal(broken, owners: ["nobody"], saying: ["nobody", "tools"])

    let result = try await broken.apply(owners: [], environment: ["FIXACL_OWNER_PROFILE": "other,tools"])
    #expect(result.status == 0, "\(result.err)")
    #expect(try await broken.states().values.allSatisfy { $0.acl == broken.grantedACL() })
  }

  @Test(arguments: S3TestServer.all)
  func credentialsOfTheBucketOwnerAreMissing(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    try await broken.plan("--strategy", "copy")
    // `oai` may ask for the bucket's ACL, but it is not the one who must make the copies.
    try await server.site.putBucketACL(
      bucket: broken.name,
      acl: AccessControlList(
        owner: server.site.id,
        grants: [
          Grant(.canonicalUser(server.site.id), .fullControl), Grant(.canonicalUser(server.oai.id), .fullControl),
        ]))
    try await expectRefusal(
      broken, environment: ["AWS_PROFILE": "oai"], saying: [server.site.id.value, "--profile", "Nothing was touched"])
  }

  /// Sees that apply refuses, says why, and has neither touched an object nor begun a journal.
  private func expectRefusal(
    _ broken: BrokenBucket, owners: [String] = ["tools"], environment: [String: String] = [:], saying parts: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await broken.states()
    let result = try await broken.apply(owners: owners, environment: environment)
    #expect(result.status == 1, "\(result.err)", sourceLocation: sourceLocation)
    #expect(result.stdout.isEmpty, sourceLocation: sourceLocation)
    for part in parts {
      #expect(result.err.contains(part), "no '\(part)' in: \(result.err)", sourceLocation: sourceLocation)
    }
    #expect(!broken.place.exists("plan.json.journal"), sourceLocation: sourceLocation)
    #expect(try await broken.states() == before, sourceLocation: sourceLocation)
  }
}
