import Foundation
import AWSKit
import TestSupport
import Testing

/// What the bucket as a whole, and its account, say of a repair.
struct BucketLevelTests {
  private static func put(_ stage: ReaderStage, path: String, query: String = "", body: String) async throws {
    let response = try await RawClient.send(
      .put, stage.server.endpoint, path: path, query: query,
      headers: path.hasPrefix("/v2018") ? [("x-amz-account-id", stage.server.site.accountID ?? "")] : [], body: body,
      as: stage.server.site.credentials)
    try #require(response.isSuccess, "\(response.text)")
  }

  private static func putOwnership(_ ownership: String, _ stage: ReaderStage) async throws {
    try await put(
      stage, path: "/\(stage.bucket)", query: "ownershipControls=",
      body: """
        <OwnershipControls xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ObjectOwnership>\(ownership)\
        </ObjectOwnership></Rule></OwnershipControls>
        """)
  }

  /// The account's Block Public Access counts as the bucket's does.
  @Test func theAccountsBlockPublicAccess() async throws {
    try await ReaderStage.with(try #require(S3TestServer.sandbox)) { stage in
      let grants = [stage.server.tools.may(.fullControl), Grant(.allUsers, .read)]
      try await stage.server.tools.put("public", in: stage.bucket, grants: grants)
      let options = ["plan", stage.bucket, "-o", "plan.json", "--owner-profile", "tools", "--oai", stage.oai]
      _ = try await stage.place.start(options).result()
      #expect(try stage.document()["bucket"]["accountPublicAccessBlock"]["ignorePublicAcls"] == false)
      try await Self.put(
        stage, path: "/v20180820/configuration/publicAccessBlock",
        body: """
          <PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">\
          <BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
          </PublicAccessBlockConfiguration>
          """)
      let run = try await stage.place.start(options).result()
      #expect(run.status == 0, "\(run.err)")
      #expect(run.err.contains("IgnorePublicAcls is on, so S3 does not show public grants"))
      let bucket = try stage.document()["bucket"]
      #expect(bucket["publicAccessBlock"]["ignorePublicAcls"] == false)
      #expect(bucket["accountPublicAccessBlock"]["ignorePublicAcls"] == true)
      let show = try await stage.place.fixacl("show", "plan.json")
      #expect(show.out.contains("BlockPublicAcls, IgnorePublicAcls (of its account)"))
      #expect(show.out.contains("IgnorePublicAcls is on, so S3 does not show public grants"))
      let apply = try await stage.place.fixacl("apply", "plan.json", "--owner-profile", "tools")
      #expect(apply.status == 0, "\(apply.err)")
      #expect(try await stage.server.oai.statusOfGet("public", in: stage.bucket) == 200)
    }
  }

  /// Nothing is listed but the page that is asked for beside the settings, nobody needs to be found, and it says why.
  @Test func bucketOwnerEnforced() async throws {
    try await ReaderStage.with(try #require(S3TestServer.sandbox)) { stage in
      try await stage.server.site.putBucketACL(
        bucket: stage.bucket,
        acl: AccessControlList(owner: stage.server.site.id, grants: [stage.server.site.may(.fullControl)]))
      try await Self.putOwnership("BucketOwnerEnforced", stage)
      let control = try #require(stage.server.control)
      try await control.counters(reset: true)
      let run = try await stage.plan("--detailed-exitcode")
      #expect(run.status == 0, "\(run.err)")
      #expect(run.err.contains("Object Ownership is BucketOwnerEnforced"))
      #expect(run.err.contains("nothing for fixacl to repair"))
      #expect(try await control.counters()["ListObjectsV2", default: 0] <= 1)
      let plan = try stage.document()
      #expect(plan["bucket"]["objectOwnership"] == "BucketOwnerEnforced")
      #expect(plan["changes"] == [])
      #expect(plan["alternative"] == .null)
      let show = try await stage.place.fixacl("show", "plan.json")
      #expect(show.status == 0, "\(show.err)")
      #expect(show.out.contains("BucketOwnerEnforced: ACLs are disabled"))
    }
  }

  @Test(arguments: S3TestServer.all)
  func theOneCallAlternative(server: S3TestServer) async throws {
    try await ReaderStage.with(server) { stage in
      try await stage.putPolicy(stage.allow(stage.identity))
      let run = try await stage.plan("--endpoint-url", stage.server.endpoint, "--profile", "site")
      #expect(run.status == 0, "\(run.err)")
      let alternative = try stage.document()["alternative"]
      // RadosGW does not know the setting.
      guard server.kind == .sandbox else {
        #expect(alternative == .null)
        #expect(!run.err.contains("put-bucket-ownership-controls"))
        return
      }
      let target = "--bucket \(stage.bucket) --profile site --endpoint-url \(stage.server.endpoint)"
      let switching =
        "aws s3api put-bucket-ownership-controls \(target)"
        + " --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'"
      let emptying = "aws s3api put-bucket-acl \(target) --acl private"
      #expect(alternative["fixes"] == 3)
      #expect(alternative["readersAllowed"] == true)
      // Others may write into the bucket by its ACL.
      #expect(alternative["possibleNow"] == false)
      #expect(alternative["commands"] == [.text(emptying), .text(switching)])
      // What 'show' prints for the AWS CLI is made again, of names: the file may be anybody's.
      let commands = [emptying, switching]
      for output in [run.err, try await stage.place.fixacl("show", "plan.json").out] {
        #expect(
          output.onOneLine.contains("one setting gives the bucket owner all 3 objects of other accounts at once"))
        for command in commands { #expect(output.contains(command)) }
        #expect(output.contains("he bucket policy already allows every reader."))
      }
      let json = try await stage.place.fixacl("show", "plan.json", "--format", "json")
      let shown = try JSONValue(parsing: json.stdout)["alternative"]
      #expect(shown["fixes"] == alternative["fixes"] && shown["affected"] == alternative["affected"])
      #expect(shown["commands"] == .list(commands.map { .text($0) }))
    }
  }
}
