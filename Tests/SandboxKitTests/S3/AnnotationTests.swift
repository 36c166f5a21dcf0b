import AWSKit
import Testing

@testable import SandboxKit

/// Annotations of objects (API Reference: PutObjectAnnotation, ListObjectAnnotations, CopyObject).
@Suite("Annotations")
struct AnnotationTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
  }

  private func annotate(_ name: String, _ text: String = "text") -> Answer {
    stage.s3(.put, "page.html", query: [("annotation", ""), ("annotationName", name)], body: text)
  }

  private func names(_ key: String, _ query: [(String, String)] = []) -> [String] {
    let answer = stage.s3(.get, key, query: [("annotation", "")] + query)
    #expect(answer.status == 200, "\(answer.text)")
    return answer.text.split(separator: "<AnnotationName>").dropFirst().map { String($0.prefix { $0 != "<" }) }
  }

  @Test func areListedReadAndDeleted() {
    #expect(names("page.html").isEmpty)
    for name in ["b", "a", "b2"] { #expect(annotate(name, "of \(name)").status == 200) }
    #expect(annotate("b", "again").status == 200)
    #expect(names("page.html") == ["a", "b", "b2"])
    #expect(names("page.html", [("annotation-prefix", "b")]) == ["b", "b2"])
    #expect(names("page.html", [("max-annotation-results", "1"), ("continuation-token", "a")]) == ["b"])
    let one: [(String, String)] = [("annotation", ""), ("annotationName", "b")]
    #expect(stage.s3(.get, "page.html", query: one).text == "again")
    #expect(stage.s3(.delete, "page.html", query: one).status == 204)
    #expect(stage.s3(.get, "page.html", query: one).code == "NoSuchAnnotation")
    #expect(names("page.html") == ["a", "b2"])
  }

  @Test func namesAndTextsAreChecked() {
    for name in ["", "aws-x", "S3x"] { #expect(annotate(name).code == "InvalidAnnotationName", "\(name)") }
    #expect(annotate(String(repeating: "n", count: 513)).code == "AnnotationNameTooLong")
    #expect(annotate("n", "").code == "InvalidRequest")
    #expect(stage.s3(.get, "missing", query: [("annotation", "")]).code == "NoSuchKey")
  }

  /// What the object itself is allowed says nothing of them.
  @Test func rightsOfTheirOwn() {
    #expect(annotate("a").status == 200)
    stage.setPolicy(CloudFrontStage.readByAll)
    let tools = stage.tools.credentials
    #expect(stage.s3(.get, "page.html", as: tools).status == 200)
    #expect(stage.s3(.get, "page.html", query: [("annotation", "")], as: tools).status == 403)
  }

  @Test func areCopiedInOneRequestOnly() {
    #expect(annotate("a").status == 200)
    func copy(_ key: String, _ headers: [(name: String, value: String)] = []) -> Answer {
      stage.s3(
        .put, key, headers: [("x-amz-copy-source", "/\(CloudFrontStage.bucket)/page.html")] + headers)
    }
    #expect(copy("whole").status == 200)
    #expect(names("whole") == ["a"])
    #expect(copy("without", [("x-amz-object-annotation-directive", "EXCLUDE")]).status == 200)
    #expect(names("without").isEmpty)
    #expect(copy("x", [("x-amz-object-annotation-directive", "MOVE")]).code == "InvalidArgument")

    let upload = stage.s3(.post, "parts", query: [("uploads", "")]).text("UploadId")
    let part = stage.s3(
      .put, "parts", query: [("partNumber", "1"), ("uploadId", upload)],
      headers: [("x-amz-copy-source", "/\(CloudFrontStage.bucket)/page.html")])
    let etag = part.text("ETag")
    let end = stage.s3(
      .post, "parts", query: [("uploadId", upload)],
      body: "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\(etag)</ETag></Part>"
        + "</CompleteMultipartUpload>")
    #expect(end.status == 200, "\(end.text)")
    #expect(names("parts").isEmpty)
  }
}
