import AWSKit
import NIOHTTP1
import Testing

@testable import SandboxKit

/// What of AWS's S3 model is not honoured is refused, and not left out.
@Suite("Headers and parameters of AWS's model")
struct S3MembersTests {
  @Test("are known of every operation of S3")
  func table() {
    for operation in S3Operation.all where operation.subject != .account {
      #expect(operation.members.isKnown, "\(operation.name)")
    }
  }

  @Test(
    "are refused with 501 where they are not honoured, in any case",
    arguments: S3Operation.all.filter { !$0.members.refusedHeaders.isEmpty }.map(\.name))
  func headers(operation: String) throws {
    let members = S3Members(of: operation)
    for name in members.refusedHeaders {
      let request = SandboxRequest(method: "PUT", uri: "/b/k", headers: [name.uppercased(): "1"])
      #expect { try members.check(request) } throws: { ($0 as? ServiceError)?.status == 501 }
    }
    try members.check(SandboxRequest(method: "PUT", uri: "/b/k", headers: ["x-amz-acl": "private", "Host": "h"]))
  }

  @Test("stop an upload that asks for more than the sandbox does")
  func upload() throws {
    let stage = try CloudFrontStage()
    for name in ["x-amz-write-offset-bytes", "x-amz-checksum-xxhash64", "x-amz-server-side-encryption-context"] {
      let answer = stage.s3(.put, "new", headers: [(name, "1")], body: "text")
      #expect(answer.status == 501 && answer.code == "NotImplemented", "\(name): \(answer.text)")
      #expect(answer.text("Header") == name)
    }
    #expect(stage.s3(.put, "", query: [("metadataTable", "")]).status == 501)
    #expect(stage.s3(.head, "new").status == 404)
  }
}
