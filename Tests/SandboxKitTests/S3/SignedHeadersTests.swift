import AWSKit
import Testing

@testable import SandboxKit

/// Which headers must be signed (API Reference: "Authenticating Requests: Using the Authorization Header (AWS Signature
/// Version 4)", sig-v4-header-based-auth).
@Suite("Headers that must be signed")
struct SignedHeadersTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
  }

  /// A signed upload, to which somebody adds headers.
  private func put(adding headers: [(name: String, value: String)]) -> Answer {
    var request = HTTPRequest(
      method: .put, scheme: "http", authority: "s3.us-east-1.amazonaws.com", path: "/demo-site/added",
      body: Array("text".utf8))
    SigV4Signer(region: "us-east-1").sign(&request, credentials: stage.site.credentials, at: .now())
    request.headers += headers
    return Answer(stage.sandbox.transport.answer(request))
  }

  @Test(arguments: [
    ("x-amz-acl", "public-read"), ("X-Amz-Meta-Added", "a"), ("Content-Type", "text/html"),
    ("x-amz-website-redirect-location", "/elsewhere"),
  ])
  func refusesWhatWasAdded(name: String, value: String) {
    let answer = put(adding: [(name, value)])
    #expect(answer.status == 403 && answer.code == "AccessDenied", "\(answer.text)")
    #expect(answer.text("Message") == "There were headers present in the request which were not signed")
    #expect(answer.text("HeadersNotSigned") == name.lowercased())
    #expect(stage.s3(.head, "added").status == 404)
  }

  @Test func takesWhatNeedNotBeSigned() {
    #expect(put(adding: [("Cache-Control", "no-store"), ("User-Agent", "test")]).status == 200)
  }
}
