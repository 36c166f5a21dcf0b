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

  @Test func takesSignedNamesWithUnderscores() {
    let answer = stage.s3(.put, "added", headers: [("X-Amz-Meta-A_B", "c")], body: "text")
    #expect(answer.status == 200, "\(answer.text)")
    #expect(stage.s3(.head, "added").header("x-amz-meta-a_b") == "c")
  }

  /// A client's keys and headers are known from its requests before, its signature is not.
  @Test func looksAtEverySignature() {
    func put(_ change: (inout HTTPRequest) -> Void) -> Answer {
      var request = HTTPRequest(
        method: .put, scheme: "http", authority: "s3.us-east-1.amazonaws.com", path: "/demo-site/added",
        body: Array("text".utf8))
      SigV4Signer(region: "us-east-1").sign(&request, credentials: stage.site.credentials, at: .now())
      change(&request)
      return Answer(stage.sandbox.transport.answer(request))
    }
    for _ in 0..<2 {
      #expect(put { _ in }.status == 200)
      let forged = put { request in
        for index in request.headers.indices where request.headers[index].name.lowercased() == "authorization" {
          let value = request.headers[index].value
          request.headers[index].value = value.dropLast() + (value.hasSuffix("0") ? "1" : "0")
        }
      }
      #expect(forged.status == 403 && forged.code == "SignatureDoesNotMatch", "\(forged.text)")
    }
    let other = stage.s3(.put, "added", body: "text", as: stage.tools.credentials)
    #expect(other.status == 403 && other.code == "AccessDenied", "\(other.text)")
  }

  @Test func takesWhatNeedNotBeSigned() {
    #expect(put(adding: [("Cache-Control", "no-store"), ("User-Agent", "test")]).status == 200)
  }
}
