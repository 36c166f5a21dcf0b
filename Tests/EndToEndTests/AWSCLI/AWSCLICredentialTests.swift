import Crypto
import Foundation
import AWSKit
import TestSupport
import Testing

/// Every server from which the AWS CLI gets keys, by the AWS CLI: for each, it lists the buckets of the account whose
/// keys it got.
@Suite(.needsAWSCLI, .needsServiceEndpoints)
struct AWSCLICredentialTests {
  private static let accounts = """
    {"accounts": {
      "site": {"accountId": "111122223333",
               "users": {"dev": {"accessKey": "AKIADEV", "secretKey": "secret-of-dev",
                                 "mfa": {"serial": "arn:aws:iam::111122223333:mfa/dev", "code": "123456"}}},
               "roles": {"fixacl": {}}},
      "tools": {"accountId": "444455556666", "largeQuota": true,
                "roles": {"fixacl": {"trusts": ["site"]}, "external": {"externalId": "ours"}, "mfa": {"mfa": true},
                          "ci": {"webIdentityTokens": ["the-pipeline's"]}}},
      "other": {"accountId": "777788889999", "roles": {"chained": {"trusts": ["tools"]}}}},
     "ssoUsers": {"alice": {"roles": {"site": ["Admin"], "other": ["Reader"]}}}}
    """

  /// A sandbox of these accounts, and a CLI whose config file has these profiles.
  private func with(
    _ profiles: String, options: [String] = [], _ body: (AWSCLI, S3TestServer, SandboxControl) async throws -> Void
  ) async throws {
    let place = try Workplace(.nowhere)
    try place.write(Self.accounts, to: "accounts.json")
    try await OwnSandbox.with(["--accounts", place.path("accounts.json")] + options) { server in
      let aws = try AWSCLI(server)
      try aws.place.write(profiles, to: "config")
      try await body(aws, server, try #require(server.control))
    }
  }

  /// Lists buckets with a profile, and expects to do so as an account.
  private func expect(
    _ account: String, _ aws: AWSCLI, profile: String, environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    // By pages: one of the accounts has a large quota.
    let arguments = ["s3api", "list-buckets", "--page-size", "1"]
    let owner = try await aws.output(arguments, as: profile, environment: environment)["Owner"]["ID"].text
    #expect(owner == aws.server[account].id.value, sourceLocation: sourceLocation)
  }

  private func writeCache(_ content: [UInt8], _ name: String, of folder: String, in aws: AWSCLI) throws {
    let folder = aws.place.path(".aws/\(folder)/cache")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(content).write(to: URL(filePath: "\(folder)/\(name).json"))
  }

  /// Has the CLI ask anew for keys that it may have cached: its versions differ in what they cache.
  private func forgetKeys(in aws: AWSCLI) {
    try? FileManager.default.removeItem(atPath: aws.place.path(".aws/cli/cache"))
  }

  private func hex(_ digest: some Sequence<UInt8>) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// A cache file as it would be when its keys or tokens are about to end.
  private func endingSoon(_ cache: [UInt8], _ path: String...) throws -> [UInt8] {
    var document = try #require(try JSONSerialization.jsonObject(with: Data(cache)) as? [String: Any])
    let soon = Timestamp(seconds: Timestamp.now().seconds + 60).extended
    if path.count == 2 {
      var inner = try #require(document[path[0]] as? [String: Any])
      inner[path[1]] = soon
      document[path[0]] = inner
    } else {
      document[path[0]] = soon
    }
    return [UInt8](try JSONSerialization.data(withJSONObject: document))
  }

  // MARK: - STS

  @Test func roles() async throws {
    try await with(
      """
      [profile role]
      role_arn = arn:aws:iam::444455556666:role/fixacl
      source_profile = site
      [profile external]
      role_arn = arn:aws:iam::444455556666:role/external
      source_profile = site
      external_id = ours
      duration_seconds = 900
      [profile wrong]
      role_arn = arn:aws:iam::444455556666:role/external
      source_profile = site
      external_id = theirs
      [profile chained]
      role_arn = arn:aws:iam::777788889999:role/chained
      source_profile = role
      [profile too-long]
      role_arn = arn:aws:iam::777788889999:role/chained
      source_profile = role
      duration_seconds = 7200
      """
    ) { aws, _, control in
      try await expect("tools", aws, profile: "role")
      try await expect("tools", aws, profile: "external")
      try await expect("other", aws, profile: "chained")
      #expect(try await control.counters()["AssumeRole"] == 3, "the chain begins with keys that the CLI has cached")
      #expect(try await aws.refusal(as: "wrong", "s3api", "list-buckets") == "AccessDenied")
      #expect(try await aws.refusal(as: "too-long", "s3api", "list-buckets") == "ValidationError")
      #expect(try await aws.refusal(as: "role", "s3api", "list-buckets") == "InvalidRequest", "by pages only")
    }
  }

  @Test func multiFactorAuthentication() async throws {
    try await with("") { aws, _, _ in
      let keys = ["AWS_ACCESS_KEY_ID": "AKIADEV", "AWS_SECRET_ACCESS_KEY": "secret-of-dev"]
      func assume(_ code: String) async throws -> ProgramResult {
        try await aws.run(
          [
            "sts", "assume-role", "--role-arn", "arn:aws:iam::444455556666:role/mfa", "--role-session-name", "me",
            "--serial-number", "arn:aws:iam::111122223333:mfa/dev", "--token-code", code,
          ], environment: keys)
      }
      let (right, wrong) = (try await assume("123456"), try await assume("000000"))
      #expect(right.status == 0, "\(right.err)")
      #expect(wrong.err.contains("MultiFactorAuthentication failed with invalid MFA one time"), "\(wrong.err)")
    }
  }

  @Test func webIdentity() async throws {
    try await with("") { aws, _, control in
      try aws.place.write("the-pipeline's", to: "token")
      let role = "arn:aws:iam::444455556666:role/ci"
      try aws.place.write(
        """
        [profile ci]
        role_arn = \(role)
        web_identity_token_file = \(aws.place.path("token"))
        [profile none]
        region = us-east-1
        """, to: "config")
      try await expect("tools", aws, profile: "ci")
      forgetKeys(in: aws)
      try await expect(
        "tools", aws, profile: "none",
        environment: ["AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": aws.place.path("token")])
      #expect(try await control.counters()["AssumeRoleWithWebIdentity"] == 2)
      try aws.place.write("another", to: "token")
      forgetKeys(in: aws)
      #expect(try await aws.refusal(as: "ci", "s3api", "list-buckets") == "InvalidIdentityToken")
    }
  }

  @Test func endedSessions() async throws {
    try await with(
      """
      [profile role]
      role_arn = arn:aws:iam::777788889999:role/chained
      source_profile = tools
      """
    ) { aws, _, control in
      try await expect("other", aws, profile: "role")
      // The CLI's cache has these keys, as good ones.
      try await control.expireSessions(of: "other")
      #expect(try await aws.refusal(as: "role", "s3api", "list-buckets") == "ExpiredToken")
      #expect(try await aws.refusal(as: "role", "sts", "get-caller-identity") == "ExpiredToken")
      #expect(try await aws.refusal(as: "role", "cloudfront", "list-distributions") == "ExpiredToken")
    }
  }

  // MARK: - Sign-ins

  @Test func singleSignOn() async throws {
    try await with(
      """
      [sso-session work]
      sso_start_url = https://sandbox.awsapps.com/start
      sso_region = us-east-1
      sso_registration_scopes = sso:account:access
      [profile admin]
      sso_session = work
      sso_account_id = 111122223333
      sso_role_name = Admin
      [profile reader]
      sso_session = work
      sso_account_id = 777788889999
      sso_role_name = Reader
      [profile nobody]
      sso_session = work
      sso_account_id = 444455556666
      sso_role_name = Admin
      [profile legacy]
      sso_start_url = https://sandbox.awsapps.com/start
      sso_region = us-east-1
      sso_account_id = 777788889999
      sso_role_name = Reader
      """
    ) { aws, _, control in
      let cache = try await control.signInToSSO(user: "alice")
      try writeCache(cache, hex(Insecure.SHA1.hash(data: Data("work".utf8))), of: "sso", in: aws)
      try await expect("site", aws, profile: "admin")
      try await expect("other", aws, profile: "reader")
      #expect(try await aws.refusal(as: "nobody", "s3api", "list-buckets") == "ForbiddenException")
      let start = hex(Insecure.SHA1.hash(data: Data("https://sandbox.awsapps.com/start".utf8)))
      try writeCache(cache, start, of: "sso", in: aws)
      try await expect("other", aws, profile: "legacy")
      #expect(try await control.counters(reset: true)["CreateToken"] == nil)

      // Near the end of the access token the CLI takes another, and saves it.
      let soon = try endingSoon(cache, "expiresAt")
      try writeCache(soon, hex(Insecure.SHA1.hash(data: Data("work".utf8))), of: "sso", in: aws)
      forgetKeys(in: aws)
      try await expect("site", aws, profile: "admin")
      try await expect("other", aws, profile: "reader")
      let counters = try await control.counters()
      #expect(counters["CreateToken"] == 1 && counters["GetRoleCredentials"] == 2)

      #expect(try await control.send(.post, "/sso/expire").status == 204)
      forgetKeys(in: aws)
      let expired = try await aws.run(["s3api", "list-buckets"], as: "admin")
      #expect(expired.status != 0 && expired.err.contains("SSO session associated with this profile has expired"))
    }
  }

  @Test(.needsLogin) func login() async throws {
    let identity = "arn:aws:iam::111122223333:root"
    try await with("[profile me]\nlogin_session = \(identity)\n") { aws, _, control in
      let cache = try await control.signIn(account: "site")
      let name = hex(SHA256.hash(data: Data(identity.utf8)))
      try writeCache(cache, name, of: "login", in: aws)
      try await expect("site", aws, profile: "me")
      #expect(try await control.counters()["CreateOAuth2Token"] == nil)

      try writeCache(try endingSoon(cache, "accessToken", "expiresAt"), name, of: "login", in: aws)
      try await expect("site", aws, profile: "me")
      try await expect("site", aws, profile: "me")
      #expect(try await control.counters()["CreateOAuth2Token"] == 1, "the CLI saves what it got")

      for reason in ["TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED"] {
        try writeCache(try endingSoon(cache, "accessToken", "expiresAt"), name, of: "login", in: aws)
        #expect(try await control.send(.post, "/signin/end", query: "reason=\(reason)").status == 204)
        let refused = try await aws.run(["s3api", "list-buckets"], as: "me")
        #expect(refused.status != 0 && refused.err.contains("aws login"), "\(refused.err)")
      }
    }
  }

  @Test func credentialProcess() async throws {
    try await with("") { aws, server, _ in
      let keys = server.other.credentials
      try aws.place.write(
        #"{"Version": 1, "AccessKeyId": "\#(keys.accessKeyID)", "SecretAccessKey": "\#(keys.secretAccessKey)"}"#,
        to: "keys.json")
      try aws.place.write(
        "[profile process]\ncredential_process = cat '\(aws.place.path("keys.json"))'\n", to: "config")
      try await expect("other", aws, profile: "process")
    }
  }

  // MARK: - Machines

  @Test func instanceMetadata() async throws {
    try await with(
      """
      [profile none]
      region = us-east-1
      [profile role]
      role_arn = arn:aws:iam::444455556666:role/fixacl
      credential_source = Ec2InstanceMetadata
      """
    ) { aws, _, control in
      let enabled = ["AWS_EC2_METADATA_DISABLED": "false"]
      try await expect("site", aws, profile: "none", environment: enabled)
      try await expect("tools", aws, profile: "role", environment: enabled)
      let counters = try await control.counters()
      #expect(counters["IMDSToken"] == 2 && counters["IMDSRole"] == 2 && counters["IMDSCredentials"] == 2)
      let settings = #"{"account": "site", "code": "AssumeRoleUnauthorizedAccess"}"#
      #expect(try await control.send(.put, "/instance", body: Array(settings.utf8)).status == 204)
      let refused = try await aws.run(["s3api", "list-buckets"], as: "none", environment: enabled)
      #expect(refused.status != 0 && refused.err.contains("Unable to locate credentials"), "\(refused.err)")
    }
  }

  @Test func container() async throws {
    try await with("[profile none]\nregion = us-east-1\n") { aws, server, control in
      #expect(try await control.send(.put, "/container", body: Array("Bearer t".utf8)).status == 204)
      let address = try #require(server.keyServices[.container])
      let environment = [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": address + "/tools/fixacl",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer t",
      ]
      try await expect("tools", aws, profile: "none", environment: environment)
      let wrong = environment.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer u"]) { $1 }
      let refused = try await aws.run(["s3api", "list-buckets"], as: "none", environment: wrong)
      #expect(refused.status != 0 && refused.err.contains("401"), "\(refused.err)")
    }
  }
}
