import AWSKit
import Testing

@testable import SandboxKit

/// What is in every answer (API Reference: "Common Response Headers", "Error Responses"), and what clients do with it.
@Suite("Headers of all answers")
struct AnswerHeadersTests {
  private let stage: CloudFrontStage

  init() throws {
    stage = try CloudFrontStage()
  }

  @Test("have the IDs and the time, and errors the same IDs")
  func everyAnswer() {
    for key in ["page.html", "missing"] {
      let answer = stage.s3(.get, key)
      #expect(Timestamp(rfc9110: answer.header("date")) != nil)
      #expect(!answer.header("x-amz-id-2").isEmpty && !answer.header("x-amz-request-id").isEmpty)
      guard key == "missing" else { continue }
      #expect(answer.text("RequestId") == answer.header("x-amz-request-id"))
      #expect(answer.text("HostId") == answer.header("x-amz-id-2"))
    }
    #expect(!stage.sandbox.sts("GetCallerIdentity", [:], as: stage.site.credentials).header("date").isEmpty)
  }

  @Test("let a client whose clock is wrong sign by the server's")
  func clock() async throws {
    var surroundings = AWSClient.Dependencies()
    surroundings.now = { Timestamp(seconds: Timestamp.now().seconds - 3600) }
    let endpoint = try #require(AWSEndpoint(url: "http://s3.test"))
    let client = AWSClient(
      endpoint: endpoint, region: .standard, credentials: StaticCredentialsProvider(stage.site.credentials),
      transport: stage.sandbox.transport, throttle: Throttle(concurrency: 1), surroundings: surroundings)
    let operation = AWSOperation<Void>(
      "GetBucketLocation", .get, bucket: CloudFrontStage.bucket, query: [("location", "")],
      parse: { _ in })
    try await client.run(operation)
    let counts = stage.sandbox.send(.get, "control.sandbox", "/counters").text
    #expect(counts.contains("\"GetBucketLocation\":2"), "refused once, then signed by the server's clock: \(counts)")
  }

  /// API Reference: "Error Responses", InvalidDigest and BadDigest.
  @Test("tell a wrong digest from one that is none")
  func digests() {
    func put(_ digest: String) -> Answer { stage.s3(.put, "new", headers: [("Content-MD5", digest)], body: "text") }
    #expect(put("not base64").code == "InvalidDigest")
    #expect(put("dGV4dA==").code == "InvalidDigest")
    #expect(put(ObjectChecksum.md5(of: [1])).code == "BadDigest")
    #expect(put(ObjectChecksum.md5(of: Array("text".utf8))).status == 200)
    let acl = stage.s3(
      .put, "", query: [("ownershipControls", "")], headers: [("Content-MD5", ObjectChecksum.md5(of: [1]))],
      body: "<OwnershipControls/>")
    #expect(acl.code == "BadDigest", "settings are checked too")
    let announced = stage.s3(.put, "new", headers: [("x-amz-sdk-checksum-algorithm", "CRC32")], body: "text")
    #expect(announced.status == 400 && announced.code == "InvalidRequest", "\(announced.text)")
  }

  /// User Guide: "Working with object metadata".
  @Test("count the bytes of user metadata")
  func metadata() {
    func put(_ count: Int) -> Answer {
      stage.s3(.put, "new", headers: [("x-amz-meta-a", String(repeating: "b", count: count))], body: "text")
    }
    #expect(put(2047).status == 200)
    let answer = put(2048)
    #expect(answer.status == 400 && answer.code == "MetadataTooLarge", "\(answer.text)")
    #expect(answer.text("MaxSizeAllowed") == "2048")
  }
}
