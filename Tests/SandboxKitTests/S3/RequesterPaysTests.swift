import AWSKit
import Testing

@testable import SandboxKit

@Suite("Requester Pays")
struct RequesterPaysTests {
  @Test("lets in others only if they say that they pay, and tells them so")
  func payer() throws {
    let sandbox = try InProcessSandbox()
    let site = try sandbox.account("site").credentials
    let tools = try sandbox.account("tools").credentials
    func send(
      _ method: HTTPMethod, _ path: String, _ query: [(String, String)] = [],
      headers: [(name: String, value: String)] = [], body: String = "", as keys: Credentials
    ) -> Answer {
      sandbox.send(
        method, "s3.us-east-1.amazonaws.com", path, query: query, headers: headers, body: body, service: "s3", as: keys)
    }
    #expect(send(.put, "/paid", as: site).status == 200 && send(.put, "/own", as: tools).status == 200)
    let isPublic = [(name: "x-amz-acl", value: "public-read")]
    #expect(send(.put, "/paid/key", headers: isPublic, body: "x", as: site).status == 200)
    let configuration = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>"
    #expect(send(.put, "/paid", [("requestPayment", "")], body: configuration, as: site).status == 200)

    let pays = [(name: "x-amz-request-payer", value: "requester")]
    let copies = [(name: "x-amz-copy-source", value: "paid/key")]
    #expect(send(.get, "/paid/key", as: tools).code == "AccessDenied")
    let answer = send(.get, "/paid/key", headers: pays, as: tools)
    #expect(answer.text == "x" && answer.header("x-amz-request-charged") == "requester")
    #expect(send(.get, "/paid/key", as: site).header("x-amz-request-charged").isEmpty)
    #expect(send(.put, "/own/copy", headers: copies, as: tools).code == "AccessDenied")
    #expect(send(.put, "/own/copy", headers: copies + pays, as: tools).status == 200)
  }
}
