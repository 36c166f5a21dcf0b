import AWSKit
import NIOHTTP1
import Testing

@testable import SandboxKit

/// Cross-origin requests (User Guide: "Elements of a CORS configuration"; API Reference: "OPTIONS object").
@Suite("CORS")
struct CORSTests {
  private let stage: CloudFrontStage
  private static let origin = "https://www.example.com"

  init() throws {
    stage = try CloudFrontStage()
  }

  private func configure(_ methods: String = "<AllowedMethod>GET</AllowedMethod>") -> Answer {
    stage.s3(
      .put, "", query: [("cors", "")],
      body: "<CORSConfiguration><CORSRule>\(methods)<AllowedOrigin>https://*.example.com</AllowedOrigin>"
        + "<AllowedHeader>x-amz-meta-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds>"
        + "</CORSRule></CORSConfiguration>")
  }

  /// What a browser asks before it lets a page send a request.
  private func preflight(_ headers: [(String, String)], path: String = "/demo-site/page.html") -> SandboxResponse {
    stage.sandbox.transport.withState { state in
      S3Service(state: state).deliver(
        SandboxRequest(method: "OPTIONS", uri: path, headers: NIOHTTP1.HTTPHeaders(headers))
      ).response
    }
  }

  private func code(_ response: SandboxResponse) -> String {
    (try? XMLNode(parsing: response.body, root: "Error"))?["Code"]?.text ?? ""
  }

  @Test func rulesAreForAnswersAndErrors() {
    #expect(configure().status == 200)
    let headers = [(name: "Origin", value: Self.origin)]
    for key in ["page.html", "missing", ""] {
      let answer = stage.s3(.get, key, headers: headers)
      #expect(answer.header("access-control-allow-origin") == Self.origin, "\(key)")
      #expect(answer.header("access-control-expose-headers") == "ETag")
      #expect(answer.header("access-control-max-age") == "60")
      #expect(answer.header("access-control-allow-credentials") == "true")
    }
    #expect(stage.s3(.put, "new", headers: headers).header("access-control-allow-origin").isEmpty)
    let other = stage.s3(.get, "page.html", headers: [("Origin", "https://example.net")])
    #expect(other.status == 200 && other.header("access-control-allow-origin").isEmpty)
    let unknown = configure("<AllowedMethod>PATCH</AllowedMethod>")
    #expect(unknown.status == 400 && unknown.code == "InvalidRequest", "\(unknown.text)")
  }

  @Test func browsersAreToldWhatARuleAllows() {
    let method = ("Access-Control-Request-Method", "GET")
    let origin = ("Origin", Self.origin)
    #expect(code(preflight([method])) == "BadRequest")
    #expect(preflight([origin, method]).status == 403, "no configuration")
    #expect(configure().status == 200)
    #expect(code(preflight([origin])) == "BadRequest")
    let allowed = preflight([origin, method, ("Access-Control-Request-Headers", "X-Amz-Meta-A,x-amz-meta-b")])
    #expect(allowed.status == 200 && allowed.body.isEmpty)
    #expect(allowed.headers.first(name: "Access-Control-Allow-Headers") == "x-amz-meta-a, x-amz-meta-b")
    #expect(allowed.headers.first(name: "Access-Control-Allow-Methods") == "GET")
    #expect(code(preflight([origin, ("Access-Control-Request-Method", "PUT")])) == "AccessForbidden")
    #expect(preflight([origin, method, ("Access-Control-Request-Headers", "x-other")]).status == 403)
    #expect(preflight([("Origin", "https://example.net"), method]).status == 403)
    #expect(code(preflight([origin, method], path: "/missing-bucket/a")) == "AccessForbidden")
  }
}
