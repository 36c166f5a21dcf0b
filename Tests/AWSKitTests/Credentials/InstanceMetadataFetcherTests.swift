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

  /// A service of the first version knows no tokens. Other failures are taken for that too, as the AWS CLI does.
  @Test(arguments: [401, 403, 404, 405, 500, 503]) func withoutTokensTheFirstVersionIsAsked(status: Int) async throws {
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

  @Test func aServiceThatDoesNotUnderstandIsNotAskedOtherwise() async {
    let bench = CredentialsBench(direct: { _, _ in .status(400) })
    #expect(await bench.failure()?.message == "the instance's role: the metadata service answered with 400 for a token")
    #expect(bench.direct.requests.count == 1)
  }

  /// With a hop limit of 1 the token does not arrive in a container. The first version may be there, or may not.
  @Test func whereTheTokenIsLostTheFirstVersionIsAsked() async throws {
    let files = ["config": "[profile a]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = Ec2InstanceMetadata\n"]
    func bench(_ variables: [String: String] = [:], _ role: ScriptedAnswer) -> CredentialsBench {
      CredentialsBench(
        variables: variables, files: files,
        direct: { request, _ in
          if request.method == .put { return .broken(.interrupted) }
          return request.path.hasSuffix("/") ? role : .status(200, Self.role)
        })
    }
    let first = bench([:], .status(200, "r"))
    #expect(try await first.credentials().provider.credentials().accessKeyID == "I1")
    #expect(first.direct.requests.allSatisfy { $0.value(of: "x-aws-ec2-metadata-token") == nil })
    let second = await bench([:], .status(401)).failure()
    #expect(second?.message.contains("answered with 401, and not at all for a token") == true)
    #expect(second?.message.contains("HttpPutResponseHopLimit") == true)
    // Nothing answers at all: no service, or a hop limit.
    let none = await bench([:], .broken(.interrupted)).failure()
    #expect(none?.code == .noCredentials && none?.message.hasPrefix("no credentials: ") == true)
    #expect(none?.message.contains("HttpPutResponseHopLimit") == true)
    let forbidden = bench(["AWS_EC2_METADATA_V1_DISABLED": "true"], .status(200, "r"))
    #expect(await forbidden.failure()?.message.contains("HttpPutResponseHopLimit") == true)
    #expect(forbidden.direct.requests.count == 1)
    let named = await bench(["AWS_EC2_METADATA_V1_DISABLED": "true"], .status(200, "r")).failure("a")
    #expect(named?.message.contains("the metadata service at http://169.254.169.254: ") == true)
    #expect(named?.message.contains("HttpPutResponseHopLimit") == true)
  }

  /// While what renews them is out of order, the service gives old ones, and AWS accepts them.
  @Test func credentialsThatHaveEndedCountForAWhile() async throws {
    let bench = CredentialsBench(direct: { request, _ in
      request.method == .put
        ? .status(200, "T") : request.path.hasSuffix("/") ? .status(200, "r") : .status(200, Self.role)
    })
    bench.pass(seconds: 7 * 3600)
    let provider = try bench.credentials().provider
    #expect(try await provider.credentials().accessKeyID == "I1")
    #expect(provider.expiration == Timestamp(seconds: Timestamp.example.seconds + 7 * 3600 + 900))
    // The service is asked again before long.
    bench.pass(seconds: 800)
    _ = try await provider.credentials()
    #expect(provider.fetches == 2)
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
        "the instance's role: the metadata service: AssumeRoleUnauthorizedAccess: EC2 cannot assume it"
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
