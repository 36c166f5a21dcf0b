import AWSKit
import Testing

@testable import SandboxKit

/// What S3 refuses of a request whose arguments do not fit (API Reference: "Error Responses").
@Suite("Refused arguments")
struct RefusedArgumentTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
  }

  private func setVersioning(_ status: String) -> Answer {
    stage.s3(
      .put, "", query: [("versioning", "")], body: "<VersioningConfiguration>\(status)</VersioningConfiguration>")
  }

  @Test("of versions: those that can be none, and those that are delete markers")
  func versions() throws {
    #expect(setVersioning("").code == "IllegalVersioningConfigurationException")
    #expect(setVersioning("<Status>Enabled</Status>").status == 200)
    for id in ["", "1", "a-version"] {
      let answer = stage.s3(.get, "page.html", query: [("versionId", id)])
      #expect(answer.status == 400 && answer.code == "InvalidArgument", "\(answer.text)")
    }
    let unknown = stage.s3(.get, "page.html", query: [("versionId", String(repeating: "A", count: 32))])
    #expect(unknown.status == 404 && unknown.code == "NoSuchVersion", "\(unknown.text)")
    let marker = stage.s3(.delete, "page.html").header("x-amz-version-id")
    #expect(stage.s3(.get, "page.html").code == "NoSuchKey")
    for subresource in ["tagging", "acl"] {
      let answer = stage.s3(.put, "page.html", query: [(subresource, "")], headers: [("x-amz-acl", "private")])
      #expect(answer.status == 405 && answer.text("ResourceType") == "DeleteMarker", "\(answer.text)")
    }
    #expect(stage.s3(.get, "page.html", query: [("acl", "")]).status == 404)
    #expect(stage.s3(.get, "page.html", query: [("acl", ""), ("versionId", marker)]).status == 405)
    let copy = stage.s3(.put, "copy", headers: [("x-amz-copy-source", "demo-site/page.html?versionId=\(marker)")])
    #expect(copy.status == 400 && copy.code == "InvalidRequest", "\(copy.text)")
    let body = "<Delete><Object><Key>page.html</Key><VersionId>1</VersionId></Object></Delete>"
    let deleted = stage.s3(
      .post, "", query: [("delete", "")], headers: [("Content-MD5", ObjectChecksum.md5(of: Array(body.utf8)))],
      body: body)
    #expect(deleted.status == 200 && deleted.text("Error", "Code") == "NoSuchVersion", "\(deleted.text)")
  }

  @Test("of parts: those that are not there, and ranges besides")
  func parts() {
    let first = stage.s3(.get, "page.html", query: [("partNumber", "1")])
    #expect(first.status == 206 && first.header("content-range") == "bytes 0-8/9", "\(first.text)")
    let second = stage.s3(.get, "page.html", query: [("partNumber", "2")])
    #expect(second.status == 416 && second.code == "InvalidPartNumber" && second.text("ActualPartCount") == "1")
    let both = stage.s3(.get, "page.html", query: [("partNumber", "1")], headers: [("Range", "bytes=0-1")])
    #expect(both.status == 400 && both.code == "InvalidRequest", "\(both.text)")
    let beyond = stage.s3(.get, "page.html", headers: [("Range", "bytes=100-200")])
    #expect(beyond.status == 416 && beyond.text("ActualObjectSize") == "9", "\(beyond.text)")
  }

  @Test("of checksums: more than one")
  func checksums() {
    let answer = stage.s3(
      .put, "new", headers: [("x-amz-checksum-crc32", "y/Q5Jg=="), ("x-amz-checksum-crc32c", "4waSgw==")],
      body: "123456789")
    #expect(answer.status == 400 && answer.code == "InvalidRequest", "\(answer.text)")
  }

  @Test("of a bucket's owner: what is no account")
  func owners() {
    func get(_ owner: String) -> Answer {
      stage.s3(.get, "page.html", headers: [("x-amz-expected-bucket-owner", owner)])
    }
    #expect(get(stage.site.accountID).status == 200)
    #expect(get(stage.tools.accountID).code == "AccessDenied")
    #expect(get("0000").code == "InvalidBucketOwnerAWSAccountID")
  }

  @Test("of locks: a bypass where nothing can be locked")
  func bypass() {
    let answer = stage.s3(.delete, "page.html", headers: [("x-amz-bypass-governance-retention", "false")])
    #expect(answer.status == 400 && answer.code == "InvalidArgument", "\(answer.text)")
    #expect(stage.s3(.head, "page.html").status == 200)
  }

  @Test("of settings: more than one rule, keys that do not fit, an encoding that is none")
  func settings() {
    let rule = "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"
    let ownership = stage.s3(
      .put, "", query: [("ownershipControls", "")], body: "<OwnershipControls>\(rule)\(rule)</OwnershipControls>")
    #expect(ownership.code == "MalformedXML", "\(ownership.text)")
    let encryption = stage.s3(
      .put, "", query: [("encryption", "")],
      body: "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256"
        + "</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>"
        + "</ServerSideEncryptionConfiguration>")
    #expect(encryption.code == "InvalidArgument", "\(encryption.text)")
    #expect(stage.s3(.get, "", query: [("encoding-type", "")]).code == "InvalidArgument")
  }

  /// API Reference: "Common Request Headers", Date.
  @Test("of dates: none; Date will do")
  func dates() {
    func put(_ header: (name: String, value: String)?) -> Answer {
      var request = HTTPRequest(
        method: .put, scheme: "http", authority: "s3.us-east-1.amazonaws.com", path: "/demo-site/dated")
      SigV4Signer(region: "us-east-1").sign(&request, credentials: stage.site.credentials, at: .now())
      request.headers.removeAll { $0.name.lowercased() == "x-amz-date" }
      if let header { request.headers.append(header) }
      return Answer(stage.sandbox.transport.answer(request))
    }
    #expect(put(nil).code == "AccessDenied")
    // Understood, but not what was signed.
    #expect(put(("Date", Timestamp.now().basic)).text("HeadersNotSigned") == "date")
    #expect(put(("Date", Timestamp.now().httpDate)).text("HeadersNotSigned") == "date")
  }
}
