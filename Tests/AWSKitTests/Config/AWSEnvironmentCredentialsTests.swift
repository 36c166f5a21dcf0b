import AWSKit
import Testing

@Suite struct AWSEnvironmentCredentialsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var profile: String?
    var variables: [String: String] = [:]
    var credentials: String?
    var config: String?
    /// The ID of the keys that are found, or the error's code and a part of its message.
    let outcome: Outcome

    enum Outcome: Sendable {
      case keys(String, source: String)
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
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"
  ]
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

  static let unsupported: [Case] = [
    Case(
      "role", profile: "a", config: "[profile a]\nrole_arn = r\nsource_profile = b\n",
      .error(
        .unsupported,
        "profile a in /h/.aws/config gets its credentials through role_arn, which this version does not "
          + "support: run eval \"$(aws configure export-credentials --profile a --format env)\" (AWS CLI 2) "
          + "and name no profile, or write the keys that this command prints into a profile of "
          + "/h/.aws/credentials and name that one"
      )
    ),
    Case(
      "role before keys: as somebody else would be a guess", profile: "a", credentials: keys("a", "A"),
      config: "[profile a]\nrole_arn = r\n", .error(.unsupported, "through role_arn")),
    Case(
      "role in the credentials file", profile: "a", credentials: "[a]\nrole_arn = r\n",
      .error(.unsupported, "profile a in /h/.aws/credentials gets")),
    Case(
      "SSO", profile: "my site", config: "[profile \"my site\"]\nsso_account_id = 1\nsso_role_name = r\n",
      .error(.unsupported, "--profile 'my site' --format env")),
    Case(
      "SSO without a role", profile: "a", config: "[profile a]\nsso_session = s\n",
      .error(.unsupported, "through sso_session")),
    Case(
      "SSO before keys", credentials: keys("default", "D") + "sso_role_name = r\n",
      .error(.unsupported, "through sso_role_name")),
    Case(
      "process before keys in the config file", config: keys("default", "D") + "credential_process = p\n",
      .error(.unsupported, "through credential_process")),
    Case(
      "login session", config: "[default]\nlogin_session = arn\n",
      .error(.unsupported, "through login_session")),
    Case(
      "web identity", config: "[default]\nweb_identity_token_file = /t\n",
      .error(.unsupported, "through web_identity_token_file")),
    Case(
      "credential source", config: "[default]\ncredential_source = Environment\n",
      .error(.unsupported, "through credential_source")),
    Case(
      "web identity in the environment before files", variables: web, credentials: keys("default", "D"),
      .error(.unsupported, "AWS_WEB_IDENTITY_TOKEN_FILE is set")),
    Case(
      "container", variables: container, .error(.unsupported, "AWS_CONTAINER_CREDENTIALS_FULL_URI is set")),
  ]

  static let missing: [Case] = [
    Case(
      "nothing anywhere",
      .error(
        .noCredentials,
        "no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and there is no profile "
          + "\"default\" with keys in /h/.aws/credentials (not found) and /h/.aws/config (not found); set "
      )),
    Case(
      "profile without keys", profile: "a", variables: keyVariables("E"), config: "[profile a]\nregion = x\n",
      .error(.noCredentials, "profile a has no credentials in /h/.aws/credentials (not found)")),
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

  @Test(arguments: order + unsupported + missing)
  func finds(_ given: Case) throws {
    let environment = AWSEnvironment.testing(
      given.variables, credentials: given.credentials, config: given.config)
    switch given.outcome {
    case .keys(let id, let source):
      let settings = try environment.resolve(profile: given.profile)
      #expect(settings.credentials.accessKeyID == id)
      #expect(settings.credentials.secretAccessKey == planted.secret)
      #expect(settings.credentials.sessionToken == (source == "environment" ? planted.token : nil))
      #expect(settings.credentialsSource == source)
    case .error(let code, let part):
      let error = try #require(throws: CredentialsError.self) {
        try environment.resolve(profile: given.profile)
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
    let settings = try AWSEnvironment.testing(variables.merging(keys) { $1 }).resolve()
    #expect(settings.credentials.sessionToken == token)
    #expect(settings.credentials.secretAccessKey == "s e c")
  }

  @Test func sessionTokenOfAFile() throws {
    let text = keys("default", "D") + "aws_session_token = T # today's\n"
    #expect(try AWSEnvironment.testing(credentials: text).resolve().credentials.sessionToken == "T")
  }
}
