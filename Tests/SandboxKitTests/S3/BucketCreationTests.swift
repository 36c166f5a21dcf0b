import AWSKit
import Testing

@testable import SandboxKit

/// Making and deleting buckets (API Reference: CreateBucket, DeleteBucket; User Guide: "General purpose bucket naming
/// rules").
@Suite("Making buckets")
struct BucketCreationTests {
  private let sandbox: InProcessSandbox

  init() throws {
    sandbox = try InProcessSandbox()
  }

  private func send(
    _ method: HTTPMethod, _ path: String, query: [(String, String)] = [],
    headers: [(name: String, value: String)] = [], body: String = "", region: String = "us-east-1"
  ) throws -> Answer {
    sandbox.send(
      method, "s3.\(region).amazonaws.com", path, query: query, headers: headers, body: body, service: "s3",
      as: try sandbox.account("site").credentials, region: region)
  }

  private func make(_ constraint: String, region: String) throws -> Answer {
    let location = constraint.isEmpty ? "" : "<LocationConstraint>\(constraint)</LocationConstraint>"
    return try send(
      .put, "/placed-bucket", body: "<CreateBucketConfiguration>\(location)</CreateBucketConfiguration>",
      region: region)
  }

  @Test(arguments: [
    ("abc", true), ("a.b-c.9", true), ("ab", false), ("Abc", false), ("a_b", false), ("-abc", false), ("abc.", false),
    ("a..b", false), ("192.168.5.4", false), ("xn--abc", false), ("sthree-abc", false), ("amzn-s3-demo-abc", false),
    ("abc-s3alias", false), ("abc--ol-s3", false), ("abc.mrap", false), ("abc--x-s3", false), ("abc--table-s3", false),
  ])
  func names(name: String, isValid: Bool) throws {
    let answer = try send(.put, "/" + name)
    #expect(answer.status == (isValid ? 200 : 400))
    if !isValid { #expect(answer.code == "InvalidBucketName") }
  }

  @Test func regions() throws {
    #expect(try make("us-east-1", region: "us-east-1").code == "InvalidLocationConstraint")
    #expect(try make("mars-north-1", region: "us-east-1").code == "InvalidLocationConstraint")
    let unspecified = try make("", region: "eu-west-1")
    #expect(unspecified.code == "IllegalLocationConstraintException", "\(unspecified.text)")
    #expect(try make("eu-north-1", region: "eu-west-1").code == "IllegalLocationConstraintException")
    #expect(try make("EU", region: "eu-west-1").status == 200)
    #expect(
      try send(.get, "/placed-bucket", query: [("location", "")], region: "eu-west-1").text.contains(">eu-west-1<"))
  }

  @Test func publicACLsNeedACLs() throws {
    let enforced: [(name: String, value: String)] = [("x-amz-object-ownership", "BucketOwnerEnforced")]
    let refused = try send(.put, "/new-bucket", headers: enforced + [("x-amz-acl", "public-read")])
    #expect(refused.status == 400 && refused.code == "InvalidBucketAclWithObjectOwnership", "\(refused.text)")
    #expect(try send(.head, "/new-bucket").status == 404)
    #expect(try send(.put, "/new-bucket", headers: enforced + [("x-amz-acl", "private")]).status == 200)
  }

  @Test func tagsAreKept() throws {
    let tags = "<Tags><Tag><Key>team</Key><Value>web</Value></Tag></Tags>"
    let body = "<CreateBucketConfiguration>\(tags)</CreateBucketConfiguration>"
    #expect(try send(.put, "/new-bucket", body: body).status == 200)
    #expect(try send(.get, "/new-bucket", query: [("tagging", "")]).text("TagSet", "Tag", "Value") == "web")
    // The first region lets an owner make its bucket again, but not with tags.
    #expect(try send(.put, "/new-bucket").header("x-amz-bucket-arn") == "arn:aws:s3:::new-bucket")
    #expect(try send(.put, "/new-bucket", body: body).code == "BucketAlreadyOwnedByYou")
    let directory = "<CreateBucketConfiguration><Bucket><Type>Directory</Type></Bucket></CreateBucketConfiguration>"
    #expect(try send(.put, "/other-bucket", body: directory).status == 501)
  }

  @Test func unfinishedUploadsGoWithTheBucket() throws {
    #expect(try send(.put, "/new-bucket").status == 200)
    #expect(try send(.post, "/new-bucket/key", query: [("uploads", "")]).status == 200)
    #expect(try send(.delete, "/new-bucket").status == 204)
  }

  /// API Reference: PutBucketAcl, PutObjectAcl.
  @Test func emailAddressesAreNoGrantees() throws {
    #expect(try send(.put, "/new-bucket").status == 200)
    let header = try send(
      .put, "/new-bucket", query: [("acl", "")], headers: [("x-amz-grant-read", "emailAddress=\"a@example.com\"")])
    #expect(header.status == 405 && header.code == "MethodNotAllowed", "\(header.text)")
    let id = try sandbox.account("site").canonicalID.value
    let document =
      "<AccessControlPolicy><Owner><ID>\(id)</ID></Owner><AccessControlList><Grant><Grantee "
      + "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"AmazonCustomerByEmail\"><EmailAddress>"
      + "a@example.com</EmailAddress></Grantee><Permission>READ</Permission></Grant></AccessControlList>"
      + "</AccessControlPolicy>"
    #expect(try send(.put, "/new-bucket", query: [("acl", "")], body: document).status == 405)
  }
}
