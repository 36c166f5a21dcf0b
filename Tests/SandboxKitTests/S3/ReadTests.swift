import AWSKit
import Testing

@testable import SandboxKit

/// What a read can ask for, and what not (API Reference: GetObject).
@Suite("Reads")
struct ReadTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
  }

  @Test func signedOverridesReplaceHeaders() {
    let query = [
      ("response-content-type", "text/plain"), ("response-content-disposition", "attachment; filename=\"a\""),
      ("response-cache-control", "no-store"),
    ]
    for method in [HTTPMethod.get, .head] {
      let answer = stage.s3(method, "page.html", query: query)
      #expect(answer.header("content-type") == "text/plain")
      #expect(answer.header("content-disposition") == "attachment; filename=\"a\"")
      #expect(answer.header("cache-control") == "no-store")
    }
    #expect(stage.s3(.get, "page.html").header("content-type") == "text/html")
    #expect(stage.s3(.get, "page.html", query: [("response-expires", "a\r\nb: c")]).status == 400)
  }

  @Test func unsignedOverridesAreRefused() {
    stage.setPolicy(CloudFrontStage.readByAll)
    #expect(stage.s3(.get, "page.html", isAnonymous: true).status == 200)
    let answer = stage.s3(.get, "page.html", query: [("response-content-type", "text/plain")], isAnonymous: true)
    #expect(answer.status == 400 && answer.code == "InvalidRequest", "\(answer.text)")
  }

  @Test func encryptionIsAskedForInWritesOnly() {
    let answer = stage.s3(.get, "page.html", headers: [("x-amz-server-side-encryption", "AES256")])
    #expect(answer.status == 400 && answer.code == "InvalidArgument", "\(answer.text)")
    let key = stage.s3(.put, "new", headers: [("x-amz-server-side-encryption-aws-kms-key-id", "k")], body: "text")
    #expect(key.status == 400 && key.code == "InvalidArgument", "\(key.text)")
    #expect(stage.s3(.head, "new").status == 404)
  }

  /// User Guide: "Checking object integrity for data uploads", since December 2024.
  @Test func everyUploadHasAChecksum() {
    let put = stage.s3(.put, "new", body: "123456789")
    #expect(put.header("x-amz-checksum-crc64nvme") == "rosUhgp5mIg=")
    #expect(put.header("x-amz-checksum-type") == "FULL_OBJECT")
    let head = stage.s3(.head, "new", headers: [("x-amz-checksum-mode", "ENABLED")])
    #expect(head.header("x-amz-checksum-crc64nvme") == "rosUhgp5mIg=")
  }

  /// API Reference: PutObject, `x-amz-version-id`.
  @Test func tellsVersionsThatAreNew() {
    func setVersioning(_ status: String) {
      stage.s3(
        .put, "", query: [("versioning", "")],
        body: "<VersioningConfiguration><Status>\(status)</Status></VersioningConfiguration>")
    }
    setVersioning("Enabled")
    #expect(!stage.s3(.put, "new", body: "a").header("x-amz-version-id").isEmpty)
    setVersioning("Suspended")
    #expect(stage.s3(.put, "new", body: "b").header("x-amz-version-id").isEmpty)
    #expect(stage.s3(.head, "new").header("x-amz-version-id") == "null")
    #expect(stage.s3(.delete, "new").header("x-amz-version-id") == "null")
  }
}
