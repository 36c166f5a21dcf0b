import NIOHTTP1
import Testing

@testable import SandboxKit

@Suite("The table of S3's operations")
struct S3OperationTests {
  @Test(
    "finds an operation by method, path and parameters",
    arguments: [
      ("GET", "/", "ListBuckets"), ("PUT", "/b", "CreateBucket"), ("PUT", "/b?list-type=2", "CreateBucket"),
      ("GET", "/b", "ListObjects"), ("GET", "/b?list-type=2&prefix=acl", "ListObjectsV2"),
      ("GET", "/b?versions", "ListObjectVersions"), ("GET", "/b/?acl=", "GetBucketAcl"),
      ("GET", "/b/k?acl", "GetObjectAcl"),
      ("HEAD", "/b", "HeadBucket"), ("HEAD", "/b/k?versionId=v", "HeadObject"), ("POST", "/b?delete", "DeleteObjects"),
      ("PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart"), ("POST", "/b/k?uploads", "CreateMultipartUpload"),
      ("GET", "/b?uploads", "ListMultipartUploads"), ("DELETE", "/b/k?tagging", "DeleteObjectTagging"),
    ] as [(String, String, String)])
  func resolution(method: String, uri: String, name: String) throws {
    #expect(try S3Request(SandboxRequest(method: method, uri: uri)).operation.name == name)
  }

  @Test("a source to copy from counts only where something is copied")
  func copies() throws {
    func name(_ uri: String) throws -> String {
      try S3Request(SandboxRequest(method: "PUT", uri: uri, headers: ["x-amz-copy-source": "b/k"])).operation.name
    }
    #expect(try name("/b/k") == "CopyObject")
    #expect(try name("/b/k?partNumber=1&uploadId=u") == "UploadPartCopy")
    #expect(try name("/b/k?tagging") == "PutObjectTagging")
  }

  @Test(
    "says so of what it does not do, and never takes it for a plain request",
    arguments: [
      ("PUT", "/b?lifecycle"), ("GET", "/b/k?torrent"), ("GET", "/b?acl2&metadataTable"), ("POST", "/"),
      ("PATCH", "/b/k"),
    ])
  func unknown(method: String, uri: String) {
    #expect { try S3Request(SandboxRequest(method: method, uri: uri)) } throws: { ($0 as? ServiceError)?.status == 501 }
  }

  @Test("names each operation once, and knows the action for versions")
  func names() {
    #expect(Set(S3Operation.all.map(\.name)).count == S3Operation.all.count)
    let action: IAMAction = "s3:GetObject(Version)Acl"
    #expect(action.name(forVersion: nil) == "s3:GetObjectAcl")
    #expect(action.name(forVersion: "v") == "s3:GetObjectVersionAcl")
  }
}
