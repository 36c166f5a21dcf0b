import AWSKit
import NIOHTTP1
import Testing

@testable import SandboxKit

@Suite("Presigned URLs")
struct PresignedURLTests {
  /// The account of AWS's examples (API Reference: "Authenticating Requests: Using Query Parameters").
  private let accounts: AccountDirectory
  private let then = Timestamp(seconds: 1_369_353_600)  // 2013-05-24

  init() throws {
    accounts = try AccountDirectory(
      parsing: Array(
        """
        {"accounts": {"tools": {}, "site": {
          "accessKey": "AKIAIOSFODNN7EXAMPLE", "secretKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}}}
        """.utf8))
  }

  /// AWS's example, some of its parameters changed.
  private func request(
    _ changes: [String: String?] = [:], headers: [(String, String)] = []
  ) -> SandboxRequest {
    var parameters: [String: String?] = [
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request",
      "X-Amz-Date": "20130524T000000Z", "X-Amz-Expires": "86400", "X-Amz-SignedHeaders": "host",
      "X-Amz-Signature": "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    ]
    for (name, value) in changes { parameters[name] = .some(value) }
    let query = parameters.compactMap { name, value in value.map { name + "=" + $0 } }.sorted().joined(separator: "&")
    return SandboxRequest(
      method: "GET", uri: "/test.txt?" + query,
      headers: NIOHTTP1.HTTPHeaders([("Host", "examplebucket.s3.amazonaws.com")] + headers))
  }

  private func verify(_ request: SandboxRequest, after seconds: Int = 0) throws -> SignatureVerifier.Verified {
    var verifier = SignatureVerifier(service: "s3")
    return try verifier.verify(request, accounts: accounts, now: Timestamp(seconds: then.seconds + seconds))
  }

  private func refusal(_ request: SandboxRequest, after seconds: Int = 0) -> ServiceError? {
    do {
      _ = try verify(request, after: seconds)
      return nil
    } catch {
      return error as? ServiceError
    }
  }

  @Test("takes AWS's example, until it has expired")
  func example() throws {
    let verified = try verify(request(), after: 60)
    #expect(verified.caller.account?.name == "site" && verified.method == .query(age: 60_000))
    #expect(verified.region == "us-east-1")
    #expect(refusal(request(), after: 86_399) == nil)
    let expired = try #require(refusal(request(), after: 86_400))
    #expect(expired.status == 403 && expired.code == "AccessDenied" && expired.message == "Request has expired")
    #expect(expired.details.map(\.name) == ["X-Amz-Expires", "Expires", "ServerTime"])
    #expect(refusal(request(), after: -1000)?.message == "Request is not valid yet")
  }

  @Test(
    "refuses what is not as AWS has it",
    arguments: [
      (["X-Amz-Expires": "604801"], "AuthorizationQueryParametersError"),
      (["X-Amz-Expires": "-1"], "AuthorizationQueryParametersError"),
      (["X-Amz-Expires": "soon"], "AuthorizationQueryParametersError"),
      (["X-Amz-Expires": nil], "AuthorizationQueryParametersError"),
      (["X-Amz-Date": "yesterday"], "AuthorizationQueryParametersError"),
      (["X-Amz-Date": "20130525T000000Z"], "AuthorizationQueryParametersError"),
      (["X-Amz-Algorithm": "AWS4-HMAC-MD5"], "AuthorizationQueryParametersError"),
      (["X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE"], "AuthorizationQueryParametersError"),
      (["X-Amz-Expires": "86399"], "SignatureDoesNotMatch"), (["versionId": "v"], "SignatureDoesNotMatch"),
      (["X-Amz-Credential": "AKIANOBODY%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"], "InvalidAccessKeyId"),
    ] as [([String: String?], String)])
  func refusals(changes: [String: String?], code: String) {
    #expect(refusal(request(changes))?.code == code)
  }

  @Test("refuses headers of AWS's that were not signed, and two ways to sign at once")
  func headers() {
    let unsigned = refusal(request(headers: [("x-amz-acl", "public-read")]))
    #expect(unsigned?.code == "AccessDenied" && unsigned?.details.first?.value == "x-amz-acl")
    #expect(refusal(request(headers: [("Authorization", "AWS4-HMAC-SHA256 …")]))?.code == "InvalidArgument")
  }
}
