import AWSKit
import TestSupport
import Testing

/// ACLs, owners, and whom S3 lets in, by the AWS CLI.
@Suite(.needsAWSCLI)
struct AWSCLIAccessTests {
  private let aws: AWSCLI

  init() throws {
    aws = try AWSCLI()
  }

  private func acl(as account: String = "tools", of key: String, in bucket: String) async throws -> JSONValue {
    try await aws.s3api(as: account, "get-object-acl", "--bucket", bucket, "--key", key)
  }

  private func grant(_ account: TestAccount, _ permission: String) -> JSONValue {
    ["Grantee": ["Type": "CanonicalUser", "ID": .text(account.id.value)], "Permission": .text(permission)]
  }

  /// The fault that fixacl repairs: the bucket's owner owns nothing that another account has uploaded.
  @Test func showsForeignObjects() async throws {
    let bucket = try await aws.makeBucket()
    let (site, tools) = (aws.server.site, aws.server.tools)
    let body = try aws.file("body", "of tools")
    try await aws.s3api(as: "tools", "put-object", "--bucket", bucket, "--key", "k", "--body", body)
    let aws = aws
    async let get = aws.refusal("s3api", "get-object", "--bucket", bucket, "--key", "k", "out")
    async let getACL = aws.refusal("s3api", "get-object-acl", "--bucket", bucket, "--key", "k")
    async let putACL = aws.refusal("s3api", "put-object-acl", "--bucket", bucket, "--key", "k", "--acl", "private")
    async let listing = aws.s3api("list-objects-v2", "--bucket", bucket, "--fetch-owner")
    #expect(try await get == "AccessDenied")
    #expect(try await getACL == "AccessDenied")
    #expect(try await putACL == "AccessDenied")
    #expect(try await listing["Contents"][0]["Owner"]["ID"].text == tools.id.value)

    try await aws.s3api(
      as: "tools", "put-object-acl", "--bucket", bucket, "--key", "k", "--grant-full-control",
      "id=\(tools.id.value),id=\"\(site.id.value)\"", "--grant-read",
      "uri=http://acs.amazonaws.com/groups/global/AuthenticatedUsers")
    async let seen = acl(as: "site", of: "k", in: bucket)
    async let read = aws.s3api("get-object", "--bucket", bucket, "--key", "k", "out-site")
    async let stranger = aws.s3api(as: "other", "get-object", "--bucket", bucket, "--key", "k", "out-other")
    async let nobody = aws.refusal(
      "s3api", "get-object", "--bucket", bucket, "--key", "k", "out-nobody", "--no-sign-request")
    #expect(try await seen["Owner"]["ID"].text == tools.id.value)
    #expect(
      Set(try await seen["Grants"].elements) == [
        grant(tools, "FULL_CONTROL"), grant(site, "FULL_CONTROL"),
        [
          "Grantee": ["Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"],
          "Permission": "READ",
        ],
      ])
    #expect(try await read["ContentLength"] == 8)
    #expect(try aws.place.read("out-site") == "of tools")
    #expect(try await stranger["ContentLength"] == 8)
    #expect(try await nobody == "AccessDenied")
    // The bucket's owner may always remove it.
    try await aws.s3api("delete-object", "--bucket", bucket, "--key", "k")
  }

  @Test func checksACLs() async throws {
    let bucket = try await aws.makeBucket()
    let (site, tools) = (aws.server.site, aws.server.tools)
    try await aws.s3api(
      as: "tools", "put-object", "--bucket", bucket, "--key", "k", "--acl", "bucket-owner-full-control")
    #expect(
      Set(try await acl(of: "k", in: bucket)["Grants"].elements)
        == [grant(tools, "FULL_CONTROL"), grant(site, "FULL_CONTROL")])
    func policy(owner: CanonicalID) -> String {
      """
      {"Owner": {"ID": "\(owner.value)"}, "Grants": [
        {"Grantee": {"Type": "CanonicalUser", "ID": "\(site.id.value)"}, "Permission": "READ_ACP"}]}
      """
    }
    let aws = aws
    let put = ["s3api", "put-object-acl", "--bucket", bucket, "--key", "k"]
    func refused(_ arguments: String...) async throws -> String {
      let result = try await aws.run(put + arguments, as: "tools")
      #expect(result.status != 0)
      return result.err
    }
    async let both = refused("--acl", "private", "--grant-read", "id=" + site.id.value)
    async let neither = refused()
    async let unknown = refused("--grant-read", "id=0123")
    async let given = refused("--access-control-policy", policy(owner: site.id))
    #expect(try await both.contains("(InvalidRequest)"))
    #expect(try await neither.contains("(MissingSecurityHeader)"))
    #expect(try await unknown.contains("(InvalidArgument)"))
    #expect(try await given.contains("(AccessDenied)"))

    _ = try await aws.output(put + ["--access-control-policy", policy(owner: tools.id)], as: "tools")
    #expect(try await acl(as: "site", of: "k", in: bucket)["Grants"] == [grant(site, "READ_ACP")])
  }

  @Test func takesOwnershipByTheBucketsSetting() async throws {
    let bucket = try await aws.makeBucket()
    let (site, tools) = (aws.server.site, aws.server.tools)
    try await aws.s3api(as: "tools", "put-object", "--bucket", bucket, "--key", "before")
    try await aws.s3api(
      "put-bucket-ownership-controls", "--bucket", bucket, "--ownership-controls",
      "Rules=[{ObjectOwnership=BucketOwnerPreferred}]")
    try await aws.s3api(
      as: "tools", "put-object", "--bucket", bucket, "--key", "given", "--acl", "bucket-owner-full-control")
    try await aws.s3api(as: "tools", "put-object", "--bucket", bucket, "--key", "kept")
    let listing = try await aws.s3api("list-objects-v2", "--bucket", bucket, "--fetch-owner")
    let owners = listing["Contents"].elements.map { $0["Owner"]["ID"].text }
    #expect(owners == [tools.id.value, site.id.value, tools.id.value])

    try await aws.s3api("put-bucket-acl", "--bucket", bucket, "--acl", "private")
    try await aws.s3api(
      "put-bucket-ownership-controls", "--bucket", bucket, "--ownership-controls",
      "Rules=[{ObjectOwnership=BucketOwnerEnforced}]")
    let aws = aws
    async let enforced = acl(as: "site", of: "before", in: bucket)
    async let put = aws.refusal(
      "s3api", "put-object-acl", "--bucket", bucket, "--key", "before", "--acl", "private")
    async let head = aws.s3api("head-object", "--bucket", bucket, "--key", "before")
    #expect(try await enforced["Owner"]["ID"].text == site.id.value)
    #expect(try await enforced["Grants"] == [grant(site, "FULL_CONTROL")])
    #expect(try await put == "AccessControlListNotSupported")
    #expect(try await head["ContentLength"] == 0)
  }

  /// A policy's Allow counts for the bucket owner's objects only, its Deny for all.
  @Test func appliesPoliciesByOwner() async throws {
    let bucket = try await aws.makeBucket()
    try await aws.server.site.put("site", in: bucket)
    try await aws.server.tools.put("tools", in: bucket)
    func statement(_ effect: String, _ account: TestAccount) -> String {
      """
      {"Effect": "\(effect)", "Principal": {"AWS": "arn:aws:iam::\(account.accountID ?? ""):root"},
        "Action": "s3:GetObject*", "Resource": "arn:aws:s3:::\(bucket)/*"}
      """
    }
    try await aws.s3api(
      "put-bucket-policy", "--bucket", bucket, "--policy",
      "{\"Statement\": [\(statement("Allow", aws.server.other)), \(statement("Deny", aws.server.tools))]}")
    let aws = aws
    async let own = aws.s3api(as: "other", "head-object", "--bucket", bucket, "--key", "site")
    async let foreign = aws.refusal(as: "other", "s3api", "head-object", "--bucket", bucket, "--key", "tools")
    async let denied = aws.refusal(as: "tools", "s3api", "get-object-acl", "--bucket", bucket, "--key", "tools")
    #expect(try await own["ContentLength"] == 7)
    #expect(try await foreign == "403")
    #expect(try await denied == "AccessDenied")
  }
}
