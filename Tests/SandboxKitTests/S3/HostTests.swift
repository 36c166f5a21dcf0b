import AWSKit
import NIOHTTP1
import Testing

@testable import SandboxKit

@Suite("How requests name buckets")
struct HostTests {
  @Test(
    "by the host, or by the path",
    arguments: [
      ("media.localhost", "/key", "media", "key"), ("media.localhost:9000", "/a/b", "media", "a/b"),
      ("my.site.localhost", "/", "my.site", ""), ("media.s3.localhost", "/key", "media", "key"),
      ("s3.localhost", "/media/key", "media", "key"), ("localhost:9000", "/media/key", "media", "key"),
      ("127.0.0.1:9000", "/media/key", "media", "key"), ("", "http://127.0.0.1:9000/media/key", "media", "key"),
    ])
  func hosts(host: String, uri: String, bucket: String, key: String) throws {
    let request = try S3Request(SandboxRequest(method: "GET", uri: uri, headers: ["Host": host]))
    #expect(request.bucketName == bucket && request.key.text == key)
  }

  @Test("S3 Control has the account in its host")
  func control() throws {
    let request = SandboxRequest(
      method: "GET", uri: "/v20180820/configuration/publicAccessBlock",
      headers: ["Host": "123456789012.localhost:9000", "x-amz-account-id": "123456789012"])
    #expect(try S3Request(request).operation.name == "GetAccountPublicAccessBlock")
  }

  @Test("requests are signed for the host")
  func signed() throws {
    let sandbox = try InProcessSandbox()
    let site = try sandbox.account("site").credentials
    #expect(sandbox.send(.put, "media.localhost", "/", service: "s3", as: site).status == 200)
    #expect(sandbox.send(.put, "media.localhost", "/key", body: "content", service: "s3", as: site).status == 200)
    #expect(sandbox.send(.get, "localhost", "/media/key", service: "s3", as: site).text == "content")
  }
}
