import Foundation
import AWSKit
import TestSupport
import Testing

/// What must not be applied is refused with a reason, before anything is touched.
struct RefusalTests {
  /// What happened to a plan file, and the word that says so. `PlanDamageTests` has every kind of damage.
  static let damages = [
    ("cut in a change", "cut short"), ("another key", "edited or damaged"), ("another version", "fixacl-plan/2"),
    ("not there", "No such file"),
  ]

  @Test(arguments: [S3TestServer.sandbox].compactMap { $0 }, damages)
  func aPlanThatIsNotWhole(server: S3TestServer, damage: (kind: String, reason: String)) async throws {
    let (kind, reason) = damage
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(3))
    try await broken.plan()
    let good = try broken.place.read("plan.json")
    let damaged: String?
    switch kind {
    case "cut in a change": damaged = String(good.prefix(good.count / 2))
    case "another key": damaged = good.replacing("assets/000001.css", with: "assets/000001.htm")
    case "another version": damaged = good.replacing("fixacl-plan/1", with: "fixacl-plan/2")
    case "not there": damaged = nil
    default: fatalError(kind)
    }
    #expect(damaged != good)
    if let damaged {
      try broken.place.write(damaged, to: "plan.json")
    } else {
      try FileManager.default.removeItem(atPath: broken.place.path("plan.json"))
    }
    try await expectRefusal(broken, saying: [reason, "plan.json", "fixacl plan"])
    for command in [["show", "plan.json"], ["verify", "plan.json", "--owner-profile", "tools"]] {
      let result = try await broken.place.start(command).result()
      #expect(result.status == 1, "\(command): \(result.err)")
      #expect(result.err.contains(reason), "\(command): \(result.err)")
      #expect(result.stdout.isEmpty)
    }
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
      saying: [server.endpoint, "Amazon's S3", "Nothing was changed", "--endpoint-url"])
    // The same one by another name: fixacl cannot know that it is the same.
    let port = server.endpoint.split(separator: ":").last!
    for other in ["http://127.0.0.1:1", "https://127.0.0.1:\(port)", "http://localhost:\(port)"] {
      try await expectRefusal(
        broken, environment: ["AWS_ENDPOINT_URL": other], saying: [server.endpoint, other, "Nothing was changed"])
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
      ? [server.other.id.value, server.site.id.value, "Nothing was changed"] : ["GetBucketAcl", "403", "AccessDenied"]
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
      for part in [reason, "plan.json.journal", "Nothing was changed"] {
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
    let wanted = [server.tools.id.value, "--owner-profile", "FIXACL_OWNER_PROFILE", "Nothing was changed"]
    // What is named wins over what the plan remembers.
    try await expectRefusal(broken, owners: ["other"], saying: wanted)
    try await expectRefusal(broken, owners: [], environment: ["FIXACL_OWNER_PROFILE": "other,oai"], saying: wanted)
    try await expectRefusal(broken, owners: ["nobody"], saying: ["nobody", "tools"])

    let result = try await broken.apply(owners: [], environment: ["FIXACL_OWNER_PROFILE": "other,tools"])
    #expect(result.status == 0, "\(result.err)")
    #expect(try await broken.states().values.allSatisfy { $0.acl == broken.grantedACL() })
  }

  /// As whom a plan was made need not be said again.
  @Test(arguments: S3TestServer.all)
  func thePlanRemembersTheProfiles(server: S3TestServer) async throws {
    let broken = try await BrokenBucket(server, keys: BrokenBucket.keys(2))
    try await broken.plan("--profile", "site")
    let result = try await broken.apply(owners: [], environment: ["AWS_PROFILE": "oai"])
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
      broken, profile: "oai", saying: [server.site.id.value, "--profile", "Nothing was changed"])
  }

  /// Sees that apply refuses, says why, and has neither touched an object nor begun a journal.
  private func expectRefusal(
    _ broken: BrokenBucket, profile: String = "site", owners: [String] = ["tools"],
    environment: [String: String] = [:], saying parts: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await broken.states()
    let result = try await broken.apply("--profile", profile, owners: owners, environment: environment)
    #expect(result.status == 1, "\(result.err)", sourceLocation: sourceLocation)
    #expect(result.stdout.isEmpty, sourceLocation: sourceLocation)
    for part in parts {
      #expect(result.err.contains(part), "no '\(part)' in: \(result.err)", sourceLocation: sourceLocation)
    }
    #expect(!broken.place.exists("plan.json.journal"), sourceLocation: sourceLocation)
    #expect(try await broken.states() == before, sourceLocation: sourceLocation)
  }
}
