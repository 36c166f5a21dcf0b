import Foundation
import AWSKit
import SandboxKit
import TestSupport
import Testing

/// Copies in parts, of objects that are too large for one request: here, what the option or the sandbox calls so.
struct MultipartCopyTests {
  private static let megabyte = 1 << 20
  /// The smallest parts that S3 takes.
  private static let smallest = 5 * megabyte

  /// Bytes that differ from place to place, so that no part can be mistaken for another.
  private static func content(_ count: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: UInt64(count))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) } }
    return Array(bytes.prefix(count))
  }

  /// IDs of the bucket's unfinished uploads.
  private static func uploads(_ server: S3TestServer, _ bucket: String) async throws -> [String] {
    try await server.site.client.run(
      AWSOperation("ListMultipartUploads", bucket: bucket, query: [("uploads", "")]) { response throws(XMLError) in
        try XMLElement(parsing: response.body, root: "ListMultipartUploadsResult").all("Upload").map {
          $0["UploadId"]?.text ?? ""
        }
      })
  }

  private static let headers = [
    ("Content-Type", "text/html"), ("Cache-Control", "max-age=60"), ("x-amz-meta-a", "b"),
    ("x-amz-website-redirect-location", "/other.html"), ("x-amz-tagging", "team=web&k=a%20b"),
  ]

  @Test(arguments: S3TestServer.all)
  func keepsEverything(server: S3TestServer) async throws {
    let bucket = try await server.makeBucket()
    let place = try Workplace(server)
    let grants = [server.tools.may(.fullControl), server.site.may(.read), server.other.may(.read)]
    let whole = Self.content(12 * Self.megabyte + 7)
    try await server.tools.put("whole", in: bucket, body: whole, grants: grants, headers: Self.headers)
    let parts = [Self.content(5 * Self.megabyte), Self.content(5 * Self.megabyte), Self.content(99)]
    try await server.tools.put("parts", in: bucket, parts: parts, grants: grants, headers: Self.headers)
    let small = Array("small".utf8)
    try await server.tools.put("small", in: bucket, body: small, grants: grants, headers: Self.headers)
    let before = try await server.tools.head("parts", in: bucket)
    // RadosGW takes no tags for an upload in parts.
    let tags = try await inParallel(["whole", "parts", "small"] as [ObjectKey]) {
      try await server.tools.tags(of: $0, in: bucket)
    }

    try await place.plan(server, bucket, ["--strategy", "copy"])
    try await place.apply(["--multipart-threshold", "\(6 * Self.megabyte)"])
    try await place.expectVerified()
    for (index, (key, content)) in [("whole", whole), ("parts", parts.flatMap { $0 }), ("small", small)].enumerated() {
      let key = ObjectKey(key)
      let found = try await server.site.get(key, in: bucket)
      #expect(found.body == content)
      #expect(found.headers["content-type"] == "text/html")
      #expect(found.headers["cache-control"] == "max-age=60")
      #expect(found.headers["x-amz-meta-a"] == "b")
      #expect(found.headers["x-amz-website-redirect-location"] == "/other.html")
      #expect(
        try await server.site.tags(of: key, in: bucket) == tags[index])
      #expect(
        try await server.site.acl(of: key, in: bucket)
          == AccessControlList(
            owner: server.site.id,
            grants: [server.site.may(.fullControl), server.other.may(.read), server.oai.may(.read)]))
    }
    #expect(try await server.site.head("whole", in: bucket).etag.hasSuffix("-3"))
    // Of the parts that it came in, its ETag stays.
    if server.tellsSizesOfParts { #expect(try await server.site.head("parts", in: bucket).etag == before.etag) }
    #expect(try await Self.uploads(server, bucket).isEmpty)
  }

  /// A server that refuses one part: nothing is left behind, and nothing is changed.
  @Test func nothingIsLeftOfACopyThatFails() async throws {
    try await OwnSandbox.with(["--multipart-limit", "\(Self.smallest)"]) { server in
      let bucket = try await server.makeBucket()
      let place = try Workplace(server)
      let grants = [server.tools.may(.fullControl), server.site.may(.read)]
      try await server.tools.put("o", in: bucket, body: Self.content(11 * Self.megabyte), grants: grants)
      try await place.plan(server, bucket, ["--strategy", "copy"])
      // Without the option, fixacl does not know how little this server copies at once.
      let whole = try await place.fixacl("apply", "plan.json", "--owner-profile", "tools")
      #expect(whole.status == 3, "\(whole.err)")

      try await server.control?.set([SandboxControl.Fault("forbidden", "UploadPartCopy", count: 1)])
      let failed = try await place.fixacl(
        "apply", "plan.json", "--owner-profile", "tools", "--multipart-threshold", "\(Self.smallest)")
      #expect(failed.status == 3, "\(failed.err)")
      #expect(failed.count("failed") == 1)
      #expect(try await Self.uploads(server, bucket).isEmpty)
      #expect(
        try await server.tools.acl(of: "o", in: bucket) == AccessControlList(owner: server.tools.id, grants: grants))

      try await place.apply(["--multipart-threshold", "\(Self.smallest)"])
      try await place.expectVerified()
      #expect(try await server.site.get("o", in: bucket).body == Self.content(11 * Self.megabyte))
      #expect(try await server.site.head("o", in: bucket).etag.hasSuffix("-3"))
    }
  }

  /// A program that is killed in the middle leaves an upload behind, and the next run ends it.
  @Test func aKilledCopyIsTakenUpAgain() async throws {
    try await OwnSandbox.with(["--multipart-limit", "\(Self.smallest)"]) { server in
      let bucket = try await server.makeBucket()
      let place = try Workplace(server)
      try await server.tools.put(
        "o", in: bucket, body: Self.content(6 * Self.megabyte),
        grants: [server.tools.may(.fullControl), server.site.may(.read)])
      try await place.plan(server, bucket, ["--strategy", "copy"])
      try await server.control?.set([SandboxControl.Fault("delay", "UploadPartCopy", ms: 3000)])
      let run = try place.start(
        ["apply", "plan.json", "--owner-profile", "tools", "--multipart-threshold", "\(Self.smallest)"])
      while try await Self.uploads(server, bucket).isEmpty { try await Task.sleep(for: .milliseconds(20)) }
      try await Task.sleep(for: .milliseconds(200))
      run.signal(SIGKILL)
      _ = try await run.result()
      #expect(try await Self.uploads(server, bucket).count == 1)
      try await server.control?.clearFaults()
      try await place.apply(["--multipart-threshold", "\(Self.smallest)"])
      try await place.expectVerified()
      #expect(try await Self.uploads(server, bucket).isEmpty)
      #expect(try await server.site.get("o", in: bucket).body == Self.content(6 * Self.megabyte))
    }
  }

  /// A run that ends in the middle when asked to cannot end the upload any more, and has changed nothing. But it knows of
  /// the upload: whoever goes on ends it.
  @Test(arguments: ["apply", "rollback", "reconcile"])
  func aStoppedCopyIsNotForgotten(next: String) async throws {
    try await OwnSandbox.with(["--multipart-limit", "\(Self.smallest)"]) { server in
      let stage = try await ReconcileStage(server)
      let (bucket, place) = (stage.bucket.name, stage.place)
      try await server.tools.put(
        "o", in: bucket, body: Self.content(11 * Self.megabyte),
        grants: [server.tools.may(.fullControl), server.site.may(.read)])
      let size = ["--multipart-threshold", "\(Self.smallest)"]
      var command = stage.arguments(
        ["--strategy", "copy", "--max-changes-percent", "100", "--allow-irreversible"] + size)
      if next != "reconcile" {
        try await place.plan(server, bucket, ["--strategy", "copy"])
        command = ["apply", "plan.json", "--owner-profile", "tools"] + size
      }
      try await server.control?.set([SandboxControl.Fault("delay", "UploadPartCopy", ms: 6000)])
      let run = try place.start(command)
      let hasBegun = try await waitUntil(
        { try await !Self.uploads(server, bucket).isEmpty }, while: { run.isRunning })
      try await Task.sleep(for: .milliseconds(200))
      run.signal(SIGINT)
      let stopped = try await run.result()
      try #require(hasBegun, "\(stopped.err)")
      #expect(stopped.status == 130, "\(stopped.err)")
      #expect(try await Self.uploads(server, bucket).count == 1)
      try await server.control?.clearFaults()
      if next == "rollback" { command = ["rollback", "plan.json", "--owner-profile", "tools"] }
      let result = try await place.start(command).result()
      #expect(result.status == 0, "\(result.err)")
      #expect(!result.err.contains("nothing"), "\(result.err)")
      #expect(try await Self.uploads(server, bucket).isEmpty)
      let owner = next == "rollback" ? server.tools : server.site
      #expect(try await owner.acl(of: "o", in: bucket).owner == owner.id)
    }
  }

  @Test(arguments: ["0", "-1", "1", "5242879", "x", "5368709121"])
  func aThresholdThatMakesNoSense(value: String) async throws {
    let place = try Workplace(.nowhere)
    let result = try await place.fixacl("apply", "plan.json", "--multipart-threshold=\(value)")
    #expect(result.status == 64)
    #expect(result.err.contains("multipart-threshold"))
  }
}
