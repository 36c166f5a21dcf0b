import Foundation
import AWSKit
import TestSupport
import Testing

/// Buckets and their settings, by the AWS CLI.
@Suite(.needsAWSCLI)
struct AWSCLIBucketTests {
  private let aws: AWSCLI

  init() throws {
    aws = try AWSCLI()
  }

  @Test func makesAndRemovesBuckets() async throws {
    let name = "b-" + UUID().uuidString.lowercased()
    let abroad = name + "-eu"
    try await aws.s3api("create-bucket", "--bucket", name)
    try await aws.s3api(
      "create-bucket", "--bucket", abroad, "--create-bucket-configuration", "LocationConstraint=eu-west-1")
    let aws = aws
    async let buckets = aws.s3api("list-buckets", "--query", "Buckets[].Name")
    async let home = aws.s3api("get-bucket-location", "--bucket", name)
    // Signed for us-east-1 at first: S3 tells the CLI which region it should be.
    async let location = aws.s3api("get-bucket-location", "--bucket", abroad)
    async let listing = aws.s3api("list-objects-v2", "--bucket", abroad)
    #expect(Set(try await buckets.elements.map(\.text)).isSuperset(of: [name, abroad]))
    #expect(try await home["LocationConstraint"] == nil)
    #expect(try await location["LocationConstraint"] == "eu-west-1")
    #expect(try await listing["Contents"] == nil)

    async let taken = aws.refusal(as: "tools", "s3api", "create-bucket", "--bucket", name)
    async let notMine = aws.refusal(as: "tools", "s3api", "head-bucket", "--bucket", name)
    async let missing = aws.refusal("s3api", "head-bucket", "--bucket", name + "-none")
    async let badName = aws.refusal("s3api", "create-bucket", "--bucket", name + "-")
    async let notExpected = aws.refusal(
      "s3api", "get-bucket-acl", "--bucket", name, "--expected-bucket-owner", aws.server.tools.accountID ?? "")
    #expect(try await taken == "BucketAlreadyExists")
    #expect(try await notMine == "403")
    #expect(try await missing == "404")
    #expect(try await badName == "InvalidBucketName")
    #expect(try await notExpected == "AccessDenied")

    try await aws.s3api("put-object", "--bucket", name, "--key", "k")
    #expect(try await aws.refusal("s3api", "delete-bucket", "--bucket", name) == "BucketNotEmpty")
    try await aws.s3api("delete-object", "--bucket", name, "--key", "k")
    try await aws.s3api("delete-bucket", "--bucket", name)
    #expect(try await aws.refusal("s3api", "list-objects-v2", "--bucket", name) == "NoSuchBucket")
    try await aws.s3api("delete-bucket", "--bucket", abroad, "--region", "eu-west-1")
  }

  @Test func keepsOwnershipAndPublicAccessBlock() async throws {
    let bucket = try await aws.makeBucket()
    let aws = aws
    async let noControls = aws.refusal("s3api", "get-bucket-ownership-controls", "--bucket", bucket)
    async let noBlock = aws.refusal("s3api", "get-public-access-block", "--bucket", bucket)
    #expect(try await noControls == "OwnershipControlsNotFoundError")
    #expect(try await noBlock == "NoSuchPublicAccessBlockConfiguration")

    // The bucket's ACL lets others in.
    let enforced = "Rules=[{ObjectOwnership=BucketOwnerEnforced}]"
    #expect(
      try await aws.refusal(
        "s3api", "put-bucket-ownership-controls", "--bucket", bucket, "--ownership-controls", enforced)
        == "InvalidBucketAclWithObjectOwnership")
    try await aws.s3api("put-bucket-acl", "--bucket", bucket, "--acl", "private")
    try await aws.s3api("put-bucket-ownership-controls", "--bucket", bucket, "--ownership-controls", enforced)
    let controls = try await aws.s3api("get-bucket-ownership-controls", "--bucket", bucket)
    #expect(controls["OwnershipControls"]["Rules"][0]["ObjectOwnership"] == "BucketOwnerEnforced")
    #expect(
      try await aws.refusal("s3api", "put-bucket-acl", "--bucket", bucket, "--acl", "public-read")
        == "AccessControlListNotSupported")
    try await aws.s3api("delete-bucket-ownership-controls", "--bucket", bucket)

    try await aws.s3api(
      "put-public-access-block", "--bucket", bucket, "--public-access-block-configuration",
      "BlockPublicAcls=true,IgnorePublicAcls=true")
    #expect(
      try await aws.s3api("get-public-access-block", "--bucket", bucket)["PublicAccessBlockConfiguration"] == [
        "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": false, "RestrictPublicBuckets": false,
      ])
    #expect(
      try await aws.refusal("s3api", "put-bucket-acl", "--bucket", bucket, "--acl", "public-read") == "AccessDenied")
    try await aws.s3api("delete-public-access-block", "--bucket", bucket)
    try await aws.s3api("put-bucket-acl", "--bucket", bucket, "--acl", "public-read")
    let grants = try await aws.s3api("get-bucket-acl", "--bucket", bucket)["Grants"]
    #expect(
      grants.elements.contains([
        "Grantee": ["Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"], "Permission": "READ",
      ]))
  }

  /// By curl, which signs too: the CLI puts the account's ID before the host's name, which no loopback address takes.
  @Test func keepsTheAccountsPublicAccessBlock() async throws {
    // It has no buckets that other tests use.
    let account = aws.server.other
    let id = try #require(account.accountID)
    func curl(_ arguments: String...) async throws -> String {
      try await aws.place.run(
        [
          "curl", "-sS", "--aws-sigv4", "aws:amz:\(aws.server.region):s3", "--user",
          "\(account.credentials.accessKeyID):\(account.credentials.secretAccessKey)", "-H", "x-amz-account-id: \(id)",
          "-w", "%{http_code}", aws.server.endpoint + "/v20180820/configuration/publicAccessBlock",
        ] + arguments
      ).out
    }
    #expect(try await curl().contains("<Code>NoSuchPublicAccessBlockConfiguration</Code>"))
    let configuration = """
      <PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">\
      <BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>
      """
    #expect(
      try await curl("-X", "PUT", "-H", "Content-Type: application/xml", "--data-binary", configuration) == "201")
    let bucket = "b-" + UUID().uuidString.lowercased()
    try await account.createBucket(bucket)
    #expect(
      try await aws.refusal(as: "other", "s3api", "put-bucket-acl", "--bucket", bucket, "--acl", "public-read")
        == "AccessDenied")
    #expect(try await curl().contains("<BlockPublicAcls>true</BlockPublicAcls>"))
    #expect(try await curl("-X", "DELETE") == "204")
    #expect(try await curl().hasSuffix("404"))
  }

  @Test func keepsPolicies() async throws {
    let bucket = try await aws.makeBucket()
    try await aws.server.site.deleteBucketPolicy(bucket)
    #expect(try await aws.refusal("s3api", "get-bucket-policy", "--bucket", bucket) == "NoSuchBucketPolicy")
    func policy(_ principal: String) throws -> String {
      try aws.file(
        "policy.json",
        """
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": \(principal), "Action": "s3:GetObject",
          "Resource": "arn:aws:s3:::\(bucket)/*"}}
        """)
    }
    for (principal, isPublic) in [("\"*\"", true), ("{\"AWS\": \"\(aws.server.tools.accountID ?? "")\"}", false)] {
      let file = try policy(principal)
      try await aws.s3api("put-bucket-policy", "--bucket", bucket, "--policy", "file://" + file)
      let aws = aws
      async let back = aws.s3api("get-bucket-policy", "--bucket", bucket)
      async let status = aws.s3api("get-bucket-policy-status", "--bucket", bucket)
      #expect(try await back["Policy"].text == aws.place.read(file))
      #expect(try await status["PolicyStatus"]["IsPublic"] == .flag(isPublic))
    }
    try await aws.s3api(
      "put-public-access-block", "--bucket", bucket, "--public-access-block-configuration", "BlockPublicPolicy=true")
    let file = "file://" + (try policy("\"*\""))
    #expect(
      try await aws.refusal("s3api", "put-bucket-policy", "--bucket", bucket, "--policy", file) == "AccessDenied")
    #expect(
      try await aws.refusal("s3api", "put-bucket-policy", "--bucket", bucket, "--policy", "{}") == "MalformedPolicy")
    #expect(
      try await aws.refusal(as: "tools", "s3api", "get-bucket-policy", "--bucket", bucket) == "AccessDenied")
    try await aws.s3api("delete-bucket-policy", "--bucket", bucket)
  }

  @Test func keepsVersioningEncryptionAndLock() async throws {
    let bucket = try await aws.makeBucket()
    #expect(try await aws.s3api("get-bucket-versioning", "--bucket", bucket)["Status"] == nil)
    #expect(
      try await aws.refusal("s3api", "get-object-lock-configuration", "--bucket", bucket)
        == "ObjectLockConfigurationNotFoundError")
    try await aws.s3api(
      "put-bucket-versioning", "--bucket", bucket, "--versioning-configuration", "Status=Enabled")
    #expect(try await aws.s3api("get-bucket-versioning", "--bucket", bucket)["Status"] == "Enabled")
    let lock = "ObjectLockEnabled=Enabled,Rule={DefaultRetention={Mode=GOVERNANCE,Days=2}}"
    try await aws.s3api(
      "put-object-lock-configuration", "--bucket", bucket, "--object-lock-configuration", lock)
    let configuration = try await aws.s3api("get-object-lock-configuration", "--bucket", bucket)
    #expect(
      configuration["ObjectLockConfiguration"] == [
        "ObjectLockEnabled": "Enabled", "Rule": ["DefaultRetention": ["Mode": "GOVERNANCE", "Days": 2]],
      ])
    #expect(
      try await aws.refusal(
        "s3api", "put-bucket-versioning", "--bucket", bucket, "--versioning-configuration", "Status=Suspended")
        == "InvalidBucketState")

    func rule() async throws -> JSONValue {
      try await aws.s3api("get-bucket-encryption", "--bucket", bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    }
    #expect(try await rule()["ApplyServerSideEncryptionByDefault"] == ["SSEAlgorithm": "AES256"])
    let key = "arn:aws:kms:us-east-1:\(aws.server.site.accountID ?? ""):key/abc"
    let encryption = """
      {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "\(key)"},
        "BucketKeyEnabled": true}]}
      """
    try await aws.s3api(
      "put-bucket-encryption", "--bucket", bucket, "--server-side-encryption-configuration", encryption)
    let kms = try await rule()
    #expect(
      kms["ApplyServerSideEncryptionByDefault"] == ["SSEAlgorithm": "aws:kms", "KMSMasterKeyID": .text(key)])
    #expect(kms["BucketKeyEnabled"] == true)
    try await aws.s3api("delete-bucket-encryption", "--bucket", bucket)
    #expect(try await rule()["ApplyServerSideEncryptionByDefault"] == ["SSEAlgorithm": "AES256"])
  }
}
