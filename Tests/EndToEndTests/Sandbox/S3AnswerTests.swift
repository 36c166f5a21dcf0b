import Foundation
import AWSKit
import TestSupport
import Testing

/// How S3 answers single requests, by the pages that the tests of SandboxKit name. RadosGW, which nobody here wrote, says
/// the same in most of them; where it differs, the row has its answer.
struct S3AnswerTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var method = HTTPMethod.get
    var path = "/key"
    var query = ""
    var headers: [(name: String, value: String)] = []
    var unsigned: [(name: String, value: String)] = []
    var body = ""
    /// Status, and the code of an error.
    let answer: String
    var answerOfRadosGW: String?
  }

  private static let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
  private static let customerKey: [(name: String, value: String)] = [
    ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
    ("x-amz-server-side-encryption-customer-key", key),
    ("x-amz-server-side-encryption-customer-key-md5", "hRasmdxgYDKV3nvbahU1MA=="),
  ]

  static let rows: [Row] = [
    Row(testDescription: "an override", query: "response-content-type=text%2Fplain", answer: "200"),
    Row(testDescription: "a range", headers: [("Range", "bytes=2-3")], answer: "206"),
    Row(testDescription: "a range beyond", headers: [("Range", "bytes=100-200")], answer: "416 InvalidRange"),
    Row(testDescription: "a part", query: "partNumber=1", answer: "206", answerOfRadosGW: "200"),
    Row(
      testDescription: "a part beyond", query: "partNumber=2", answer: "416 InvalidPartNumber", answerOfRadosGW: "200"),
    Row(testDescription: "another ETag", headers: [("If-Match", "\"0\"")], answer: "412 PreconditionFailed"),
    Row(
      testDescription: "a customer's key too many", headers: customerKey, answer: "400 InvalidRequest",
      answerOfRadosGW: "200"),
    Row(
      testDescription: "a header that nobody signed", method: .put, unsigned: [("x-amz-acl", "private")],
      answer: "403 AccessDenied", answerOfRadosGW: "200"),
    Row(
      testDescription: "a wrong MD5", method: .put, headers: [("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")],
      body: "text", answer: "400 BadDigest"),
    Row(
      testDescription: "no MD5", method: .put, headers: [("Content-MD5", "none")], body: "text",
      answer: "400 InvalidDigest"),
    Row(
      testDescription: "an ETag for If-None-Match", method: .put, headers: [("If-None-Match", "\"0\"")], body: "text",
      answer: "501 NotImplemented", answerOfRadosGW: "200"),
    Row(
      testDescription: "If-None-Match of what is there", method: .put, headers: [("If-None-Match", "*")], body: "text",
      answer: "412 PreconditionFailed"),
    Row(
      testDescription: "If-Match of what is missing", method: .put, path: "/none", headers: [("If-Match", "\"0\"")],
      body: "text", answer: "404 NoSuchKey", answerOfRadosGW: "412 PreconditionFailed"),
    Row(
      testDescription: "a deletion of another ETag", method: .delete, headers: [("If-Match", "\"0\"")],
      answer: "412 PreconditionFailed", answerOfRadosGW: "204"),
    Row(
      testDescription: "a deletion of what is missing", method: .delete, path: "/none", headers: [("If-Match", "*")],
      answer: "404 NoSuchKey", answerOfRadosGW: "204"),
    Row(
      testDescription: "too much metadata", method: .put,
      headers: [("x-amz-meta-a", String(repeating: "a", count: 2048))], body: "text", answer: "400 MetadataTooLarge",
      answerOfRadosGW: "200"),
    Row(
      testDescription: "a storage class that is none", method: .put, headers: [("x-amz-storage-class", "NONE")],
      body: "text", answer: "400 InvalidStorageClass", answerOfRadosGW: "400 InvalidArgument"),
    Row(
      testDescription: "a tag twice", method: .put, query: "tagging=",
      body:
        "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag><Tag><Key>a</Key><Value>c</Value></Tag></TagSet></Tagging>",
      answer: "400 InvalidTag", answerOfRadosGW: "200"),
    Row(
      testDescription: "a canned ACL that is none", method: .put, query: "acl=", headers: [("x-amz-acl", "none")],
      answer: "400 InvalidArgument"),
    Row(testDescription: "an upload that is none", method: .delete, query: "uploadId=none", answer: "404 NoSuchUpload"),
    Row(
      testDescription: "a copy over itself", method: .put, headers: [("x-amz-copy-source", "@/key")],
      answer: "400 InvalidRequest"),
    Row(
      testDescription: "a policy that is none", method: .put, path: "", query: "policy=", body: "text",
      answer: "400 MalformedPolicy", answerOfRadosGW: "400 InvalidArgument"),
    Row(
      testDescription: "a policy with an unknown action", method: .put, path: "", query: "policy=",
      body:
        #"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:None", "Resource": "arn:aws:s3:::@/*"}]}"#,
      answer: "400 MalformedPolicy", answerOfRadosGW: "400 InvalidArgument"),
    Row(testDescription: "no policy", path: "", query: "policy=", answer: "404 NoSuchBucketPolicy"),
    Row(testDescription: "no CORS", path: "", query: "cors=", answer: "404 NoSuchCORSConfiguration"),
    Row(testDescription: "a bucket that is not empty", method: .delete, path: "", answer: "409 BucketNotEmpty"),
    Row(
      testDescription: "an encoding that is none", path: "", query: "encoding-type=none", answer: "400 InvalidArgument",
      answerOfRadosGW: "200"),
    Row(
      testDescription: "a continuation token that is none", path: "", query: "continuation-token=none&list-type=2",
      answer: "400 InvalidArgument", answerOfRadosGW: "200"),
  ]

  @Test(arguments: S3TestServer.all, rows)
  func answer(server: S3TestServer, row: Row) async throws {
    let bucket = "b-" + UUID().uuidString.lowercased()
    try await server.site.createBucket(bucket)
    try await server.site.put("key", in: bucket, body: Array("123456789".utf8))
    let response = try await RawClient.send(
      row.method, server.endpoint, path: "/\(bucket)\(row.path)", query: row.query,
      headers: row.headers.map { ($0.name, $0.value.replacing("@", with: bucket)) }, unsigned: row.unsigned,
      body: row.body.replacing("@", with: bucket), as: server.site.credentials, region: server.region)
    let answer = [String(response.status), response.errorCode].compactMap { $0 }.filter { !$0.isEmpty }.joined(
      separator: " ")
    let expected = server.kind == .radosGW ? row.answerOfRadosGW ?? row.answer : row.answer
    #expect(answer == expected, "\(response.text)")
  }

  /// Uploads that are not finished go with their bucket (API Reference: DeleteBucket).
  @Test(arguments: S3TestServer.all)
  func unfinishedUploads(server: S3TestServer) async throws {
    let bucket = "b-" + UUID().uuidString.lowercased()
    try await server.site.createBucket(bucket)
    func send(_ method: HTTPMethod, _ path: String, _ query: String) async throws -> HTTPResponse {
      try await RawClient.send(
        method, server.endpoint, path: "/\(bucket)\(path)", query: query, headers: [], body: "",
        as: server.site.credentials, region: server.region)
    }
    #expect(try await send(.post, "/key", "uploads=").status == 200)
    #expect(try await send(.delete, "", "").status == 204)
  }
}
