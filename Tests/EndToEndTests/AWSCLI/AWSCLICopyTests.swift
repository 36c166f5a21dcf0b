import AWSKit
import TestSupport
import Testing

/// Copies and their rules, by the AWS CLI.
@Suite(.needsAWSCLI)
struct AWSCLICopyTests {
  private let aws: AWSCLI

  init() throws {
    aws = try AWSCLI()
  }

  private func makeSource(in bucket: String) async throws {
    try await aws.server.site.put(
      "src +%", in: bucket, body: Array("source".utf8),
      headers: [
        ("Content-Type", "text/x"), ("x-amz-meta-m", "1"), ("x-amz-tagging", "a=b"), ("x-amz-acl", "public-read"),
        ("x-amz-website-redirect-location", "/r"), ("x-amz-storage-class", "STANDARD_IA"),
      ])
  }

  /// The CLI encodes the source's key.
  private func copy(_ key: String, in bucket: String, _ arguments: String...) -> [String] {
    ["s3api", "copy-object", "--bucket", bucket, "--key", key, "--copy-source", bucket + "/src +%"] + arguments
  }

  @Test func takesWhatS3Takes() async throws {
    let bucket = try await aws.makeBucket()
    try await makeSource(in: bucket)
    let result = try await aws.output(copy("kept", in: bucket))
    #expect(result["CopyObjectResult"]["ETag"].text == "\"36cd38f49b9afa08222c0dc9ebfe35eb\"")
    _ = try await aws.output(
      copy(
        "replaced", in: bucket, "--metadata-directive", "REPLACE", "--content-type", "a/b", "--metadata", "n=2",
        "--tagging-directive", "REPLACE", "--tagging", "z=y", "--grant-read", "id=" + aws.server.tools.id.value))
    let aws = aws
    async let kept = aws.s3api("head-object", "--bucket", bucket, "--key", "kept")
    async let keptTags = aws.s3api("get-object-tagging", "--bucket", bucket, "--key", "kept")
    async let keptACL = aws.s3api("get-object-acl", "--bucket", bucket, "--key", "kept")
    async let replaced = aws.s3api("head-object", "--bucket", bucket, "--key", "replaced")
    async let replacedTags = aws.s3api("get-object-tagging", "--bucket", bucket, "--key", "replaced")
    async let replacedACL = aws.s3api("get-object-acl", "--bucket", bucket, "--key", "replaced")
    #expect(try await kept["ContentType"] == "text/x")
    #expect(try await kept["Metadata"] == ["m": "1"])
    // Neither the storage class, nor the redirect, nor the ACL.
    #expect(try await kept["StorageClass"] == nil)
    #expect(try await kept["WebsiteRedirectLocation"] == nil)
    #expect(try await keptACL["Grants"].elements.map { $0["Permission"] } == ["FULL_CONTROL"])
    #expect(try await keptTags["TagSet"] == [["Key": "a", "Value": "b"]])
    #expect(try await replaced["ContentType"] == "a/b")
    #expect(try await replaced["Metadata"] == ["n": "2"])
    #expect(try await replacedTags["TagSet"] == [["Key": "z", "Value": "y"]])
    #expect(try await replacedACL["Grants"].elements.map { $0["Permission"] } == ["READ"])
  }

  @Test func refusesToCopyOntoItself() async throws {
    let bucket = try await aws.makeBucket()
    try await makeSource(in: bucket)
    let aws = aws
    let unchanged = copy("src +%", in: bucket)
    let refused = try await aws.run(unchanged)
    #expect(refused.status != 0)
    #expect(
      refused.err.contains(
        "(InvalidRequest) when calling the CopyObject operation: This copy request is illegal because it is trying to "
          + "copy an object to itself without changing the object's metadata, storage class, website redirect location "
          + "or encryption attributes."))
    async let tags = aws.run(unchanged + ["--tagging-directive", "REPLACE", "--tagging", "q=r"])
    // A storage class that is named is change enough, even if it is the one that the object has.
    async let storageClass = aws.output(unchanged + ["--storage-class", "STANDARD_IA"])
    #expect(try await tags.err.contains("(InvalidRequest)"))
    #expect(try await storageClass["CopyObjectResult"].isObject)
    let head = try await aws.s3api("head-object", "--bucket", bucket, "--key", "src +%")
    #expect(head["StorageClass"] == "STANDARD_IA")
    #expect(head["Metadata"] == ["m": "1"])
  }

  @Test func holdsPreconditions() async throws {
    let bucket = try await aws.makeBucket()
    try await makeSource(in: bucket)
    try await aws.server.tools.put("foreign", in: bucket)
    let etag = "\"36cd38f49b9afa08222c0dc9ebfe35eb\""
    let aws = aws
    let copy = copy("dst", in: bucket)
    let conditions = [
      ["--copy-source-if-match", "\"another\""], ["--copy-source-if-none-match", etag],
      ["--copy-source-if-unmodified-since", "2020-01-01T00:00:00Z"],
      ["--copy-source-if-modified-since", "2041-01-01T00:00:00Z"],
    ]
    for result in try await inParallel(conditions, { try await aws.run(copy + $0) }) {
      #expect(result.err.contains("(PreconditionFailed)"))
    }
    let expected = try await aws.output(
      copy + ["--copy-source-if-match", etag, "--copy-source-if-unmodified-since", "2020-01-01T00:00:00Z"])
    #expect(expected["CopyObjectResult"]["ETag"].text == etag)

    let source = ["s3api", "copy-object", "--bucket", bucket, "--key", "dst", "--copy-source"]
    async let foreign = aws.run(source + [bucket + "/foreign"])
    async let missing = aws.run(source + [bucket + "/missing"])
    async let owner = aws.run(
      copy + ["--expected-source-bucket-owner", aws.server.tools.accountID ?? ""])
    #expect(try await foreign.err.contains("(AccessDenied)"))
    #expect(try await missing.err.contains("(NoSuchKey)"))
    #expect(try await owner.err.contains("(AccessDenied)"))
  }
}
