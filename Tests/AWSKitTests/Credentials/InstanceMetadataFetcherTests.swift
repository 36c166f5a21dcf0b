import Testing

@testable import AWSKit

@Suite struct InstanceMetadataFetcherTests {
  private static let role =
    #"{"Code":"Success","AccessKeyId":"I1","SecretAccessKey":"s","Token":"T","Expiration":"2013-05-24T06:00:00Z"}"#

  /// A metadata service of the second version.
  private static func service(_ request: HTTPRequest, _ ordinal: Int) -> ScriptedAnswer {
    switch (request.method, request.path) {
    case (.put, "/latest/api/token"):
      request.value(of: "x-aws-ec2-metadata-token-ttl-seconds") == "21600" ? .status(200, "TOKEN") : .status(400)
    case (.get, _) where request.value(of: "x-aws-ec2-metadata-token") != "TOKEN": .status(401)
    case (.get, "/latest/meta-data/iam/security-credentials/"): .status(200, "web role\n")
    case (.get, "/latest/meta-data/iam/security-credentials/webrole"): .status(200, role)
    default: .status(404)
    }
  }

  @Test func asksWithAToken() async throws {
    let bench = CredentialsBench(direct: { request, ordinal in
      request.path.hasSuffix("credentials/") && request.value(of: "x-aws-ec2-metadata-token") == "TOKEN"
        ? .status(200, "webrole") : Self.service(request, ordinal)
    })
    let credentials = try bench.credentials()
    #expect(try await credentials.provider.credentials().accessKeyID == "I1")
    #expect(credentials.name.short == "the instance's role")
    #expect(
      bench.direct.requests.map(\.url) == [
        "http://169.254.169.254/latest/api/token",
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/webrole",
      ])
    #expect(bench.direct.requests.allSatisfy { $0.deadlineSeconds == 1 })
    #expect(bench.transport.requests.isEmpty)
  }

  /// A service of the first version knows no tokens.
  @Test(arguments: [403, 404, 405]) func withoutTokensTheFirstVersionIsAsked(status: Int) async throws {
    let answer: @Sendable (HTTPRequest, Int) -> ScriptedAnswer = { request, _ in
      if request.method == .put { return .status(status) }
      return request.path.hasSuffix("/") ? .status(200, "r") : .status(200, Self.role)
    }
    let bench = CredentialsBench(direct: answer)
    #expect(try await bench.credentials().provider.credentials().accessKeyID == "I1")
    let forbidden = CredentialsBench(variables: ["AWS_EC2_METADATA_V1_DISABLED": "true"], direct: answer)
    #expect(await forbidden.failure()?.message.contains("AWS_EC2_METADATA_V1_DISABLED forbids") == true)
    #expect(forbidden.direct.requests.count == 1)
  }

  @Test func elsewhereThereAreNoCredentials() async {
    let bench = CredentialsBench()
    let error = await bench.failure()
    #expect(error?.code == .noCredentials)
    #expect(error?.message.hasPrefix("no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set") == true)
    #expect(bench.direct.requests.count == 1)
    let off = CredentialsBench(variables: ["AWS_EC2_METADATA_DISABLED": "TRUE"])
    #expect(await off.failure()?.code == .noCredentials)
    #expect(off.direct.requests.isEmpty)
    let profile = CredentialsBench(files: ["config": "[profile a]\nregion = eu-west-1\n"])
    #expect(await profile.failure("a")?.message.hasPrefix("profile a has no credentials in") == true)
  }

  @Test func whoeverNamesTheInstanceIsToldWhyItFails() async {
    let files = [
      "config": "[profile a]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = Ec2InstanceMetadata\n"
    ]
    let bench = CredentialsBench(files: files)
    let error = await bench.failure("a")
    #expect(error?.message.contains("HttpPutResponseHopLimit") == true)
    #expect(error?.message.hasPrefix("profile a in /h/.aws/config: ") == true)
  }

  @Test(
    arguments: [
      (
        ScriptedAnswer.status(200, #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume it"}"#),
        "AssumeRoleUnauthorizedAccess: EC2 cannot assume it"
      ),
      (.status(200, "PLANTED"), "not JSON"), (.status(500, "PLANTED"), "answered with 500"),
    ])
  func hostileAnswers(answer: ScriptedAnswer, part: String) async {
    let bench = CredentialsBench(direct: { request, _ in
      request.method == .put
        ? .status(200, "TOKEN") : request.path.hasSuffix("/") ? .status(200, "r") : answer
    })
    let error = await bench.failure()
    #expect(error?.message.contains(part) == true)
    #expect(error?.message.contains("PLANTED") == false)
  }

  @Test func aTokenOrNameThatCannotBeSentIsRefused() async {
    let token = CredentialsBench(direct: { _, _ in .status(200, "a\nb: c") })
    #expect(await token.failure()?.message.contains("no usable token") == true)
    let name = CredentialsBench(direct: { request, _ in .status(200, request.method == .put ? "T" : "a b\u{7f}") })
    #expect(await name.failure()?.message.contains("the instance has no role") == true)
    // A slash stays within the name.
    let path = CredentialsBench(direct: { request, _ in
      request.method == .put
        ? .status(200, "T") : request.path.hasSuffix("credentials/") ? .status(200, "../../x") : .status(200, Self.role)
    })
    _ = await path.failure()
    #expect(path.direct.requests.last?.path.hasSuffix("/security-credentials/..%2F..%2Fx") == true)
  }

  @Test func attemptsAreAsManyAsTheSettingsSay() async throws {
    let bench = CredentialsBench(
      variables: ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3", "AWS_METADATA_SERVICE_TIMEOUT": "2"],
      direct: { request, ordinal in
        ordinal < 2
          ? .broken(.interrupted)
          : request.method == .put
            ? .status(200, "T") : request.path.hasSuffix("/") ? .status(200, "r") : .status(200, Self.role)
      })
    #expect(try await bench.credentials().provider.credentials().accessKeyID == "I1")
    #expect(bench.direct.requests.count == 5)
    #expect(bench.direct.requests.first?.deadlineSeconds == 2)
  }
}
