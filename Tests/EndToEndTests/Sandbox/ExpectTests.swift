import Foundation
import AWSKit
import TestSupport
import Testing

/// Uploads that wait to be asked for their content (RFC 9110, section 10.1.1; API Reference: "RESTful API", the header
/// `Expect`), sent by curl.
struct ExpectTests {
  @Test func onlyWhoMayUploadIsAskedForTheContent() async throws {
    let server = try #require(S3TestServer.sandbox)
    let bucket = "b-" + UUID().uuidString.lowercased()
    try await server.site.createBucket(bucket)
    let place = try Workplace(server)
    try place.write(String(repeating: "a", count: 2_000_000), to: "content")
    func upload() async throws -> String {
      try await place.run(
        "curl", "-s", "-o", "answer", "--expect100-timeout", "60", "-H", "Expect: 100-continue", "-T", "content", "-w",
        "%{http_code} %{size_upload}", "\(server.endpoint)/\(bucket)/key"
      ).out
    }
    #expect(try await upload() == "403 0")
    #expect(try place.read("answer").contains("<Code>AccessDenied</Code>"))
    let opened = try await RawClient.send(
      .put, server.endpoint, path: "/" + bucket, query: "acl=", headers: [("x-amz-acl", "public-read-write")],
      as: server.site.credentials, region: server.region)
    #expect(opened.status == 200)
    #expect(try await upload() == "200 2000000")
  }
}
