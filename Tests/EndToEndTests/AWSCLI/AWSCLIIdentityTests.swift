import AWSKit
import TestSupport
import Testing

/// Who one is, becoming somebody else, and signatures that are none.
@Suite(.needsAWSCLI)
struct AWSCLIIdentityTests {
  private let aws: AWSCLI

  init() throws {
    aws = try AWSCLI()
  }

  @Test func tellsWhoSigned() async throws {
    let id = try #require(aws.server.site.accountID)
    let identity = try await aws.sts("get-caller-identity")
    #expect(identity == ["Account": .text(id), "UserId": .text(id), "Arn": .text("arn:aws:iam::\(id):root")])
    #expect(try await aws.s3api("list-buckets")["Owner"]["ID"].text == aws.server.site.id.value)
  }

  @Test func assumesRoles() async throws {
    let tools = aws.server.tools
    let id = try #require(tools.accountID)
    let role = "arn:aws:iam::\(id):role/fixacl"
    let session = try await aws.sts(
      "assume-role", "--role-arn", role, "--role-session-name", "me@work", "--duration-seconds", "900")
    let arn = "arn:aws:sts::\(id):assumed-role/fixacl/me@work"
    #expect(session["AssumedRoleUser"]["Arn"].text == arn)
    #expect(session["AssumedRoleUser"]["AssumedRoleId"].text.hasSuffix(":me@work"))

    let keys = [
      "AWS_ACCESS_KEY_ID": session["Credentials"]["AccessKeyId"].text,
      "AWS_SECRET_ACCESS_KEY": session["Credentials"]["SecretAccessKey"].text,
      "AWS_SESSION_TOKEN": session["Credentials"]["SessionToken"].text,
    ]
    async let identity = aws.sts(environment: keys, "get-caller-identity")
    async let buckets = aws.output(["s3api", "list-buckets"], environment: keys)
    #expect(try await identity["Arn"].text == arn)
    #expect(try await buckets["Owner"]["ID"].text == tools.id.value)

    // A role that another one assumes lasts an hour at most.
    let chained = try await aws.refusal(
      environment: keys, "sts", "assume-role", "--role-arn", role, "--role-session-name", "me", "--duration-seconds",
      "3601")
    #expect(chained == "ValidationError")
    let otherToken = keys.merging(["AWS_SESSION_TOKEN": "another"]) { $1 }
    async let sts = aws.refusal(environment: otherToken, "sts", "get-caller-identity")
    async let s3 = aws.refusal(environment: otherToken, "s3api", "list-buckets")
    #expect(try await sts == "InvalidClientTokenId")
    #expect(try await s3 == "InvalidToken")
  }

  @Test func refusesRolesThatAreNotThere() async throws {
    let id = try #require(aws.server.tools.accountID)
    let result = try await aws.run([
      "sts", "assume-role", "--role-arn", "arn:aws:iam::\(id):role/nobody", "--role-session-name", "me",
    ])
    #expect(result.status != 0)
    let site = try #require(aws.server.site.accountID)
    #expect(
      result.err.contains(
        "(AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::\(site):root is not authorized to "
          + "perform: sts:AssumeRole on resource: arn:aws:iam::\(id):role/nobody"))
  }

  @Test(arguments: [
    (service: "s3api", command: "list-buckets", unknownKey: "InvalidAccessKeyId", nobody: "AccessDenied"),
    ("sts", "get-caller-identity", "InvalidClientTokenId", "MissingAuthenticationToken"),
    ("cloudfront", "list-distributions", "InvalidClientTokenId", "MissingAuthenticationToken"),
  ])
  func refusesKeysThatAreWrong(service: String, command: String, unknownKey: String, nobody: String) async throws {
    let secret = "wJalrXUtnFEMI-not-this-one-bPxRfiCY"
    let key = aws.server.site.credentials.accessKeyID
    let aws = aws
    async let wrongSecret = aws.refusal(
      environment: ["AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret], service, command)
    async let unknown = aws.refusal(
      environment: ["AWS_ACCESS_KEY_ID": "AKIAUNKNOWN", "AWS_SECRET_ACCESS_KEY": secret], service, command)
    async let unsigned = aws.refusal(service, command, "--no-sign-request")
    #expect(try await wrongSecret == "SignatureDoesNotMatch")
    #expect(try await unknown == unknownKey)
    #expect(try await unsigned == nobody)
  }

  /// The CLI cannot be told another time, so this one request is signed here.
  @Test(arguments: [(seconds: -16 * 60, status: 403), (-14 * 60, 200), (16 * 60, 403)])
  func refusesDatesThatAreFarOff(seconds: Int, status: Int) async throws {
    let server = aws.server
    var request = HTTPRequest(
      method: .get, scheme: "http", authority: String(server.endpoint.dropFirst("http://".count)), path: "/")
    SigV4Signer(region: server.region).sign(
      &request, credentials: server.site.credentials, at: Timestamp(seconds: Timestamp.now().seconds + seconds))
    let response = try await CurlTransport(concurrency: 1).send(request)
    #expect(response.status == status)
    #expect(String(decoding: response.body, as: UTF8.self).contains("RequestTimeTooSkewed") == (status == 403))
  }
}
