import AWSKit
import Foundation
import TestSupport
import Testing

/// Plans made from reports of S3 Inventory.
struct InventoryPlanTests {
  /// A bucket with objects of three owners, with all kinds of keys and ACLs.
  private static func bucket(on server: S3TestServer, isVersioned: Bool = false) async throws -> String {
    let bucket = try await server.makeBucket()
    if isVersioned { try await server.site.setVersioning("Enabled", of: bucket) }
    try await inParallel(OddKeysTests.keys) { key in
      try await server.tools.put(key, in: bucket, body: key.bytes, grants: [server.tools.may(.fullControl)])
    }
    try await server.other.put("other/1", in: bucket)
    try await server.other.put(
      "other/2", in: bucket, grants: [server.other.may(.fullControl), server.site.may(.fullControl)])
    try await server.site.put("own/1", in: bucket)
    try await server.tools.put(
      "fine", in: bucket, grants: [server.tools.may(.fullControl), server.oai.may(.read)])
    try await server.tools.put(
      "public", in: bucket, grants: [server.tools.may(.fullControl), Grant(.allUsers, .read)])
    try await server.tools.put("sub/empty", in: bucket, body: [])
    if isVersioned {
      try await Task.sleep(for: .seconds(1.1))
      for key: ObjectKey in ["sub/empty", "fine", "own/1"] { try await server.tools.put(key, in: bucket) }
      try await server.tools.delete("plain.txt", in: bucket)
    }
    return bucket
  }

  private static let selections: [[String]] = [
    [], ["--strategy", "copy"], ["--include-own"], ["--prefix", "other/"], ["--include", "*a*", "--exclude", "a/*"],
    ["--modified-since", "1h"], ["--bucket-owner-full-control", "--strategy", "grant"],
  ]

  @Test(arguments: S3TestServer.all)
  func sameAsListing(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await Self.bucket(on: server)
    var report = try await WrittenReport.read(bucket, of: server)
    report.aclForm = server.kind == .sandbox ? .json : .base64
    let manifest = try report.write(to: "reports", in: place)
    for (index, selection) in Self.selections.enumerated() {
      let owners = index % 2 == 0 ? ["tools", "other"] : ["tools"]
      try await place.plan(server, bucket, selection, owners: owners)
      let listed = try place.planLines("plan.json")
      let plan = try await place.plan(
        server, bucket, selection + ["--inventory", manifest], owners: owners)
      #expect(try place.planLines("plan.json") == listed, "\(selection)")
      #expect(listed.count > 3, "\(selection)")
      #expect(plan.summary.listed > 0)
    }
    try await place.apply(owners: ["tools", "other"])
    try await place.expectVerified(owners: ["tools", "other"])
  }

  @Test(arguments: S3TestServer.all)
  func versions(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await Self.bucket(on: server, isVersioned: true)
    let report = try await WrittenReport.read(bucket, of: server, allVersions: true)
    let manifest = try report.write(to: "reports", in: place, skipping: 1)
    for selection in [[], ["--all-versions"], ["--all-versions", "--include-own", "--bucket-owner-full-control"]] {
      try await place.plan(server, bucket, selection)
      let listed = try place.planLines("plan.json")
      try await place.plan(server, bucket, selection + ["--inventory", manifest])
      #expect(try place.planLines("plan.json") == listed, "\(selection)")
    }
    let current = try await WrittenReport.read(bucket, of: server).write(to: "current", in: place)
    let refused = try await place.fixacl(
      "plan", bucket, "--inventory", current, "--all-versions", "--grant-read", server.oai.grantee)
    #expect(refused.status == 1 && refused.err.contains("--all-versions"), "\(refused.err)")
  }

  /// What the report tells costs no request, wherever the report is.
  @Test(arguments: S3TestServer.all)
  func fewRequests(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await Self.bucket(on: server)
    var report = try await WrittenReport.read(bucket, of: server)
    report.destination = try await server.makeBucket()
    report.created = Date(timeIntervalSinceNow: -86_400 * 5)
    let manifest = try await report.upload(as: server.site)
    let result = try await place.fixacl([
      "plan", bucket, "-o", "plan.json", "-v", "--inventory", manifest, "--owner-profile", "tools", "--owner-profile",
      "other", "--grant-read", server.oai.grantee,
    ])
    #expect(result.status == 0, "\(result.err)")
    #expect(!result.err.contains("s3://\(bucket)/"), "\(result.err)")
    #expect(!result.err.contains("ListObjectsV2"), "\(result.err)")
    #expect(result.err.onOneLine.contains("which is 5 days old"), "\(result.err)")
    #expect(try place.read("plan.json").contains("\"inventory\":{\"manifest\":\"\(manifest)\""))
    try await place.plan(server, bucket, owners: ["tools", "other"])
    let listed = try place.planLines("plan.json")
    // The files come from the bucket if only the manifest is here.
    try FileManager.default.createDirectory(atPath: place.path("here"), withIntermediateDirectories: true)
    for (key, bytes) in try report.content() where key.contains("manifest") {
      try Data(bytes).write(to: URL(filePath: place.path("here/\(key.split(separator: "/").last!)")))
    }
    try await place.plan(
      server, bucket, ["--inventory", place.path("here/manifest.json")], owners: ["tools", "other"])
    #expect(try place.planLines("plan.json") == listed)
  }

  /// What the report does not tell is looked up, and what is not there any more is no object.
  @Test(arguments: S3TestServer.all)
  func incompleteRows(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await Self.bucket(on: server)
    var report = try await WrittenReport.read(bucket, of: server)
    for file in report.files.indices {
      for index in report.files[file].indices {
        switch index % 5 {
        case 0: report.files[file][index].acl = WrittenReport.Row.unavailable
        case 1: report.files[file][index].owner = ""
        case 2: report.files[file][index].etag = ""
        case 3: report.files[file][index].acl = "{\"version\":\"x\"}"
        default: break
        }
      }
    }
    // An older row of a key, and two equally new ones that differ.
    var older = report.files[0][0]
    older.lastModified = "2020-01-01T00:00:00.000Z"
    older.size = "12345"
    report.files[1].append(older)
    var other = report.files[0][4]
    other.etag = "another"
    report.files[2].append(other)
    // One that is gone.
    var gone = report.files[0][1]
    gone.key = "gone/by now"
    report.files[1].append(gone)
    try await place.plan(server, bucket)
    let listed = try place.planLines("plan.json")
    let plan = try await place.plan(
      server, bucket, ["--inventory", try report.write(to: "reports", in: place, skipping: 2)])
    #expect(try place.planLines("plan.json") == listed)
    #expect(plan.summary.listed == report.files.joined().count - 3)
  }

  /// What has changed since the report is found if it is looked for, and else left alone by apply.
  @Test(arguments: S3TestServer.all)
  func changesSince(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await Self.bucket(on: server)
    let manifest = try await WrittenReport.read(bucket, of: server).write(to: "reports", in: place)
    try await server.tools.put("a b", in: bucket, body: Array("another content".utf8))
    try await server.tools.put("com,ma", in: bucket, grants: [server.tools.may(.fullControl), server.oai.may(.read)])
    try await server.tools.put("fine", in: bucket, grants: [server.tools.may(.fullControl)])
    try await server.tools.delete("sub/empty", in: bucket)
    try await place.plan(server, bucket)
    let listed = try place.planLines("plan.json")
    let all = try await place.plan(server, bucket, ["--inventory", manifest, "--refresh", "all"])
    #expect(try place.planLines("plan.json") == listed)
    #expect(all.change("fine") != nil && all.change("sub/empty") == nil)
    let changed = try await place.plan(server, bucket, ["--inventory", manifest, "--refresh", "changed"])
    #expect(changed.change("fine") == nil && changed.change("sub/empty") == nil && changed.change("com,ma") == nil)
    #expect(changed.keys.count == all.keys.count - 1)
    let none = try await place.plan(server, bucket, ["--inventory", manifest])
    #expect(none.change("fine") == nil && none.change("sub/empty") != nil && none.change("com,ma") != nil)
    let applied = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
    #expect(applied.status == 3, "\(applied.err)")
  }

  @Test(.enabled(if: WrittenReport.pythonWithParquet != nil), arguments: [true, false])
  func parquet(allVersions: Bool) async throws {
    let server = try #require(S3TestServer.sandbox)
    let place = try Workplace(server)
    let bucket = try await Self.bucket(on: server, isVersioned: allVersions)
    var report = try await WrittenReport.read(bucket, of: server, allVersions: allVersions)
    report.format = "Parquet"
    let manifest = try report.write(
      to: "reports", in: place, skipping: 1, content: try await report.parquetContent(in: place))
    for selection in [[], ["--strategy", "copy"]] + (allVersions ? [["--all-versions"]] : []) {
      try await place.plan(server, bucket, selection)
      let listed = try place.planLines("plan.json")
      try await place.plan(server, bucket, selection + ["--inventory", manifest])
      #expect(try place.planLines("plan.json") == listed, "\(selection)")
    }
  }

  /// Prices depend on the storage class.
  @Test(arguments: ["CSV", "Parquet"].filter { $0 == "CSV" || WrittenReport.pythonWithParquet != nil })
  func storageClasses(format: String) async throws {
    let server = try #require(S3TestServer.sandbox)
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    for (index, name) in ["STANDARD", "GLACIER_IR", "GLACIER_IR", "STANDARD_IA"].enumerated() {
      try await server.tools.put(
        ObjectKey("k\(index)"), in: bucket, grants: [server.tools.may(.fullControl)],
        headers: [("x-amz-storage-class", name)])
    }
    var report = try await WrittenReport.read(bucket, of: server)
    report.format = format
    func write() async throws -> String {
      try report.write(
        to: "reports", in: place, content: format == "CSV" ? nil : try await report.parquetContent(in: place))
    }
    let manifest = try await write()
    let listed = try await place.fixacl(
      "plan", bucket, "-o", "plan.json", "--owner-profile", "tools", "--grant-read", server.oai.grantee)
    let lines = try place.read("plan.json").split(separator: "\n").filter { $0.contains("byStorageClass") }
    #expect(lines.count == 1 && lines[0].contains(#""GLACIER_IR":{"grants":2"#), "\(lines)")
    let told = try await place.fixacl(
      "plan", bucket, "-o", "plan.json", "--owner-profile", "tools", "--grant-read", server.oai.grantee, "--inventory",
      manifest)
    #expect(told.status == 0 && !told.err.contains("StorageClass"), "\(told.err)")
    #expect(try place.read("plan.json").split(separator: "\n").filter { $0.contains("byStorageClass") } == lines)
    func cost(_ result: ProgramResult) -> Substring? {
      result.err.onOneLine.firstMatch(of: /apply sends about.*?: \S+/)?.0
    }
    #expect(cost(told) != nil && cost(told) == cost(listed), "\(told.err)")

    guard format == "CSV" else { return }
    report.omittedColumns = ["StorageClass"]
    _ = try await write()
    let silent = try await place.fixacl(
      "plan", bucket, "-o", "plan.json", "--owner-profile", "tools", "--grant-read", server.oai.grantee, "--inventory",
      manifest)
    #expect(silent.status == 0 && silent.err.onOneLine.contains("no column StorageClass"), "\(silent.err)")
    #expect(!(try place.read("plan.json").contains("byStorageClass")))
  }

  /// While S3 hides public grants, a report may still tell them.
  @Test func hiddenGrants() async throws {
    let server = try #require(S3TestServer.sandbox)
    let place = try Workplace(server)
    let bucket = try await Self.bucket(on: server)
    let manifest = try await WrittenReport.read(bucket, of: server).write(to: "reports", in: place)
    try await server.site.blockPublicAccess(["IgnorePublicAcls"], of: bucket)
    try await place.plan(server, bucket)
    let listed = try place.planLines("plan.json")
    try await place.plan(server, bucket, ["--inventory", manifest])
    #expect(try place.planLines("plan.json") == listed)
  }
}
