import AWSKit
import Testing

@testable import FixACLKit
@testable import fixacl

/// Advice is that of the case: the service's name for a right, the profile, and nothing that cannot help.
@Suite struct AdviceTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let operation: String
    let status: Int
    let code: String
    var service = AWSService.s3
    var argument: String?
    let parts: [String]
    var unwanted: [String] = []

    var testDescription: String { "\(operation): \(status) \(code)" }
  }

  static let rows: [Row] = [
    // Rights.
    Row(
      operation: "GetObjectTagging", status: 403, code: "AccessDenied", parts: ["s3:GetObjectTagging", "profile tools"]),
    Row(operation: "UploadPartCopy", status: 403, code: "AccessDenied", parts: ["s3:PutObject"]),
    Row(operation: "ListObjectVersions", status: 403, code: "AccessDenied", parts: ["s3:ListBucketVersions"]),
    Row(
      operation: "GetDistributionConfig", status: 403, code: "AccessDenied", service: .cloudFront,
      parts: ["cloudfront:GetDistributionConfig"], unwanted: ["s3:"]),
    Row(
      operation: "GetCallerIdentity", status: 403, code: "AccessDenied", service: .sts,
      parts: ["sts:GetCallerIdentity", "no right"], unwanted: ["s3:"]),
    Row(
      operation: "GetAccountPublicAccessBlock", status: 403, code: "AccessDenied", service: .s3Control,
      parts: ["s3:GetAccountPublicAccessBlock"], unwanted: ["s3_control:"]),
    // What a server cannot do.
    Row(operation: "CopyObject", status: 501, code: "NotImplemented", parts: ["--strategy grant"]),
    Row(
      operation: "PutObjectAcl", status: 501, code: "NotImplemented", parts: ["--strategy copy"],
      unwanted: ["--strategy grant", "run it again"]),
    Row(
      operation: "GetObjectAcl", status: 501, code: "NotImplemented", parts: ["cannot do that"],
      unwanted: ["--strategy", "copy"]),
    Row(operation: "ListObjectVersions", status: 501, code: "NotImplemented", parts: ["--all-versions"]),
    // What would fail again.
    Row(
      operation: "PutObjectAcl", status: 400, code: "InvalidArgument", argument: "9e57",
      parts: ["no account 9e57", "--drop-grantee 9e57"], unwanted: ["Run the same command"]),
    Row(
      operation: "CopyObject", status: 400, code: "InvalidArgument", argument: "id=\"9e57\"",
      parts: ["--drop-grantee 9e57"]),
    Row(
      operation: "PutObjectAcl", status: 400, code: "InvalidArgument", argument: "a, b\u{1b}",
      parts: ["--drop-grantee ID"], unwanted: ["\u{1b}"]),
    Row(operation: "PutObjectAcl", status: 400, code: "InvalidArgument", parts: ["--drop-grantee ID"]),
    Row(
      operation: "GetObjectAcl", status: 400, code: "InvalidArgument", parts: ["would fail again"],
      unwanted: ["Run the same command", "--drop-grantee"]),
    Row(
      operation: "HeadObject", status: 400, code: "BadRequest", parts: ["would fail again"],
      unwanted: ["Run the same command"]),
    Row(operation: "GetObjectAcl", status: 409, code: "Conflict", parts: ["would fail again"]),
    // What need not.
    Row(operation: "GetObjectAcl", status: 500, code: "Odd", parts: ["Run the same command"]),
    Row(operation: "GetObjectAcl", status: 408, code: "RequestTimeout", parts: ["Run the same command"]),
    // Credentials.
    Row(operation: "GetObjectAcl", status: 400, code: "ExpiredToken", parts: ["profile tools", "aws sso login"]),
    Row(operation: "GetObjectAcl", status: 403, code: "InvalidAccessKeyId", parts: ["profile tools"]),
    Row(operation: "GetObjectAcl", status: 403, code: "SignatureDoesNotMatch", parts: ["profile tools"]),
  ]

  @Test(arguments: rows)
  func adviceIsOfTheCase(row: Row) {
    let error = AWSError(
      kind: .service, operation: row.operation, status: row.status, code: row.code, message: "",
      account: "profile tools", service: row.service,
      argument: row.argument.map { AWSError.Argument(name: "CanonicalUser/ID", value: $0) })
    let advice = Advice.text(for: error)
    for part in row.parts { #expect(advice.contains(part), "no '\(part)' in: \(advice)") }
    for part in row.unwanted { #expect(!advice.contains(part), "'\(part)' in: \(advice)") }
  }

  @Test(arguments: [
    (AWSService.s3, "--endpoint-url"), (.cloudFront, "AWS_ENDPOINT_URL_CLOUDFRONT"), (.sts, "AWS_ENDPOINT_URL_STS"),
    (.s3Control, "AWS_ENDPOINT_URL_S3_CONTROL"),
  ])
  func theAddressIsTheServices(service: AWSService, variable: String) {
    for kind in [AWSError.Kind.transport(.cannotConnect), .transport(.interrupted), .malformedAnswer] {
      let error = AWSError(kind: kind, operation: "O", message: "", service: service)
      #expect(Advice.text(for: error).contains(variable))
      #expect(Advice.text(for: error).contains("--endpoint-url") == (service == .s3))
    }
  }
}
