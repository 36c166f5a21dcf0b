import Foundation
import AWSKit
import TestSupport
import Testing

/// CloudFront by the AWS CLI, and what viewers then get.
@Suite(.needsAWSCLI)
struct AWSCLICloudFrontTests {
  private let aws: AWSCLI
  private let reference = UUID().uuidString

  init() throws {
    aws = try AWSCLI()
  }

  private func makeIdentity(comment: String = "ü & <x>") async throws -> JSONValue {
    try await aws.cloudFront(
      "create-cloud-front-origin-access-identity", "--cloud-front-origin-access-identity-config",
      "CallerReference=\(reference),Comment=\(comment)")
  }

  /// - Parameter access: members of the origin: how CloudFront reads it.
  private func makeDistribution(_ bucket: String, _ access: String) async throws -> JSONValue {
    try JSONValue(parsing: try await createDistribution(bucket, access).stdout)["Distribution"]
  }

  private func createDistribution(_ bucket: String, _ access: String) async throws -> ProgramResult {
    let config = try aws.file(
      "distribution.json",
      """
      {"CallerReference": "\(UUID().uuidString)", "Comment": "of a test", "Enabled": true,
       "DefaultRootObject": "index.html", "Origins": {"Quantity": 1, "Items": [
         {"Id": "s3", "DomainName": "\(bucket).s3.us-east-1.amazonaws.com", "OriginPath": "/www", \(access)}]},
       "DefaultCacheBehavior": {"TargetOriginId": "s3", "ViewerProtocolPolicy": "allow-all",
         "ForwardedValues": {"QueryString": false, "Cookies": {"Forward": "none"}}, "MinTTL": 0}}
      """)
    return try await aws.run(["cloudfront", "create-distribution", "--distribution-config", "file://" + config])
  }

  private func view(_ distribution: JSONValue, _ path: String) async throws -> HTTPResponse {
    try await RawClient.send(.get, aws.server.viewer, path: "/\(distribution["Id"].text)\(path)")
  }

  @Test func keepsOriginAccessIdentities() async throws {
    let created = try await makeIdentity()
    let identity = created["CloudFrontOriginAccessIdentity"]
    let id = identity["Id"].text
    #expect(id.count == 14 && id.hasPrefix("E"))
    #expect(identity["S3CanonicalUserId"].text.count == 64)
    let aws = aws
    async let again = makeIdentity()
    async let different = aws.refusal(
      "cloudfront", "create-cloud-front-origin-access-identity", "--cloud-front-origin-access-identity-config",
      "CallerReference=\(reference),Comment=another")
    async let got = aws.cloudFront("get-cloud-front-origin-access-identity", "--id", id)
    async let listed = aws.cloudFront("list-cloud-front-origin-access-identities", "--page-size", "1")
    async let stranger = aws.refusal(as: "tools", "cloudfront", "get-cloud-front-origin-access-identity", "--id", id)
    #expect(try await again["CloudFrontOriginAccessIdentity"] == identity)
    #expect(try await different == "CloudFrontOriginAccessIdentityAlreadyExists")
    #expect(try await got["CloudFrontOriginAccessIdentity"] == identity)
    #expect(try await got["ETag"] == created["ETag"])
    let summaries = try await listed["CloudFrontOriginAccessIdentityList"]["Items"].elements
    #expect(
      summaries.contains([
        "Id": .text(id), "S3CanonicalUserId": identity["S3CanonicalUserId"], "Comment": "ü & <x>",
      ]))
    // The one that is there at the start reads as the account "oai".
    #expect(summaries.contains { $0["S3CanonicalUserId"].text == aws.server.oai.id.value })
    #expect(try await stranger == "NoSuchCloudFrontOriginAccessIdentity")

    let delete = ["cloudfront", "delete-cloud-front-origin-access-identity", "--id", id]
    async let unconditional = aws.run(delete)
    async let outdated = aws.run(delete + ["--if-match", "E0"])
    #expect(try await unconditional.err.contains("(InvalidIfMatchVersion)"))
    #expect(try await outdated.err.contains("(PreconditionFailed)"))
    _ = try await aws.output(delete + ["--if-match", created["ETag"].text])
    #expect(
      try await aws.refusal("cloudfront", "get-cloud-front-origin-access-identity-config", "--id", id)
        == "NoSuchCloudFrontOriginAccessIdentity")
  }

  /// The origin access identity is let in by an object's ACL; what CloudFront has cached, an invalidation ends.
  @Test func readsAsAnOriginAccessIdentity() async throws {
    let bucket = try await aws.makeBucket()
    try await aws.server.tools.put("www/index.html", in: bucket, headers: [("Content-Type", "text/html")])
    let identity = try await makeIdentity()["CloudFrontOriginAccessIdentity"]
    let name = "origin-access-identity/cloudfront/"
    let distribution = try await makeDistribution(
      bucket, "\"S3OriginConfig\": {\"OriginAccessIdentity\": \"\(name)\(identity["Id"].text)\"}")
    #expect(distribution["Status"] == "Deployed")
    #expect(
      distribution["ARN"].text
        == "arn:aws:cloudfront::\(aws.server.site.accountID ?? ""):distribution/\(distribution["Id"].text)")
    #expect(distribution["DistributionConfig"]["CacheBehaviors"] == ["Quantity": 0])
    let aws = aws
    let id = distribution["Id"].text
    async let got = aws.cloudFront("get-distribution", "--id", id)
    async let listed = aws.cloudFront(
      "list-distributions", "--page-size", "1", "--query", "DistributionList.Items[].Id")
    async let stranger = aws.refusal(as: "tools", "cloudfront", "get-distribution-config", "--id", id)
    async let noIdentity = createDistribution(
      bucket, "\"S3OriginConfig\": {\"OriginAccessIdentity\": \"\(name)E0\"}")
    #expect(try await got["Distribution"] == distribution)
    #expect(try await listed.elements.contains(.text(id)))
    #expect(try await stranger == "NoSuchDistribution")
    #expect(try await noIdentity.err.contains("(InvalidOriginAccessIdentity)"))

    #expect(try await view(distribution, "/").status == 403)
    try await aws.s3api(
      as: "tools", "put-object-acl", "--bucket", bucket, "--key", "www/index.html", "--grant-read",
      "id=" + identity["S3CanonicalUserId"].text)
    let cached = try await view(distribution, "/")
    #expect(cached.status == 403)
    #expect(cached.headers["x-cache"] == "Error from cloudfront")
    #expect(cached.headers["age"] != nil)

    let created = try await aws.cloudFront("create-invalidation", "--distribution-id", id, "--paths", "/", "/a*")
    let invalidation = created["Invalidation"]
    #expect(Set(invalidation["InvalidationBatch"]["Paths"]["Items"].elements) == ["/", "/a*"])
    async let invalidations = aws.cloudFront("list-invalidations", "--distribution-id", id)
    async let known = aws.cloudFront(
      "get-invalidation", "--distribution-id", id, "--id", invalidation["Id"].text)
    async let unknown = aws.refusal("cloudfront", "get-invalidation", "--distribution-id", id, "--id", "I0")
    #expect(
      try await invalidations["InvalidationList"]["Items"].elements.map { $0["Id"] } == [invalidation["Id"]])
    #expect(try await known["Invalidation"] == invalidation)
    #expect(try await unknown == "NoSuchInvalidation")
    let page = try await view(distribution, "/")
    #expect(page.status == 200)
    #expect(page.headers["content-type"] == "text/html")
    #expect(page.headers["x-cache"] == "Miss from cloudfront")
  }

  /// An origin access control is let in by a bucket policy that names the distribution, and by no ACL.
  @Test func readsByAnOriginAccessControl() async throws {
    let bucket = try await aws.makeBucket()
    try await aws.server.site.put("www/a/page", in: bucket)
    try await aws.server.tools.put("www/foreign", in: bucket)
    let control = try await aws.cloudFront(
      "create-origin-access-control", "--origin-access-control-config",
      "Name=\(reference),SigningProtocol=sigv4,SigningBehavior=always,OriginAccessControlOriginType=s3"
    )["OriginAccessControl"]
    let access = "\"S3OriginConfig\": {\"OriginAccessIdentity\": \"\"}, \"OriginAccessControlId\": "
    let distribution = try await makeDistribution(bucket, access + "\"\(control["Id"].text)\"")
    #expect(try await view(distribution, "/a/page").status == 403)
    try await aws.s3api(
      "put-bucket-policy", "--bucket", bucket, "--policy",
      """
      {"Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::\(bucket)/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": "\(distribution["ARN"].text)"}}}]}
      """)
    try await aws.cloudFront(
      "create-invalidation", "--distribution-id", distribution["Id"].text, "--paths", "/a/*")
    #expect(try await view(distribution, "/a/page").status == 200)
    // The policy does not reach what another account owns.
    #expect(try await view(distribution, "/foreign").status == 403)
    let aws = aws
    async let listed = aws.cloudFront("list-origin-access-controls")
    async let got = aws.cloudFront("get-origin-access-control", "--id", control["Id"].text)
    #expect(try await listed["OriginAccessControlList"]["Items"].elements.contains { $0["Id"] == control["Id"] })
    #expect(try await got["OriginAccessControl"] == control)
  }
}
