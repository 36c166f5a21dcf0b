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
    #expect(complete(id, part: "<ChecksumCRC32C>4waSgw==</ChecksumCRC32C>").code == "BadDigest")
    let listed = stage.s3(.get, "big", query: [("uploadId", id)])
    #expect(listed.text("ChecksumType") == "COMPOSITE" && listed.text("NextPartNumberMarker") == "1", "\(listed.text)")
    #expect(complete(id, part: right).status == 200)
    let read = stage.s3(.get, "big", query: [("partNumber", "1")], headers: [("x-amz-checksum-mode", "ENABLED")])
    #expect(read.header("x-amz-checksum-crc32") == "y/Q5Jg==" && read.header("x-amz-checksum-type") == "COMPOSITE")
    #expect(parts().text("ObjectParts", "Part", "ChecksumCRC32") == "y/Q5Jg==")
  }

  private func parts() -> Answer {
    stage.s3(.get, "big", query: [("attributes", "")], headers: [("x-amz-object-attributes", "ObjectParts")])
  }

  @Test func checksumTypesMustFitTheAlgorithm() {
    func code(_ algorithm: String, _ type: String) -> String {
      begin([("x-amz-checksum-algorithm", algorithm), ("x-amz-checksum-type", type)]).answer.code
    }
    #expect(code("CRC64NVME", "COMPOSITE") == "InvalidRequest")
    #expect(code("SHA256", "FULL_OBJECT") == "InvalidRequest")
    #expect(code("CRC32", "FULL_OBJECT") == "")
  }

  /// Without an algorithm, parts have no checksums that a request could name, and the object has one of S3's.
  @Test func checksumsAreOfUploadsWithAnAlgorithm() {
    let (id, _) = begin()
    #expect(part(id).status == 200)
    #expect(complete(id, part: "<ChecksumCRC64NVME>rosUhgp5mIg=</ChecksumCRC64NVME>").code == "InvalidPart")
    #expect(complete(id, [("x-amz-checksum-type", "FULL_OBJECT")]).code == "InvalidRequest")
    #expect(complete(id).status == 200)
    let answer = parts()
    #expect(
      answer.text("ObjectParts", "PartsCount") == "1" && answer.text("ObjectParts", "Part") == "", "\(answer.text)")
    #expect(!answer.text.contains("<Part>"))
  }

  @Test func whoBeganItIsTold() throws {
    let (id, _) = begin()
    let listed = stage.s3(.get, "", query: [("uploads", "")])
    #expect(listed.text("Upload", "Initiator", "ID") == stage.site.canonicalID.value, "\(listed.text)")
    #expect(listed.text("NextUploadIdMarker") == id)
    let wrong = stage.s3(.get, "", query: [("uploads", ""), ("key-marker", "other"), ("upload-id-marker", id)])
    #expect(wrong.status == 400 && wrong.code == "InvalidArgument", "\(wrong.text)")
  }

  /// S3 lets a client ask again that has not heard the answer; the API Reference says that it does not.
  @Test func theSameRequestFinishesItOnceMore() {
    let (id, _) = begin()
    #expect(part(id).status == 200)
    let first = complete(id)
    let second = complete(id)
    #expect(second.status == 200 && second.text("ETag") == first.text("ETag"), "\(second.text)")
    #expect(complete(id, part: " ").code == "NoSuchUpload")
    #expect(part(id).code == "NoSuchUpload")
    #expect(stage.s3(.delete, "big").status == 204)
    let gone = complete(id)
    #expect(gone.code == "NoSuchUpload" && gone.text("UploadId") == id, "\(gone.text)")
  }

  @Test func rangesMustBeOfTheSource() {
    let (id, _) = begin()
    func copy(_ range: String) -> String {
      stage.s3(
        .put, "big", query: [("partNumber", "1"), ("uploadId", id)],
        headers: [("x-amz-copy-source", "demo-site/page.html"), ("x-amz-copy-source-range", range)]
      ).code
    }
    for range in ["0-8", "bytes=1-0", "bytes=-1-", "bytes=0--1", "bytes=0-1,3-4", "bytes=1-", "bytes=0-9"] {
      #expect(copy(range) == "InvalidArgument", "\(range)")
    }
    #expect(copy("bytes=100-200") == "InvalidRequest")
    #expect(copy("bytes=0-8") == "")
  }

  @Test func uploadsAreListedInPages() {
    let ids = (0..<3).map { _ in begin().id }.sorted()
    let first = stage.s3(.get, "", query: [("uploads", ""), ("max-uploads", "2")])
    #expect(first.text("IsTruncated") == "true" && first.text("NextUploadIdMarker") == ids[1], "\(first.text)")
    let rest = stage.s3(.get, "", query: [("uploads", ""), ("key-marker", "big"), ("upload-id-marker", ids[1])])
    #expect(rest.text("Upload", "UploadId") == ids[2] && rest.text("IsTruncated") == "false")
  }
}
