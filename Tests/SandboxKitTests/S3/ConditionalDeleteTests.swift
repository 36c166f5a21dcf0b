import AWSKit
import Testing

@testable import SandboxKit

/// Deletions on a condition (User Guide: "How to perform conditional deletes").
@Suite("Conditional deletions")
struct ConditionalDeleteTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage(
      #"{"accounts": {"site": {"users": {"cleaner": {"allows": ["s3:DeleteObject"]}}}, "tools": {}}}"#)
  }

  private func delete(_ key: String, ifMatch etag: String, as credentials: Credentials? = nil) -> Answer {
    stage.s3(.delete, key, headers: [("If-Match", etag)], as: credentials)
  }

  @Test func deletesWhatMatchesOnly() {
    let etag = stage.s3(.head, "page.html").header("etag")
    let refused = delete("page.html", ifMatch: "\"00000000000000000000000000000000\"")
    #expect(refused.status == 412 && refused.code == "PreconditionFailed", "\(refused.text)")
    #expect(stage.s3(.head, "page.html").status == 200)
    #expect(delete("page.html", ifMatch: etag).status == 204)
    #expect(stage.s3(.head, "page.html").status == 404)
    #expect(delete("page.html", ifMatch: "*").code == "NoSuchKey")
    #expect(delete("index.html", ifMatch: "*").status == 204)
  }

  @Test func needsTheRightToReadForAnETag() throws {
    let cleaner = try #require(stage.site.users.first).credentials
    let etag = stage.s3(.head, "page.html").header("etag")
    #expect(delete("page.html", ifMatch: etag, as: cleaner).status == 403)
    #expect(delete("page.html", ifMatch: "*", as: cleaner).status == 204)
  }

  @Test func looksAtTheCurrentVersion() {
    stage.s3(
      .put, "", query: [("versioning", "")],
      body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
    #expect(stage.s3(.delete, "page.html").status == 204)
    #expect(delete("page.html", ifMatch: "*").status == 412, "a delete marker is the current version")
  }

  @Test func knowsTheETagsOfDeleteObjects() {
    func objects(_ elements: String) -> Answer {
      let body = "<Delete>\(elements)</Delete>"
      return stage.s3(
        .post, "", query: [("delete", "")], headers: [("Content-MD5", ObjectChecksum.md5(of: Array(body.utf8)))],
        body: body)
    }
    let answer = objects(
      "<Object><Key>page.html</Key><ETag>\"0\"</ETag></Object><Object><Key>index.html</Key><ETag>*</ETag></Object>")
    #expect(answer.text("Error", "Code") == "PreconditionFailed", "\(answer.text)")
    #expect(answer.text("Deleted", "Key") == "index.html")
    #expect(stage.s3(.head, "page.html").status == 200)
    // Directory buckets only.
    #expect(objects("<Object><Key>page.html</Key><Size>1</Size></Object>").status == 501)
    #expect(stage.s3(.delete, "page.html", headers: [("x-amz-if-match-size", "9")]).status == 501)
    #expect(stage.s3(.head, "page.html").status == 200)
  }
}
