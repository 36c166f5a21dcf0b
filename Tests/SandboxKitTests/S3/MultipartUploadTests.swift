import AWSKit
import Testing

@testable import SandboxKit

/// Uploads in parts: keys of customers, encryption and checksums (API Reference: CreateMultipartUpload, UploadPart,
/// UploadPartCopy, CompleteMultipartUpload; User Guide: "Checking object integrity for data uploads").
@Suite("Uploads in parts")
struct MultipartUploadTests {
  private let stage: CloudFrontStage
  private static let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
  private static let otherKey = "YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODk="

  init() throws {
    stage = try CloudFrontStage()
  }

  private static func customer(_ key: String) -> [(name: String, value: String)] {
    let prefix = "x-amz-server-side-encryption-customer-"
    return [
      (prefix + "algorithm", "AES256"), (prefix + "key", key),
      (prefix + "key-md5", ObjectChecksum.md5(ofBase64: key) ?? ""),
    ]
  }

  private func begin(_ headers: [(name: String, value: String)] = []) -> (id: String, answer: Answer) {
    let answer = stage.s3(.post, "big", query: [("uploads", "")], headers: headers)
    return (answer.text("UploadId"), answer)
  }

  private func part(_ id: String, _ headers: [(name: String, value: String)] = []) -> Answer {
    stage.s3(.put, "big", query: [("partNumber", "1"), ("uploadId", id)], headers: headers, body: "123456789")
  }

  private func complete(
    _ id: String, _ headers: [(name: String, value: String)] = [], part fields: String = ""
  ) -> Answer {
    stage.s3(
      .post, "big", query: [("uploadId", id)], headers: headers,
      body: "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>25f9e794323b453885f5181f1b624d0b</ETag>"
        + fields + "</Part></CompleteMultipartUpload>")
  }

  @Test func partsNeedTheKeyOfTheUpload() {
    let (id, begun) = begin(Self.customer(Self.key))
    #expect(begun.header("x-amz-server-side-encryption-customer-algorithm") == "AES256")
    #expect(part(id).code == "InvalidRequest")
    #expect(part(id, Self.customer(Self.otherKey)).code == "InvalidRequest")
    let stored = part(id, Self.customer(Self.key))
    #expect(stored.status == 200 && stored.header("x-amz-server-side-encryption-customer-algorithm") == "AES256")
    #expect(part(begin().id, Self.customer(Self.key)).code == "InvalidRequest")
  }

  @Test func answersTellTheEncryption() {
    let (id, begun) = begin()
    #expect(begun.header("x-amz-server-side-encryption") == "AES256")
    #expect(part(id).header("x-amz-server-side-encryption") == "AES256")
    let copy = stage.s3(
      .put, "big", query: [("partNumber", "2"), ("uploadId", id)],
      headers: [("x-amz-copy-source", "demo-site/page.html")])
    #expect(copy.header("x-amz-server-side-encryption") == "AES256", "\(copy.text)")
  }

  @Test func theSizeMustFit() {
    let (id, _) = begin()
    #expect(part(id).status == 200)
    let refused = complete(id, [("x-amz-mp-object-size", "8")])
    #expect(refused.status == 400 && refused.code == "InvalidRequest", "\(refused.text)")
    let answer = complete(id, [("x-amz-mp-object-size", "9")])
    #expect(answer.status == 200, "\(answer.text)")
    // S3's own checksum, of the whole object.
    #expect(answer.text("ChecksumCRC64NVME") == "rosUhgp5mIg=" && answer.text("ChecksumType") == "FULL_OBJECT")
  }

  @Test func checksumsMustFit() {
    let (id, begun) = begin([("x-amz-checksum-algorithm", "CRC32")])
    #expect(begun.header("x-amz-checksum-type") == "COMPOSITE")
    #expect(part(id, [("x-amz-checksum-crc32c", "4waSgw==")]).code == "InvalidRequest")
    #expect(part(id, [("x-amz-checksum-crc32", "AAAAAA==")]).code == "BadDigest")
    #expect(part(id, [("x-amz-checksum-crc32", "y/Q5Jg==")]).status == 200)
    let missing = complete(id)
    #expect(missing.code == "InvalidRequest", "\(missing.text)")
    #expect(complete(id, part: "<ChecksumCRC32>AAAAAA==</ChecksumCRC32>").code == "InvalidPart")
    let right = "<ChecksumCRC32>y/Q5Jg==</ChecksumCRC32>"
    #expect(complete(id, [("x-amz-checksum-type", "FULL_OBJECT")], part: right).code == "InvalidRequest")
    #expect(complete(id, [("x-amz-checksum-crc32", "AAAAAA==-1")], part: right).code == "BadDigest")
    #expect(complete(id, part: right).status == 200)
  }

  @Test func uploadsAreListedInPages() {
    let ids = (0..<3).map { _ in begin().id }.sorted()
    let first = stage.s3(.get, "", query: [("uploads", ""), ("max-uploads", "2")])
    #expect(first.text("IsTruncated") == "true" && first.text("NextUploadIdMarker") == ids[1], "\(first.text)")
    let rest = stage.s3(.get, "", query: [("uploads", ""), ("key-marker", "big"), ("upload-id-marker", ids[1])])
    #expect(rest.text("Upload", "UploadId") == ids[2] && rest.text("IsTruncated") == "false")
  }
}
