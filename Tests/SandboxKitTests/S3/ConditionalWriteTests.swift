import AWSKit
import Testing

@testable import SandboxKit

/// Writes on a condition (User Guide: "How to prevent object overwrites with conditional writes"; API Reference:
/// PutObject, If-Match and If-None-Match).
@Suite("Conditional writes")
struct ConditionalWriteTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
  }

  private func put(_ key: String, _ conditions: (name: String, value: String)..., body: String = "new") -> Answer {
    stage.s3(.put, key, headers: conditions, body: body)
  }

  @Test func anETagIsForIfMatchOnly() {
    let etag = stage.s3(.head, "page.html").header("etag")
    #expect(put("page.html", ("If-Match", etag)).status == 200)
    let refused = put("page.html", ("If-Match", etag))
    #expect(refused.status == 412 && refused.text("Condition") == "If-Match", "\(refused.text)")
    let missing = put("none", ("If-Match", etag))
    #expect(missing.status == 404 && missing.code == "NoSuchKey" && missing.text("Key") == "none")
    let etagOfNone = put("page.html", ("If-None-Match", etag))
    #expect(etagOfNone.status == 501 && etagOfNone.text("Header") == "If-None-Match", "\(etagOfNone.text)")
  }

  @Test func anythingIsForIfNoneMatchOnly() {
    #expect(put("made", ("If-None-Match", "*")).status == 200)
    let refused = put("made", ("If-None-Match", "*"))
    #expect(refused.status == 412 && refused.text("Condition") == "If-None-Match", "\(refused.text)")
    #expect(put("made", ("If-Match", "*")).status == 501)
    let both = put("made", ("If-Match", "\"0\""), ("If-None-Match", "*"))
    #expect(both.status == 501 && both.text("Header") == "If-Match,If-None-Match", "\(both.text)")
  }

  /// Somebody else writes, or deletes, between the beginning and the end of an upload.
  @Test func whatComesBetweenIsAConflict() {
    let old = stage.s3(.head, "page.html").header("etag")
    let (id, body) = upload("page.html")
    func complete(_ name: String, _ value: String) -> Answer {
      stage.s3(.post, "page.html", query: [("uploadId", id)], headers: [(name, value)], body: body)
    }
    let new = put("page.html").header("etag")
    #expect(complete("If-Match", old).status == 412)
    let conflict = complete("If-Match", new)
    #expect(conflict.status == 409 && conflict.code == "ConditionalRequestConflict", "\(conflict.text)")
    #expect(stage.s3(.delete, "page.html").status == 204)
    #expect(complete("If-None-Match", "*").status == 409)
    let (again, _) = upload("page.html")
    let done = stage.s3(
      .post, "page.html", query: [("uploadId", again)], headers: [("If-None-Match", "*")], body: body)
    #expect(done.status == 200, "\(done.text)")
  }

  /// Begins an upload with one part.
  ///
  /// - Returns: its ID, and what finishes it.
  private func upload(_ key: String) -> (id: String, body: String) {
    let id = stage.s3(.post, key, query: [("uploads", "")]).text("UploadId")
    let etag = stage.s3(.put, key, query: [("partNumber", "1"), ("uploadId", id)], body: "part").header("etag")
    return (
      id,
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\(etag)</ETag></Part></CompleteMultipartUpload>"
    )
  }
}
