import AWSKit
import TestSupport
import Testing

/// Listings of all three kinds, versions and delete markers, by the AWS CLI.
@Suite(.needsAWSCLI)
struct AWSCLIListingTests {
  private let aws: AWSCLI

  init() throws {
    aws = try AWSCLI()
  }

  /// The second has a character that XML cannot hold, the fifth one of four bytes.
  private static let keys = ["a/1", "a/\u{1}", "b +%", "c/d/e", "😀"]

  @Test(arguments: ["list-objects", "list-objects-v2", "list-object-versions"])
  func listsPageByPage(command: String) async throws {
    let bucket = try await aws.makeBucket()
    let site = aws.server.site
    try await inParallel(Self.keys) { try await site.put(ObjectKey($0), in: bucket) }
    let member = command == "list-object-versions" ? "Versions" : "Contents"
    let aws = aws
    // The CLI puts the pages together.
    async let all = aws.s3api(command, "--bucket", bucket, "--page-size", "2")
    async let folders = aws.s3api(command, "--bucket", bucket, "--delimiter", "/", "--page-size", "1")
    async let prefix = aws.s3api(command, "--bucket", bucket, "--prefix", "a/", "--max-items", "1")
    #expect(try await all[member].elements.map { $0["Key"].text } == ["a/\u{1}", "a/1", "b +%", "c/d/e", "😀"])
    #expect(try await all[member].elements.allSatisfy { $0["Size"] == 7 && $0["StorageClass"] == "STANDARD" })
    #expect(try await folders[member].elements.map { $0["Key"].text } == ["b +%", "😀"])
    #expect(try await folders["CommonPrefixes"].elements.map { $0["Prefix"].text } == ["a/", "c/"])
    #expect(try await prefix[member].elements.count == 1)
    // Where the CLI would go on.
    #expect(try await prefix["NextToken"] != nil)
  }

  @Test func keepsVersions() async throws {
    let bucket = try await aws.makeBucket()
    let (site, tools) = (aws.server.site.id.value, aws.server.tools.id.value)
    try await aws.server.site.put("k", in: bucket)
    try await aws.s3api("put-bucket-versioning", "--bucket", bucket, "--versioning-configuration", "Status=Enabled")
    let second = try await aws.s3api(as: "tools", "put-object", "--bucket", bucket, "--key", "k")["VersionId"].text
    let marker = try await aws.s3api("delete-object", "--bucket", bucket, "--key", "k")
    #expect(marker["DeleteMarker"] == true)
    let aws = aws
    async let gone = aws.refusal("s3api", "get-object", "--bucket", bucket, "--key", "k", "x")
    async let markerHead = aws.refusal(
      "s3api", "head-object", "--bucket", bucket, "--key", "k", "--version-id", marker["VersionId"].text)
    async let first = aws.s3api("head-object", "--bucket", bucket, "--key", "k", "--version-id", "null")
    async let foreign = aws.refusal(
      "s3api", "get-object-acl", "--bucket", bucket, "--key", "k", "--version-id", second)
    async let listing = aws.s3api("list-object-versions", "--bucket", bucket, "--page-size", "1")
    #expect(try await gone == "NoSuchKey")
    #expect(try await markerHead == "405")
    #expect(try await first["ContentLength"] == 7)
    #expect(try await foreign == "AccessDenied")
    let versions = try await listing["Versions"].elements
    #expect(versions.map { $0["VersionId"].text } == [second, "null"])
    #expect(versions.map { $0["Owner"]["ID"].text } == [tools, site])
    #expect(versions.map { $0["IsLatest"] } == [false, false])
    #expect(try await listing["DeleteMarkers"].elements.map { $0["VersionId"] } == [marker["VersionId"]])
    #expect(try await listing["DeleteMarkers"][0]["IsLatest"] == true)

    let removed = try await aws.s3api(
      "delete-objects", "--bucket", bucket, "--delete",
      """
      {"Objects": [{"Key": "k", "VersionId": "\(marker["VersionId"].text)"}, {"Key": "k", "VersionId": "\(second)"},
        {"Key": "none"}]}
      """)
    #expect(removed["Errors"] == nil)
    #expect(removed["Deleted"].elements.map { $0["DeleteMarker"] } == [true, nil, true])
    #expect(try await aws.s3api("head-object", "--bucket", bucket, "--key", "k")["VersionId"] == "null")

    // While versioning is suspended, what is written has the version ID "null".
    try await aws.s3api("put-bucket-versioning", "--bucket", bucket, "--versioning-configuration", "Status=Suspended")
    try await aws.s3api("delete-object", "--bucket", bucket, "--key", "k")
    let rest = try await aws.s3api("list-object-versions", "--bucket", bucket, "--prefix", "k")
    #expect(rest["Versions"] == nil)
    #expect(rest["DeleteMarkers"].elements.map { $0["VersionId"] } == ["null"])
  }
}
