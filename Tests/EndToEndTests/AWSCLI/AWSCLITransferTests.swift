import Foundation
import TestSupport
import Testing

/// Multipart uploads, and `aws s3` with real files, by the AWS CLI.
@Suite(.needsAWSCLI)
struct AWSCLITransferTests {
  private let aws: AWSCLI

  init() throws {
    aws = try AWSCLI()
  }

  @Test func uploadsInParts() async throws {
    let bucket = try await aws.makeBucket()
    try await aws.server.site.put("src", in: bucket, body: Array("source".utf8))
    try Data(repeating: 0x78, count: 5 << 20).write(to: URL(filePath: aws.place.path("part")))
    let object = ["--bucket", bucket, "--key", "k"]
    let upload = try await aws.output(
      ["s3api", "create-multipart-upload", "--content-type", "x/y", "--metadata", "q=w", "--tagging", "t=u"] + object)
    let id = ["--upload-id", upload["UploadId"].text]
    let aws = aws
    let source = ["--part-number", "2", "--copy-source", bucket + "/src"]
    async let first = aws.output(["s3api", "upload-part", "--part-number", "1", "--body", "part"] + object + id)
    async let second = aws.output(
      ["s3api", "upload-part-copy", "--copy-source-range", "bytes=1-3"] + source + object + id)
    async let beyond = aws.run(
      ["s3api", "upload-part-copy", "--copy-source-range", "bytes=1-9"] + source + object + id)
    async let uploads = aws.s3api("list-multipart-uploads", "--bucket", bucket)
    let etags = [try await first["ETag"], try await second["CopyPartResult"]["ETag"]]
    #expect(try await beyond.err.contains("(InvalidArgument)"))
    #expect(try await uploads["Uploads"].elements.map { $0["UploadId"] } == [upload["UploadId"]])
    async let parts = aws.output(["s3api", "list-parts", "--page-size", "1"] + object + id)
    #expect(try await parts["Parts"].elements.map { $0["ETag"] } == etags)
    #expect(try await parts["Parts"].elements.map { $0["Size"] } == [5_242_880, 3])

    func complete(_ numbers: [Int]) async throws -> ProgramResult {
      let list = numbers.map { "{ETag=\(etags[$0 - 1].text),PartNumber=\($0)}" }.joined(separator: ",")
      return try await aws.run(
        ["s3api", "complete-multipart-upload", "--multipart-upload", "Parts=[\(list)]"] + object + id)
    }
    #expect(try await complete([2, 1]).err.contains("(InvalidPartOrder)"))
    let completed = try JSONValue(parsing: try await complete([1, 2]).stdout)
    #expect(completed["ETag"].text.hasSuffix("-2\""))
    let head = try await aws.output(["s3api", "head-object", "--part-number", "2"] + object)
    #expect(head["ContentLength"] == 3)
    #expect(head["PartsCount"] == 2)
    #expect(head["Metadata"] == ["q": "w"])
    #expect(head["ContentType"] == "x/y")
    let gone = try await aws.run(["s3api", "abort-multipart-upload"] + object + id)
    #expect(gone.err.contains("(NoSuchUpload)"))
  }

  /// `cp` uploads what is large in parts, several at a time, and downloads it so.
  @Test func transfersFiles() async throws {
    let bucket = try await aws.makeBucket()
    let folder = aws.place.path("site")
    try FileManager.default.createDirectory(atPath: folder + "/sub ü", withIntermediateDirectories: true)
    let large = Data((0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 5) })
    try large.write(to: URL(filePath: folder + "/large.bin"))
    try Data("<h1>ü</h1>".utf8).write(to: URL(filePath: folder + "/sub ü/index.html"))

    func s3(_ arguments: String...) async throws -> String {
      let result = try await aws.run(["s3"] + arguments)
      #expect(result.status == 0, "\(result.err)")
      return result.out
    }
    _ = try await s3("sync", "site", "s3://\(bucket)/up", "--no-progress")
    let head = try await aws.s3api("head-object", "--bucket", bucket, "--key", "up/sub ü/index.html")
    #expect(head["ContentType"] == "text/html")
    // What is there already is not sent again.
    #expect(try await s3("sync", "site", "s3://\(bucket)/up", "--no-progress").isEmpty)
    _ = try await s3("mv", "s3://\(bucket)/up/large.bin", "s3://\(bucket)/moved.bin")
    #expect(try await s3("ls", "s3://\(bucket)", "--recursive").split(separator: "\n").count == 2)
    _ = try await s3("cp", "s3://\(bucket)/moved.bin", "back.bin", "--no-progress")
    #expect(try Data(contentsOf: URL(filePath: aws.place.path("back.bin"))) == large)
    _ = try await s3("rb", "s3://\(bucket)", "--force")
    #expect(try await aws.refusal("s3api", "head-bucket", "--bucket", bucket) == "404")
  }
}
