import AWSKit
import Foundation
import TestSupport
import Testing

/// How an inventory is set up.
struct InventorySetupCommandTests {
  @Test(arguments: S3TestServer.all)
  func commandsArePrinted(server: S3TestServer) async throws {
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    let destination = "s3://\(bucket)/reports/"
    let result = try await place.fixacl(
      "plan", bucket, "--inventory-setup", destination, "--prefix", "img/", "--all-versions")
    #expect(result.status == 0, "\(result.err)")
    for words in [
      "aws s3api put-bucket-policy --bucket \(bucket)",
      "aws s3api put-bucket-inventory-configuration --bucket \(bucket)",
      "\"Prefix\":\"img/\"", "\"IncludedObjectVersions\":\"All\"", "ObjectAccessControlList", "48 hours",
      "fixacl plan \(bucket) --inventory s3://\(bucket)/reports/\(bucket)/fixacl/DATE/manifest.json"
        + " --prefix img/ --all-versions\n",
    ] {
      #expect(result.out.contains(words), "\(result.out)")
    }
    let json = try await place.fixacl("plan", bucket, "--inventory-setup", destination, "--format", "json")
    let document = try JSONSerialization.jsonObject(with: Data(json.stdout)) as? [String: Any]
    #expect((document?["commands"] as? [String])?.count == 2, "\(json.out)")
    for wrong in [
      ["--inventory-setup", bucket], ["--yes"], ["--inventory-setup", destination, "--inventory", "manifest.json"],
      ["--inventory-setup", destination, "-o", "plan.json"], ["--refresh", "all"],
    ] {
      let refused = try await place.fixacl(["plan", bucket] + wrong)
      #expect(refused.status == 64, "\(wrong): \(refused.err)")
    }
  }

  /// Between the policy and the configuration, Ctrl-C says what was made.
  @Test func anInterruptionSaysWhatIsThere() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let place = try Workplace(server)
      let bucket = try await server.makeBucket()
      let reports = try await server.makeBucket()
      try await control.set([SandboxControl.Fault("delay", "GetBucketInventoryConfiguration", ms: 3000)])
      let arguments = ["plan", bucket, "--inventory-setup", "s3://\(reports)/r", "--yes"]
      let run = try place.start(arguments)
      var hasPolicy = false
      while !hasPolicy, run.isRunning {
        let policy = try await server.site.client.bucketPolicy(bucket: reports) ?? []
        hasPolicy = String(decoding: policy, as: UTF8.self).contains("FixaclInventory")
      }
      run.signal(SIGINT)
      let result = try await run.result()
      #expect(hasPolicy && result.status == 130, "\(result.err)")
      #expect(!result.err.contains("Nothing was changed"), "\(result.err)")
      #expect(
        result.err.onOneLine.contains(
          "the policy of s3://\(reports) allows S3 to write reports, and fixacl did not get to the inventory"),
        "\(result.err)")
      try await control.clearFaults()
      let again = try await place.start(arguments + ["--format", "json"]).result()
      #expect(again.out.contains(#""made":{"policy":false,"configuration":true}"#), "\(again.out)\(again.err)")
    }
  }

  /// Set up, reported and planned from: the plan is that of a listing. A second run finds everything there.
  @Test func isSetUpOnce() async throws {
    let server = try #require(S3TestServer.sandbox)
    let control = try #require(server.control)
    let place = try Workplace(server)
    let bucket = try await server.makeBucket()
    let reports = try await server.makeBucket()
    try await server.site.putPolicy(
      [#"{"Sid":"Kept","Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"@"}"#], of: reports)
    try await inParallel((0..<30).map { ObjectKey("img/a b+\($0)") }) { key in
      try await server.tools.put(key, in: bucket, grants: [server.tools.may(.fullControl)])
    }
    let arguments = ["plan", bucket, "--inventory-setup", "s3://\(reports)/r", "--yes", "--format", "json"]
    for made in [true, false] {
      let result = try await place.fixacl(arguments)
      #expect(result.status == 0, "\(result.err)")
      try place.write(result.out, to: "setup.json")
      #expect(try await JSONSchema.faults("events.schema.json", "setup.json", in: place) == "")
      #expect(result.out.contains("\"made\":{\"policy\":\(made),\"configuration\":\(made)}"), "\(result.out)")
    }
    let policy = try #require(try await server.site.client.bucketPolicy(bucket: reports))
    let text = String(decoding: policy, as: UTF8.self)
    #expect(text.contains("\"Kept\""))
    #expect(text.components(separatedBy: "s3:x-amz-acl").count == 2, "\(text)")
    let answer = try await control.send(
      .post, "/inventory", query: "bucket=\(bucket)&id=fixacl&time=2026-11-20T01:00:00Z")
    #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    let listing = try await server.site.list(reports)
    let manifest = try #require(listing.first { $0.key.text.hasSuffix("/manifest.json") }?.key.text)
    try await place.plan(server, bucket)
    let listed = try place.planLines("plan.json")
    try await place.plan(server, bucket, ["--inventory", "s3://\(reports)/\(manifest)"])
    #expect(try place.planLines("plan.json") == listed)
  }
}
