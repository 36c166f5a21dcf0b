import TestSupport
import Testing

@testable import AWSKit

/// Which source is selected: the order of the AWS CLI, and what is an error in a configuration.
@Suite struct CredentialsChainTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var profile: String?
    var variables: [String: String] = [:]
    var credentials: String?
    var config: String?
    let outcome: Outcome

    enum Outcome: Sendable {
      /// The ID of the keys that are found.
      case keys(String, source: String)
      case source(CredentialsSource, name: CredentialsName)
      case error(CredentialsError.Code, String)
    }

    init(
      _ name: String, profile: String? = nil, variables: [String: String] = [:], credentials: String? = nil,
      config: String? = nil, _ outcome: Outcome
    ) {
      testDescription = name
      self.profile = profile
      self.variables = variables
      self.credentials = credentials
      self.config = config
      self.outcome = outcome
    }
  }

  private static let web = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r"]
  private static let container = [
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": containerURL
  ]
  private static let containerURL = "http://169.254.170.23/v1/credentials"
  private static let secretOnly = "aws_secret_access_key = \(planted.secret)\n"

  static let order: [Case] = [
    Case(
      "environment before files", variables: keyVariables("E"), credentials: keys("default", "D"),
      .keys("E", source: "environment")),
    Case(
      "environment before the profile of AWS_PROFILE",
      variables: keyVariables("E").merging(["AWS_PROFILE": "a"]) { $1 }, credentials: keys("a", "A"),
      .keys("E", source: "environment")),
    Case(
      "environment before a role", variables: keyVariables("E"), config: "[default]\nrole_arn = r\n",
      .keys("E", source: "environment")),
    Case(
      "--profile before the environment", profile: "a", variables: keyVariables("E"),
      credentials: keys("a", "A"), .keys("A", source: "profile a in /h/.aws/credentials")),
    Case(
      "--profile default before the environment", profile: "default", variables: keyVariables("E"),
      config: keys("default", "D"), .keys("D", source: "profile default in /h/.aws/config")),
    Case(
      "--profile before web identity in the environment", profile: "a", variables: web,
      credentials: keys("a", "A"), .keys("A", source: "profile a in /h/.aws/credentials")),
    Case(
      "credentials file before config file", profile: "a", credentials: keys("a", "A"),
      config: keys("profile a", "C"), .keys("A", source: "profile a in /h/.aws/credentials")),
    Case(
      "config file", profile: "a", credentials: "[a]\n", config: keys("profile a", "C"),
      .keys("C", source: "profile a in /h/.aws/config")),
    Case(
      "files before container", variables: container, credentials: keys("default", "D"),
      .keys("D", source: "profile default in /h/.aws/credentials")),
    Case(
      "keys in the credentials file before a process", credentials: keys("default", "D"),
      config: "[default]\ncredential_process = p\n",
      .keys("D", source: "profile default in /h/.aws/credentials")),
    Case(
      "keys beside an SSO session for other things", credentials: keys("default", "D"),
      config: "[default]\nsso_session = s\n", .keys("D", source: "profile default in /h/.aws/credentials")),
  ]

  private static let arn = "arn:aws:iam::111122223333:role/deploy"
  private static let inConfig = CredentialsName.profile("a", file: "/h/.aws/config")

  private static func staticKeys(_ id: String) -> CredentialsSource {
    .keys(Credentials(accessKeyID: id, secretAccessKey: planted.secret))
  }

  private static func role(
    _ source: CredentialsSource, arn: String = arn, _ change: (inout RoleAssumption) -> Void = { _ in }
  ) -> CredentialsSource {
    var role = RoleAssumption(roleARN: arn)
    change(&role)
    return .assumeRole(role, source: source)
  }

  private static let sso = """
    [sso-session corp]
    sso_start_url = https://corp.example/start
    sso_region = eu-west-1

    """
  private static let ssoRole = SSORole(
    sessionName: "corp", startURL: "https://corp.example/start", region: "eu-west-1", accountID: "111122223333",
    roleName: "admin")

  static let sources: [Case] = [
    Case(
      "role", profile: "a", credentials: keys("b", "B"),
      config: "[profile a]\nrole_arn = \(arn)\nsource_profile = b\n", .source(role(staticKeys("B")), name: inConfig)),
    Case(
      "all of a role", profile: "a", credentials: keys("b", "B"),
      config: """
        [profile a]
        role_arn = \(arn)
        source_profile = b
        role_session_name = me
        external_id = x
        duration_seconds = 7200
        mfa_serial = arn:aws:iam::1:mfa/me
        """,
      .source(
        role(staticKeys("B")) {
          $0.sessionName = "me"
          $0.externalID = "x"
          $0.durationSeconds = 7200
          $0.mfaSerial = "arn:aws:iam::1:mfa/me"
        }, name: inConfig)),
    Case(
      "a duration that is no number", profile: "a", credentials: keys("b", "B"),
      config: "[profile a]\nrole_arn = \(arn)\nsource_profile = b\nduration_seconds = long\n",
      .source(role(staticKeys("B")), name: inConfig)),
    Case(
      "role before keys of the same profile", profile: "a", credentials: keys("a", "A") + "role_arn = \(arn)\n",
      config: "[profile a]\nsource_profile = a\n",
      .source(role(staticKeys("A")), name: .profile("a", file: "/h/.aws/credentials"))),
    Case(
      "chain of roles", profile: "a", credentials: keys("c", "C"),
      config: """
        [profile a]
        role_arn = \(arn)
        source_profile = b
        [profile b]
        role_arn = \(arn)2
        source_profile = c
        """, .source(role(role(staticKeys("C"), arn: arn + "2")), name: inConfig)),
    Case(
      "a chain ends at keys", profile: "a", credentials: keys("b", "B"),
      config: """
        [profile a]
        role_arn = \(arn)
        source_profile = b
        [profile b]
        role_arn = \(arn)2
        source_profile = nobody
        """, .source(role(staticKeys("B")), name: inConfig)),
    Case(
      "a source of another kind", profile: "a",
      config: "[profile a]\nrole_arn = \(arn)\nsource_profile = b\n[profile b]\ncredential_process = p --for 'x y'\n",
      .source(role(.process(["p", "--for", "x y"])), name: inConfig)),
    Case(
      "a source of a web identity", profile: "a",
      config: """
        [profile a]
        role_arn = \(arn)
        source_profile = b
        [profile b]
        role_arn = \(arn)2
        web_identity_token_file = ~/t
        """,
      .source(role(.webIdentity(WebIdentity(tokenFile: "/h/t", roleARN: arn + "2"))), name: inConfig)),
    Case(
      "credential_source Environment", profile: "a", variables: keyVariables("E"),
      config: "[profile a]\nrole_arn = \(arn)\ncredential_source = Environment\n",
      .source(
        role(
          .keys(Credentials(accessKeyID: "E", secretAccessKey: planted.secret, sessionToken: planted.token))),
        name: inConfig)),
    Case(
      "credential_source Ec2InstanceMetadata", profile: "a",
      config: "[profile a]\nrole_arn = \(arn)\ncredential_source = Ec2InstanceMetadata\n",
      .source(role(.instanceMetadata(InstanceMetadataSettings(isLastResort: false))), name: inConfig)),
    Case(
      "credential_source EcsContainer", profile: "a", variables: container,
      config: "[profile a]\nrole_arn = \(arn)\ncredential_source = EcsContainer\n",
      .source(role(.container(ContainerCredentialsURI(url: containerURL, token: .none))), name: inConfig)),
    Case(
      "SSO", profile: "a",
      config: sso + "[profile a]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = admin\n",
      .source(.sso(ssoRole), name: inConfig)),
    Case(
      "SSO in the legacy form", profile: "a",
      config: """
        [profile a]
        sso_start_url = https://corp.example/start
        sso_region = eu-west-1
        sso_account_id = 111122223333
        sso_role_name = admin
        """,
      .source(
        .sso(
          SSORole(
            sessionName: nil, startURL: "https://corp.example/start", region: "eu-west-1", accountID: "111122223333",
            roleName: "admin")), name: inConfig)),
    Case(
      "SSO before keys", profile: "a", credentials: keys("a", "A"),
      config: sso + "[profile a]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = admin\n",
      .source(.sso(ssoRole), name: inConfig)),
    Case(
      "process before keys in the config file", config: keys("default", "D") + "credential_process = p\n",
      .source(.process(["p"]), name: .profile("default", file: "/h/.aws/config"))),
    Case(
      "login session before a process", profile: "a",
      config: "[profile a]\nlogin_session = arn:aws:iam::1:user/me\ncredential_process = p\n",
      .source(.login(session: "arn:aws:iam::1:user/me"), name: inConfig)),
    Case(
      "keys in the credentials file before a login session", profile: "a", credentials: keys("a", "A"),
      config: "[profile a]\nlogin_session = arn:aws:iam::1:user/me\n",
      .keys("A", source: "profile a in /h/.aws/credentials")),
    Case(
      "web identity in the environment before files", variables: web, credentials: keys("default", "D"),
      .source(
        .webIdentity(WebIdentity(tokenFile: "/t", roleARN: "arn:aws:iam::1:role/r")), name: .webIdentity)),
    Case(
      "a role of AWS_PROFILE before web identity in the environment",
      variables: web.merging(["AWS_PROFILE": "a"]) { $1 }, credentials: keys("b", "B"),
      config: "[profile a]\nrole_arn = \(arn)\nsource_profile = b\n", .source(role(staticKeys("B")), name: inConfig)),
    Case(
      "web identity of a profile", profile: "a", variables: web,
      config: "[profile a]\nweb_identity_token_file = /x\nrole_arn = \(arn)\nrole_session_name = me\n",
      .source(
        .webIdentity(WebIdentity(tokenFile: "/x", roleARN: arn, sessionName: "me")), name: inConfig)),
    Case(
      "each variable of a web identity before the profile's setting",
      variables: ["AWS_ROLE_ARN": "arn:aws:iam::2:role/v", "AWS_PROFILE": "a"],
      config: "[profile a]\nweb_identity_token_file = /x\nrole_arn = \(arn)\n",
      .source(
        .webIdentity(WebIdentity(tokenFile: "/x", roleARN: "arn:aws:iam::2:role/v")), name: inConfig)),
    Case(
      "container", variables: container,
      .source(.container(ContainerCredentialsURI(url: containerURL, token: .none)), name: .container)),
    Case(
      "relative container before full",
      variables: container.merging(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x?id=1"]) { $1 },
      .source(
        .container(ContainerCredentialsURI(url: "http://169.254.170.2/v2/x?id=1", token: .none)), name: .container)),
    Case(
      "the container's token file before its token",
      variables: container.merging([
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "T", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t",
      ]) { $1 },
      .source(.container(ContainerCredentialsURI(url: containerURL, token: .file("/t"))), name: .container)),
    Case(
      "container for a profile without credentials", profile: "a", variables: container,
      config: "[profile a]\nregion = eu-west-1\n",
      .source(.container(ContainerCredentialsURI(url: containerURL, token: .none)), name: .container)),
    Case("the instance at last", .source(.instanceMetadata(InstanceMetadataSettings()), name: .instance)),
    Case(
      "settings of the instance's metadata",
      variables: [
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6", "AWS_METADATA_SERVICE_TIMEOUT": "3",
        "AWS_EC2_METADATA_V1_DISABLED": "True",
      ], config: "[default]\nmetadata_service_num_attempts = 4\nmetadata_service_timeout = 9\n",
      .source(
        .instanceMetadata(
          InstanceMetadataSettings(
            endpoint: "http://[fd00:ec2::254]", timeoutSeconds: 3, attempts: 4, isV1Disabled: true)),
        name: .instance)),
    Case(
      "an endpoint of the metadata before its mode",
      variables: [
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1",
        "AWS_EC2_METADATA_DISABLED": "true",
      ],
      .source(
        .instanceMetadata(InstanceMetadataSettings(endpoint: "http://127.0.0.1:1", isDisabled: true)),
        name: .instance)),
  ]

  static let invalid: [Case] = [
    Case(
      "role without a source", profile: "a", credentials: keys("a", "A"), config: "[profile a]\nrole_arn = \(arn)\n",
      .error(.invalidValue, "profile a cannot be used: role_arn needs source_profile or credential_source")),
    Case(
      "role with two sources", profile: "a", credentials: keys("b", "B"),
      config: "[profile a]\nrole_arn = \(arn)\nsource_profile = b\ncredential_source = Environment\n",
      .error(.invalidValue, "it has both source_profile and credential_source")),
    Case(
      "source profile that is missing", profile: "a", config: "[profile a]\nrole_arn = \(arn)\nsource_profile = b\n",
      .error(.invalidValue, "source_profile = b, but there is no such profile in /h/.aws/credentials")),
    Case(
      "source profile without credentials", profile: "a", variables: container,
      config: "[profile a]\nrole_arn = \(arn)\nsource_profile = b\n[profile b]\nregion = x\n",
      .error(.invalidValue, "but profile b has no credentials")),
    Case(
      "a role that is its own source", profile: "a", config: "[profile a]\nrole_arn = \(arn)\nsource_profile = a\n",
      .error(.invalidValue, "comes back to where it was: a → a")),
    Case(
      "a loop of roles", profile: "a",
      config: """
        [profile a]
        role_arn = \(arn)
        source_profile = b
        [profile b]
        role_arn = \(arn)
        source_profile = c
        [profile c]
        role_arn = \(arn)
        source_profile = b
        """, .error(.invalidValue, "comes back to where it was: a → b → c → b")),
    Case(
      "credential source of no kind", profile: "a",
      config: "[profile a]\nrole_arn = \(arn)\ncredential_source = Moon\n",
      .error(.invalidValue, "credential_source = Moon is none of Environment, Ec2InstanceMetadata and EcsContainer")),
    Case(
      "credential source Environment without keys", profile: "a",
      config: "[profile a]\nrole_arn = \(arn)\ncredential_source = Environment\n",
      .error(.invalidValue, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")),
    Case(
      "SSO without a role", profile: "a", config: sso + "[profile a]\nsso_session = corp\nsso_account_id = 1\n",
      .error(.invalidValue, "IAM Identity Center needs sso_role_name too")),
    Case(
      "SSO without its session", profile: "a",
      config: "[profile a]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n",
      .error(.invalidValue, "/h/.aws/config has no section [sso-session corp]: run aws configure sso")),
    Case(
      "SSO that contradicts its session", profile: "a",
      config: sso
        + "[profile a]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\nsso_region = us-east-1\n",
      .error(.invalidValue, "sso_region is not the same there and in [sso-session corp]")),
    Case(
      "SSO region that is none", profile: "a",
      config: "[profile a]\nsso_start_url = https://x\nsso_region = a.b/\nsso_account_id = 1\nsso_role_name = r\n",
      .error(.invalidValue, "sso_region = a.b/ cannot be a region")),
    Case(
      "process with an open quotation", profile: "a", config: "[profile a]\ncredential_process = p 'PLANTED\n",
      .error(.invalidValue, "credential_process cannot be split into words")),
    Case(
      "web identity without a role", variables: ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"],
      .error(.invalidValue, "no role to assume with it: set AWS_ROLE_ARN")),
    Case(
      "web identity of a profile without a role", profile: "a", config: "[profile a]\nweb_identity_token_file = /t\n",
      .error(.invalidValue, "set role_arn in profile a")),
    Case(
      "number of attempts that is none", variables: ["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "often"],
      .error(.invalidValue, "AWS_METADATA_SERVICE_NUM_ATTEMPTS (or metadata_service_num_attempts) is 'often'")),
  ]

  static let missing: [Case] = [
    Case(
      "a role without a value", profile: "a", credentials: keys("a", "A"),
      config: "[profile a]\nrole_arn =\nsource_profile = a\n",
      .error(.invalidValue, "profile a cannot be used: role_arn has no value")),
    Case(
      "keys without a value", credentials: "[default]\naws_access_key_id =\naws_secret_access_key =\n",
      config: keys("default", "C"),
      .error(.invalidValue, "profile default cannot be used: aws_access_key_id has no value")),
    Case(
      "a program without a value in a source profile", profile: "a",
      config: "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\ncredential_process =\n",
      .error(.invalidValue, "profile b cannot be used: credential_process has no value")),
    Case(
      "a session token without a value", credentials: keys("default", "D") + "aws_session_token =\n",
      .keys("D", source: "profile default in /h/.aws/credentials")),
    Case(
      "an end in the environment that is no time",
      variables: keyVariables("E").merging(["AWS_CREDENTIAL_EXPIRATION": "soon"]) { $1 },
      .error(.invalidValue, "AWS_CREDENTIAL_EXPIRATION is 'soon'")),
    Case(
      "an end in the environment does not count without keys",
      variables: ["AWS_CREDENTIAL_EXPIRATION": "soon"], credentials: keys("default", "D"),
      .keys("D", source: "profile default in /h/.aws/credentials")),
    Case(
      "ID without secret in the environment", variables: ["AWS_ACCESS_KEY_ID": "E"],
      credentials: keys("default", "D"),
      .error(.partialCredentials, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")),
    Case(
      "secret without ID in the environment", variables: ["AWS_SECRET_ACCESS_KEY": planted.secret],
      .error(.partialCredentials, "AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not")),
    Case(
      "ID with an empty secret", variables: ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": ""],
      .error(.partialCredentials, "in the environment")),
    Case(
      "ID without secret in a file", credentials: "[default]\naws_access_key_id = D\n",
      config: keys("default", "C"), .error(.partialCredentials, "profile default in /h/.aws/credentials")),
    Case(
      "secret without ID in a file", config: "[default]\n" + secretOnly,
      .error(.partialCredentials, "aws_secret_access_key is set and aws_access_key_id is not")),
    Case(
      "line break in a token",
      variables: keyVariables("E").merging(["AWS_SESSION_TOKEN": "PLANTED\nx"]) { $1 },
      .error(.invalidValue, "AWS_SESSION_TOKEN in the environment")),
    Case(
      "carriage return in a secret",
      variables: keyVariables("E").merging(["AWS_SECRET_ACCESS_KEY": "PLANTED\r"]) { $1 },
      .error(.invalidValue, "AWS_SECRET_ACCESS_KEY in the environment")),
    Case(
      "value on two lines", credentials: "[default]\naws_access_key_id = D\n  PLANTED\n" + secretOnly,
      .error(.invalidValue, "aws_access_key_id in the profile default")),
  ]

  private static func select(
    _ environment: AWSEnvironment, profile: String? = nil
  ) throws -> CredentialsChain.Selection {
    try CredentialsChain(settings: environment.resolver(profile: profile)).select()
  }

  @Test(arguments: order + sources + invalid + missing)
  func selects(_ given: Case) throws {
    let environment = AWSEnvironment.testing(
      given.variables, credentials: given.credentials, config: given.config)
    switch given.outcome {
    case .keys(let id, let source):
      let selection = try Self.select(environment, profile: given.profile)
      let token = source == "environment" ? planted.token : nil
      #expect(
        selection.source
          == .keys(Credentials(accessKeyID: id, secretAccessKey: planted.secret, sessionToken: token)))
      #expect(selection.name.long == source)
    case .source(let source, let name):
      let selection = try Self.select(environment, profile: given.profile)
      #expect(selection.source.unnamed == source)
      #expect(selection.name == name)
    case .error(let code, let part):
      let error = try #require(throws: CredentialsError.self) {
        try Self.select(environment, profile: given.profile)
      }
      #expect(error.code == code)
      #expect(error.message.contains(part))
      #expect(!error.description.contains("PLANTED"))
    }
  }

  @Test(
    arguments: [
      (["AWS_SESSION_TOKEN": "T"], "T"),
      (["AWS_SECURITY_TOKEN": "S"], "S"),
      (["AWS_SESSION_TOKEN": "T", "AWS_SECURITY_TOKEN": "S"], "T"),
      (["AWS_SESSION_TOKEN": ""], nil),
    ] as [([String: String], String?)])
  func sessionTokenOfTheEnvironment(variables: [String: String], token: String?) throws {
    let keys = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s e c"]
    let selection = try Self.select(AWSEnvironment.testing(variables.merging(keys) { $1 }))
    #expect(
      selection.source == .keys(Credentials(accessKeyID: "E", secretAccessKey: "s e c", sessionToken: token)))
  }

  /// As the AWS CLI takes the variables that it exports itself.
  @Test func keysOfTheEnvironmentEndWhenItSays() async throws {
    let bench = CredentialsBench(
      variables: keyVariables("E").merging(["AWS_CREDENTIAL_EXPIRATION": "2013-05-24T01:00:00+00:00"]) { $1 })
    let credentials = try bench.credentials().provider
    #expect(try await credentials.credentials().accessKeyID == "E")
    #expect(credentials.expiration?.extended == "2013-05-24T01:00:00Z")
    bench.pass(seconds: 3599)
    #expect(try await credentials.credentials().accessKeyID == "E")
    bench.pass(seconds: 1)
    let error = await #expect(throws: CredentialsError.self) { try await credentials.credentials() }
    #expect(error?.code == .sessionEnded)
    #expect(
      error?.message == "environment: AWS_CREDENTIAL_EXPIRATION says that its session has ended: set new keys, and "
        + "when they end")
  }

  @Test func sessionTokenOfAFile() throws {
    let text = keys("default", "D") + "aws_session_token = T # today's\n"
    let selection = try Self.select(AWSEnvironment.testing(credentials: text))
    #expect(
      selection.source
        == .keys(Credentials(accessKeyID: "D", secretAccessKey: planted.secret, sessionToken: "T")))
  }
}

extension CredentialsSource {
  /// Without the names of source profiles, which follow from what stands in the table.
  fileprivate var unnamed: CredentialsSource {
    guard case .assumeRole(let role, let source, _) = self else { return self }
    return .assumeRole(role, source: source.unnamed)
  }
}
