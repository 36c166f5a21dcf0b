import Testing

@testable import AWSKit

@Suite struct AssumeRoleFetcherTests {
  private static let arn = "arn:aws:iam::111122223333:role/deploy"
  private static let files = [
    "credentials": keys("base", "BASE"),
    "config": """
    [profile a]
    region = eu-west-1
    role_arn = \(arn)
    source_profile = base
    external_id = x&y
    duration_seconds = 7200
    [profile chained]
    role_arn = arn:aws-us-gov:iam::111122223333:role/second
    source_profile = a
    role_session_name = me
    [profile mfa]
    role_arn = \(arn)
    source_profile = base
    mfa_serial = arn:aws:iam::111122223333:mfa/me
    """,
  ]

  @Test func asksSTSInTheProfilesRegion() async throws {
    let bench = CredentialsBench(files: Self.files) { _, _ in .session("ROLE") }
    let profile = try bench.credentials("a")
    let credentials = try await profile.provider.credentials()
    #expect(credentials.accessKeyID == "ROLE")
    #expect(credentials.sessionToken == "T-ROLE")
    #expect(credentials.expiration == Timestamp(seconds: Timestamp.example.seconds + 3600))
    let request = try #require(bench.transport.requests.first)
    #expect(request.url == "https://sts.eu-west-1.amazonaws.com/")
    #expect(request.method == .post)
    #expect(request.signer == "BASE")
    #expect(
      request.text
        == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fdeploy"
        + "&RoleSessionName=fixacl-\(Timestamp.example.seconds)&ExternalId=x%26y&DurationSeconds=7200")
    #expect(bench.transport.requests.count == 1)
  }

  @Test func aRoleAssumesTheNextInItsOwnPartition() async throws {
    let bench = CredentialsBench(files: Self.files) { _, ordinal in .session("R\(ordinal)") }
    #expect(try await bench.credentials("chained").provider.credentials().accessKeyID == "R1")
    #expect(bench.transport.requests.map(\.signer) == ["BASE", "R0"])
    #expect(
      bench.transport.requests.map(\.authority)
        // The profile that is named has no region; the ARN says which partition is meant.
        == ["sts.us-east-1.amazonaws.com", "sts.us-gov-west-1.amazonaws.com"])
    #expect(bench.transport.requests.last?.text.contains("RoleSessionName=me") == true)
  }

  @Test func aCodeIsAskedForOnce() async throws {
    let bench = CredentialsBench(files: Self.files, code: "123456") { _, _ in .session("MFA", minutes: 60) }
    let profile = try bench.credentials("mfa")
    #expect(try await profile.provider.credentials().accessKeyID == "MFA")
    #expect(bench.transport.requests.last?.text.contains("TokenCode=123456") == true)
    #expect(bench.services.mfaSessionEnd == Timestamp(seconds: Timestamp.example.seconds + 3600))
    // It cannot be renewed: it serves to its end.
    bench.pass(seconds: 3500)
    #expect(try await profile.provider.credentials().accessKeyID == "MFA")
    bench.pass(seconds: 200)
    let error = await #expect(throws: CredentialsError.self) { try await profile.provider.credentials() }
    #expect(error?.code == .sessionEnded)
    #expect(error?.message.contains("run the same command again, which resumes where this one stopped") == true)
    #expect(bench.transport.requests.count == 1)
  }

  @Test func withoutATerminalThereIsNoCode() async {
    let bench = CredentialsBench(files: Self.files) { _, _ in .session("MFA") }
    let error = await bench.failure("mfa")
    #expect(error?.message.hasPrefix("profile mfa in /h/.aws/config: the role needs a code of the MFA device") == true)
    #expect(error?.message.contains("arn:aws:iam::111122223333:mfa/me") == true)
    #expect(bench.transport.requests.isEmpty)
  }

  @Test func aRefusalNamesProfileRoleAndWhatToDo() async {
    let bench = CredentialsBench(files: Self.files) { _, _ in
      .wrapped(403, "AccessDenied", "User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole")
    }
    let error = await bench.failure("a")
    #expect(error?.code == .sourceFailed)
    let message = error?.message ?? ""
    #expect(message.hasPrefix("profile a in /h/.aws/config: the role \(Self.arn) cannot be assumed: AssumeRole: 403"))
    #expect(message.contains("is not authorized to perform: sts:AssumeRole"))
    #expect(message.contains("the role must trust who assumes it"))
    #expect(!message.contains("PLANTED"))
  }

  @Test(arguments: [
    "", "<x/>", "<AssumeRoleResponse/>", "{}", "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>",
  ])
  func answersThatMakeNoSense(body: String) async {
    let bench = CredentialsBench(files: Self.files) { _, _ in .status(200, body) }
    let error = await bench.failure("a")
    #expect(error?.code == .sourceFailed)
  }

  @Test func answersWithKeysThatWouldBecomeHeaders() async {
    for id in ["", "A&#10;B", "A B"] {
      let bench = CredentialsBench(files: Self.files) { _, _ in .session(id) }
      #expect(await bench.failure("a")?.code == .sourceFailed)
    }
  }

  @Test func credentialsAreRenewedBeforeTheyEnd() async throws {
    let bench = CredentialsBench(files: Self.files) { _, ordinal in
      .session("R\(ordinal)", from: Timestamp(seconds: Timestamp.example.seconds + ordinal * 3100))
    }
    let provider = try bench.credentials("a").provider
    #expect(try await provider.credentials().accessKeyID == "R0")
    bench.pass(seconds: 3100)
    #expect(try await provider.credentials().accessKeyID == "R1")
  }

  /// The source's credentials have expired too: its file is read anew.
  @Test func expiredKeysOfTheSourceAreReadAnew() async throws {
    let bench = CredentialsBench(files: Self.files) { request, _ in
      request.signer == "BASE" ? .wrapped(403, "ExpiredToken") : .session("ROLE")
    }
    let provider = try bench.credentials("a").provider
    await #expect(throws: CredentialsError.self) { try await provider.credentials() }
    bench.write("credentials", keys("base", "FRESH"))
    let rejected = Credentials(accessKeyID: "x", secretAccessKey: "y")
    #expect(try await provider.credentials(insteadOf: rejected).accessKeyID == "ROLE")
    #expect(bench.transport.requests.last?.signer == "FRESH")
  }

  @Test func anOwnersRoleIsAssumedWithTheBucketOwnersCredentials() async throws {
    let bench = CredentialsBench(variables: keyVariables("ENV")) { _, _ in .session("OWNER") }
    let role = try bench.credentials().assuming(
      roleARN: Self.arn, externalID: "e", settings: bench.environment.settings(), environment: bench.environment)
    #expect(try await role.provider.credentials().accessKeyID == "OWNER")
    #expect(role.name.short == "role \(Self.arn)")
    let request = try #require(bench.transport.requests.first)
    #expect(request.signer == "ENV")
    #expect(request.text.contains("&ExternalId=e"))
    #expect(request.authority == "sts.us-east-1.amazonaws.com")
  }

  @Test func theEndpointOfSTSIsTheProfiles() async throws {
    let bench = CredentialsBench(
      variables: ["AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9", "AWS_REGION": "eu-west-1"], files: Self.files
    ) { _, _ in .session("R") }
    _ = try await bench.credentials("a").provider.credentials()
    #expect(bench.transport.requests.map(\.url) == ["http://127.0.0.1:9/"])
    let fips = CredentialsBench(variables: ["AWS_USE_FIPS_ENDPOINT": "true"], files: Self.files) { _, _ in
      .session("R")
    }
    _ = try await fips.credentials("a").provider.credentials()
    #expect(fips.transport.requests.map(\.authority) == ["sts-fips.eu-west-1.amazonaws.com"])
  }
}
