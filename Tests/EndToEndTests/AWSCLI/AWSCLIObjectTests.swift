import Foundation
import AWSKit
import TestSupport
import Testing

/// Objects and all that S3 keeps of them, by the AWS CLI.
@Suite(.needsAWSCLI)
struct AWSCLIObjectTests {
  private let aws: AWSCLI

  init() throws {
    aws = try AWSCLI()
  }

  @Test func keepsContentAndMetadata() async throws {
    let bucket = try await aws.makeBucket()
    let key = "a ü+%/../x?acl"
    let put = try await aws.s3api(
      "put-object", "--bucket", bucket, "--key", key, "--body", try aws.file("body", "hello"),
      "--cache-control", "max-age=5", "--content-disposition", "attachment; filename=\"x\"",
      "--content-encoding", "gzip", "--content-language", "de, en", "--content-type", "text/plain; charset=utf-8",
      "--expires", "2031-01-01T00:00:00Z", "--metadata", "one=1,Two-x=b c", "--storage-class", "STANDARD_IA",
      "--website-redirect-location", "/else", "--tagging", "k=v%20w&x=%C3%A4")
    let etag = "\"5d41402abc4b2a76b9719d911017c592\""
    #expect(put["ETag"].text == etag)
    #expect(put["ServerSideEncryption"] == "AES256")
    let head = try await aws.s3api("head-object", "--bucket", bucket, "--key", key)
    let expected: [String: JSONValue] = [
      "ContentLength": 5, "ETag": .text(etag), "CacheControl": "max-age=5",
      "ContentDisposition": "attachment; filename=\"x\"", "ContentEncoding": "gzip", "ContentLanguage": "de, en",
      "ContentType": "text/plain; charset=utf-8", "Metadata": ["one": "1", "two-x": "b c"],
      "StorageClass": "STANDARD_IA", "WebsiteRedirectLocation": "/else", "ServerSideEncryption": "AES256",
      "AcceptRanges": "bytes",
    ]
    for (name, value) in expected { #expect(head[name] == value, "\(name)") }
    #expect(head["Expires"].text.contains("2031"))

    let aws = aws
    async let tags = aws.s3api("get-object-tagging", "--bucket", bucket, "--key", key)
    async let range = aws.s3api("get-object", "--bucket", bucket, "--key", key, "--range", "bytes=1-2", "part")
    async let beyond = aws.refusal("s3api", "get-object", "--bucket", bucket, "--key", key, "--range", "bytes=9-", "x")
    async let otherTag = aws.refusal(
      "s3api", "get-object", "--bucket", bucket, "--key", key, "--if-match", "\"a\"", "x")
    async let sameTag = aws.refusal("s3api", "head-object", "--bucket", bucket, "--key", key, "--if-none-match", etag)
    async let missing = aws.refusal("s3api", "get-object", "--bucket", bucket, "--key", key + "x", "x")
    #expect(
      try await tags["TagSet"] == [["Key": "k", "Value": "v w"], ["Key": "x", "Value": "ä"]])
    #expect(try await range["ContentRange"] == "bytes 1-2/5")
    #expect(try aws.place.read("part") == "el")
    #expect(try await beyond == "InvalidRange")
    #expect(try await otherTag == "PreconditionFailed")
    #expect(try await sameTag == "304")
    #expect(try await missing == "NoSuchKey")
  }

  /// The CLI sends ASCII only, so these are put by AWSKit.
  @Test func returnsMetadataBeyondASCII() async throws {
    let bucket = try await aws.makeBucket()
    try await aws.server.site.put(
      "k", in: bucket, headers: [("x-amz-meta-word", "=?UTF-8?Q?=C3=BCber?="), ("x-amz-meta-plain", "ueber")])
    let metadata = try await aws.s3api("head-object", "--bucket", bucket, "--key", "k")["Metadata"]
    #expect(metadata == ["word": "=?UTF-8?Q?=C3=BCber?=", "plain": "ueber"])
  }

  @Test func keepsTags() async throws {
    let bucket = try await aws.makeBucket()
    try await aws.server.site.put("k", in: bucket)
    let tagging = "{\"TagSet\": [{\"Key\": \"a\", \"Value\": \"ü\"}, {\"Key\": \"b c\", \"Value\": \"\"}]}"
    try await aws.s3api("put-object-tagging", "--bucket", bucket, "--key", "k", "--tagging", tagging)
    #expect(
      try await aws.s3api("get-object-tagging", "--bucket", bucket, "--key", "k")["TagSet"]
        == [["Key": "a", "Value": "ü"], ["Key": "b c", "Value": ""]])
    let twice = "TagSet=[{Key=a,Value=1},{Key=a,Value=2}]"
    #expect(
      try await aws.refusal("s3api", "put-object-tagging", "--bucket", bucket, "--key", "k", "--tagging", twice)
        == "InvalidTag")
    try await aws.s3api("delete-object-tagging", "--bucket", bucket, "--key", "k")
    #expect(try await aws.s3api("get-object-tagging", "--bucket", bucket, "--key", "k")["TagSet"] == [])
  }

  @Test func restoresArchives() async throws {
    let bucket = try await aws.makeBucket()
    try await aws.server.site.put("k", in: bucket, headers: [("x-amz-storage-class", "DEEP_ARCHIVE")])
    let aws = aws
    async let archived = aws.refusal("s3api", "get-object", "--bucket", bucket, "--key", "k", "x")
    async let unknown = aws.refusal(
      "s3api", "put-object", "--bucket", bucket, "--key", "u", "--storage-class", "OUTPOSTS")
    #expect(try await archived == "InvalidObjectState")
    #expect(try await unknown == "InvalidStorageClass")
    let request = "Days=2,GlacierJobParameters={Tier=Bulk}"
    try await aws.s3api("restore-object", "--bucket", bucket, "--key", "k", "--restore-request", request)
    let head = try await aws.s3api("head-object", "--bucket", bucket, "--key", "k")
    #expect(head["StorageClass"] == "DEEP_ARCHIVE")
    #expect(head["Restore"].text.hasPrefix("ongoing-request=\"false\", expiry-date="))
    #expect(try await aws.s3api("get-object", "--bucket", bucket, "--key", "k", "x")["ContentLength"] == 7)
  }

  @Test func encrypts() async throws {
    let bucket = try await aws.makeBucket()
    let keyFile = try aws.file("key", "0123456789abcdef0123456789abcdef")
    let otherKey = try aws.file("other-key", "fedcba9876543210fedcba9876543210")
    let customerKey = ["--sse-customer-algorithm", "AES256", "--sse-customer-key"]
    let body = try aws.file("body", "secret")
    let put = try await aws.output(
      ["s3api", "put-object", "--bucket", bucket, "--key", "c", "--body", body]
        + customerKey + ["fileb://" + keyFile])
    #expect(put["SSECustomerAlgorithm"] == "AES256")
    #expect(put["ServerSideEncryption"] == nil)
    let aws = aws
    let get = ["s3api", "get-object", "--bucket", bucket, "--key", "c"] + customerKey
    async let read = aws.output(get + ["fileb://" + keyFile, "out"])
    async let wrongKey = aws.run(get + ["fileb://" + otherKey, "x"])
    async let noKey = aws.refusal("s3api", "get-object", "--bucket", bucket, "--key", "c", "x")
    #expect(try await read["SSECustomerKeyMD5"] == put["SSECustomerKeyMD5"])
    #expect(try aws.place.read("out") == "secret")
    #expect(try await wrongKey.err.contains("(AccessDenied)"))
    #expect(try await noKey == "InvalidRequest")

    let kms = try await aws.s3api(
      "put-object", "--bucket", bucket, "--key", "m", "--body", body, "--server-side-encryption", "aws:kms",
      "--ssekms-key-id", "abc", "--bucket-key-enabled")
    #expect(kms["ServerSideEncryption"] == "aws:kms")
    #expect(kms["SSEKMSKeyId"].text == "arn:aws:kms:us-east-1:\(aws.server.site.accountID ?? ""):key/abc")
    #expect(kms["BucketKeyEnabled"] == true)
  }

  @Test func locks() async throws {
    let bucket = "b-" + UUID().uuidString.lowercased()
    try await aws.s3api("create-bucket", "--bucket", bucket, "--object-lock-enabled-for-bucket")
    let put = try await aws.s3api(
      "put-object", "--bucket", bucket, "--key", "k", "--object-lock-mode", "GOVERNANCE",
      "--object-lock-retain-until-date", "2041-01-01T00:00:00Z", "--object-lock-legal-hold-status", "ON")
    let version = put["VersionId"].text
    let key = ["--bucket", bucket, "--key", "k", "--version-id", version]
    let aws = aws
    async let retention = aws.output(["s3api", "get-object-retention"] + key)
    async let hold = aws.output(["s3api", "get-object-legal-hold"] + key)
    async let held = aws.run(["s3api", "delete-object", "--bypass-governance-retention"] + key)
    #expect(try await retention["Retention"]["Mode"] == "GOVERNANCE")
    #expect(try await retention["Retention"]["RetainUntilDate"].text.hasPrefix("2041-01-01T00:00:00"))
    #expect(try await hold["LegalHold"]["Status"] == "ON")
    #expect(try await held.err.contains("(AccessDenied)"))
    _ = try await aws.output(["s3api", "put-object-legal-hold", "--legal-hold", "Status=OFF"] + key)
    let retained = try await aws.run(["s3api", "delete-object"] + key)
    #expect(retained.err.contains("(AccessDenied)"))
    _ = try await aws.output(["s3api", "delete-object", "--bypass-governance-retention"] + key)
    #expect(try await aws.refusal("s3api", "head-object", "--bucket", bucket, "--key", "k") == "404")
  }
}
