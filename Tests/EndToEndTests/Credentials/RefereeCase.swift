/// Files, variables and caches, and whose keys a program must take from them.
struct RefereeCase: Sendable {
  /// Whose keys sign.
  enum Signer: Sendable, Equatable {
    /// Keys that stand in a file or a variable.
    case keys(String)
    /// A session of a role, without the name of the session.
    case role(String)
    /// None: the program fails without a request.
    case nobody
  }

  var name: String
  var expected: Signer
  var config = ""
  var credentials = ""
  var environment: [String: String] = [:]
  var profile: String?
  /// What is done before, beside files: sign-ins.
  var signIns: [SignIn] = []
  /// The region that signs, where it matters.
  var region: String?
  /// Why the AWS CLI's answer is another one, which is then not looked at.
  var cliDiffers: String?

  enum SignIn: Sendable {
    case sso(String)
    case login(String)
  }
}

extension RefereeCase {
  init(
    _ name: String, _ expected: Signer, config: String = "", credentials: String = "",
    environment: [String: String] = [:], profile: String? = nil, signIns: [SignIn] = [], region: String? = nil,
    cliDiffers: String? = nil
  ) {
    self.name = name
    self.expected = expected
    self.config = config
    self.credentials = credentials
    self.environment = environment
    self.profile = profile
    self.signIns = signIns
    self.region = region
    self.cliDiffers = cliDiffers
  }

  /// Whether other services than S3 are asked, whose addresses a program must find in its environment.
  var asksServices: Bool {
    ["role_arn", "sso_"].contains { config.contains($0) || credentials.contains($0) }
      || environment["AWS_ROLE_ARN"] != nil
  }

  private static func keys(_ profile: String, _ id: String) -> String {
    "[\(profile)]\naws_access_key_id = \(id)\naws_secret_access_key = secret\n"
  }

  private static func configKeys(_ profile: String, _ id: String) -> String { keys("profile \(profile)", id) }

  private static func variables(_ id: String) -> [String: String] {
    ["AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": "secret"]
  }

  /// The keys of accounts that STS knows.
  private static let base = """
    [base]
    aws_access_key_id = AKIASITE
    aws_secret_access_key = secret-of-site

    """
  private static let arn = "arn:aws:iam::444455556666:role/fixacl"
  private static let role = Signer.role("444455556666:fixacl")
  private static let otherRole = Signer.role("777788889999:fixacl")
  private static let ssoRole = Signer.role("444455556666:AWSReservedSSO_Admin")
  private static let roleOfBase = "role_arn = \(arn)\nsource_profile = base\n"
  private static let ssoSession =
    "[sso-session corp]\nsso_start_url = https://sandbox.awsapps.com/start\nsso_region = us-east-1\n"
  private static let ssoOfTools = "sso_session = corp\nsso_account_id = 444455556666\nsso_role_name = Admin\n"
  private static let identity = "role_arn = arn:aws:iam::444455556666:role/ci\nweb_identity_token_file = TOKEN\n"
  private static let identityVariables = [
    "AWS_ROLE_ARN": "arn:aws:iam::444455556666:role/ci", "AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN",
  ]
  private static let identityRole = Signer.role("444455556666:ci")
  private static func process(_ id: String) -> String {
    #"credential_process = echo '{"Version": 1, "AccessKeyId": "\#(id)", "SecretAccessKey": "secret"}'"# + "\n"
  }

  // MARK: - Which profile, and variables

  static let profiles: [RefereeCase] = [
    Self(
      "variables before the default profile", .keys("ENV"), credentials: keys("default", "D"),
      environment: variables("ENV")),
    Self("the default profile", .keys("D"), credentials: keys("default", "D")),
    Self(
      "variables before AWS_PROFILE", .keys("ENV"), credentials: keys("p", "P"),
      environment: variables("ENV").merging(["AWS_PROFILE": "p"]) { $1 }),
    Self(
      "--profile before variables", .keys("P"), credentials: keys("p", "P"), environment: variables("ENV"), profile: "p"
    ),
    Self(
      "AWS_PROFILE", .keys("P"), credentials: keys("p", "P") + keys("default", "D"), environment: ["AWS_PROFILE": "p"]),
    Self(
      "AWS_DEFAULT_PROFILE", .keys("P"), credentials: keys("p", "P") + keys("default", "D"),
      environment: ["AWS_DEFAULT_PROFILE": "p"]),
    Self(
      "AWS_PROFILE before AWS_DEFAULT_PROFILE", .keys("P"), credentials: keys("p", "P") + keys("q", "Q"),
      environment: ["AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "q"], cliDiffers: "1.x takes AWS_DEFAULT_PROFILE first"),
    Self(
      "--profile before AWS_PROFILE", .keys("P"), credentials: keys("p", "P") + keys("q", "Q"),
      environment: ["AWS_PROFILE": "q"], profile: "p"),
    Self(
      "empty variables are unset", .keys("D"), credentials: keys("default", "D"),
      environment: ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]),
    Self(
      "an empty AWS_PROFILE", .keys("D"), credentials: keys("default", "D"), environment: ["AWS_PROFILE": ""],
      cliDiffers: "the CLI looks for a profile without a name"),
    Self(
      "an empty session token is none", .keys("ENV"),
      environment: variables("ENV").merging(["AWS_SESSION_TOKEN": ""]) { $1 }),
    Self(
      "half a pair of variables", .nobody, credentials: keys("default", "D"), environment: ["AWS_ACCESS_KEY_ID": "ENV"]),
    Self(
      "keys of the environment that have ended", .nobody, credentials: keys("default", "D"),
      environment: variables("ENV").merging(["AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"]) { $1 }),
    Self(
      "keys of the environment that have not", .keys("ENV"), credentials: keys("default", "D"),
      environment: variables("ENV").merging(["AWS_CREDENTIAL_EXPIRATION": "2199-01-01T00:00:00Z"]) { $1 }),
    Self(
      "a path that names variables", .keys("D"), credentials: keys("default", "D"),
      environment: ["AWS_SHARED_CREDENTIALS_FILE": "${FOLDER}/$NAME", "FOLDER": "HERE", "NAME": "credentials"]),
    Self("half a pair in a file", .nobody, credentials: "[default]\naws_access_key_id = D\n"),
    Self("a profile that is missing", .nobody, credentials: keys("default", "D"), profile: "nobody"),
    Self(
      "AWS_PROFILE names a profile that is missing", .nobody, credentials: keys("default", "D"),
      environment: ["AWS_PROFILE": "nobody"]),
    Self("nothing at all", .nobody),
    Self(
      "a profile with a blank, in quotation marks", .keys("B"), config: keys("profile \"with blank\"", "B"),
      profile: "with blank"),
    Self(
      "a profile in single quotation marks", .keys("B"), config: keys("profile 'with blank'", "B"),
      profile: "with blank"),
    Self(
      "a profile in quotation marks it does not need", .keys("B"), config: keys("profile \"plain\"", "B"),
      profile: "plain"),
    Self("[profile default] and [default]", .keys("B"), config: keys("default", "A") + keys("profile default", "B")),
    Self("a section of the config file without 'profile'", .nobody, config: keys("p", "P"), profile: "p"),
    Self(
      "the credentials file before the config file", .keys("C"), config: configKeys("p", "F"),
      credentials: keys("p", "C"), profile: "p"),
    Self("keys in the config file only", .keys("F"), config: configKeys("p", "F"), profile: "p"),
    Self(
      "a comment after a value", .keys("C"),
      credentials: "[p]\naws_access_key_id = C\naws_secret_access_key = secret # mine\n", profile: "p"),
    Self(
      "names in capitals", .keys("C"), credentials: "[p]\nAWS_ACCESS_KEY_ID = C\nAWS_SECRET_ACCESS_KEY = secret\n",
      profile: "p"),
    Self("colons", .keys("C"), credentials: "[p]\naws_access_key_id: C\naws_secret_access_key: secret\n", profile: "p"),
  ]

  // MARK: - Roles

  static let roles: [RefereeCase] = [
    Self("a role of a source profile", role, config: "[profile p]\n" + roleOfBase, credentials: base, profile: "p"),
    Self("a role in the credentials file", role, credentials: base + "[p]\n" + roleOfBase, profile: "p"),
    Self(
      "a role before the profile's own keys", role, config: "[profile p]\n" + roleOfBase,
      credentials: base + keys("p", "P"), profile: "p"),
    Self("a role of the default profile", role, config: "[default]\n" + roleOfBase, credentials: base),
    Self(
      "variables before a role of the default profile", .keys("ENV"), config: "[default]\n" + roleOfBase,
      credentials: base, environment: variables("ENV")),
    Self(
      "a profile that is its own source", role, config: "[profile p]\nrole_arn = \(arn)\nsource_profile = p\n",
      credentials: "[p]\naws_access_key_id = AKIASITE\naws_secret_access_key = secret-of-site\n", profile: "p"),
    Self(
      "a profile that is its own source, without keys", .nobody,
      config: "[profile p]\nrole_arn = \(arn)\nsource_profile = p\n", profile: "p"),
    Self(
      "a chain", otherRole,
      config: "[profile p]\nrole_arn = arn:aws:iam::777788889999:role/fixacl\nsource_profile = q\n[profile q]\n"
        + roleOfBase, credentials: base, profile: "p"),
    Self(
      "a chain ends at keys", otherRole,
      config:
        "[profile p]\nrole_arn = arn:aws:iam::777788889999:role/fixacl\nsource_profile = base\n[profile base]\nrole_arn = arn:aws:iam::1:role/not-asked\nsource_profile = base\n",
      credentials: base, profile: "p"),
    Self(
      "a loop", .nobody,
      config:
        "[profile p]\nrole_arn = \(arn)\nsource_profile = q\n[profile q]\nrole_arn = \(arn)\nsource_profile = p\n",
      profile: "p"),
    Self(
      "a source that is missing", .nobody, config: "[profile p]\nrole_arn = \(arn)\nsource_profile = gone\n",
      profile: "p"),
    Self(
      "a role without a value", .nobody, config: "[profile p]\nrole_arn =\nsource_profile = base\n",
      credentials: base + keys("p", "P"), profile: "p"),
    Self(
      "a program without a value", .nobody, config: configKeys("p", "F") + "credential_process =\n", profile: "p"),
    Self(
      "both kinds of source", .nobody, config: "[profile p]\n" + roleOfBase + "credential_source = Environment\n",
      credentials: base, profile: "p"),
    Self(
      "no source", .nobody, config: "[profile p]\nrole_arn = \(arn)\n", credentials: keys("default", "D"), profile: "p"),
    Self(
      "credential_source Environment", role,
      config: "[profile p]\nrole_arn = \(arn)\ncredential_source = Environment\n",
      environment: ["AWS_ACCESS_KEY_ID": "AKIASITE", "AWS_SECRET_ACCESS_KEY": "secret-of-site"], profile: "p"),
    Self(
      "credential_source of another spelling", .nobody,
      config: "[profile p]\nrole_arn = \(arn)\ncredential_source = Somewhere\n", profile: "p"),
    Self(
      "a source of SSO", role,
      config: ssoSession + "[profile p]\nrole_arn = \(arn)\nsource_profile = q\n[profile q]\n" + ssoOfTools,
      profile: "p", signIns: [.sso("corp")]),
    Self(
      "a source of a process", role,
      config: "[profile p]\nrole_arn = \(arn)\nsource_profile = q\n[profile q]\n"
        + #"credential_process = echo '{"Version": 1, "AccessKeyId": "AKIASITE", "SecretAccessKey": "secret-of-site"}'"#
        + "\n", profile: "p"),
    Self(
      "a source of web identity", otherRole,
      config: "[profile p]\nrole_arn = arn:aws:iam::777788889999:role/fixacl\nsource_profile = q\n[profile q]\n"
        + identity, profile: "p"),
    Self(
      "an external ID", .role("444455556666:external"),
      config:
        "[profile p]\nrole_arn = arn:aws:iam::444455556666:role/external\nsource_profile = base\nexternal_id = ours\n",
      credentials: base, profile: "p"),
    Self(
      "an external ID that is another", .nobody,
      config:
        "[profile p]\nrole_arn = arn:aws:iam::444455556666:role/external\nsource_profile = base\nexternal_id = theirs\n",
      credentials: base, profile: "p"),
    Self("web identity of a profile", identityRole, config: "[profile p]\n" + identity, profile: "p"),
    Self("web identity of the variables", identityRole, environment: identityVariables),
    Self(
      "web identity of the variables before the default profile's keys", identityRole,
      credentials: keys("default", "D"), environment: identityVariables),
    Self(
      "keys of the variables before their web identity", .keys("ENV"),
      environment: identityVariables.merging(variables("ENV")) { $1 }),
    Self(
      "--profile before the variables' web identity", .keys("P"), credentials: keys("p", "P"),
      environment: identityVariables, profile: "p"),
    Self("a token without a role", .nobody, environment: ["AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN"]),
  ]

  // MARK: - Sign-ins, processes, machines

  static let others: [RefereeCase] = [
    Self("SSO", ssoRole, config: ssoSession + "[profile p]\n" + ssoOfTools, profile: "p", signIns: [.sso("corp")]),
    Self(
      "SSO, nobody signed in", .nobody, config: ssoSession + "[profile p]\n" + ssoOfTools, credentials: keys("p", "P"),
      profile: "p"),
    Self(
      "SSO before keys of the same profile", ssoRole, config: ssoSession + "[profile p]\n" + ssoOfTools,
      credentials: keys("p", "P"), profile: "p", signIns: [.sso("corp")]),
    Self(
      "SSO of the legacy form", ssoRole,
      config:
        "[profile p]\nsso_start_url = https://l.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 444455556666\nsso_role_name = Admin\n",
      profile: "p", signIns: [.sso("https://l.awsapps.com/start")]),
    Self(
      "an sso-session that is missing", .nobody, config: "[profile p]\n" + ssoOfTools, credentials: keys("p", "P"),
      profile: "p"),
    Self(
      "SSO without a role's name", .nobody,
      config: ssoSession + "[profile p]\nsso_session = corp\nsso_account_id = 444455556666\n", profile: "p",
      signIns: [.sso("corp")]),
    Self(
      "sso_session alone does not count", .keys("P"), config: ssoSession + "[profile p]\nsso_session = corp\n",
      credentials: keys("p", "P"), profile: "p"),
    Self("a process", .keys("PROC"), config: "[profile p]\n" + process("PROC"), profile: "p"),
    Self(
      "a process on several lines", .keys("PROC"),
      config: "[profile p]\n" + process("PROC").replacing("echo ", with: "env\n  echo\n  "), profile: "p"),
    Self(
      "a process before keys of the config file", .keys("PROC"), config: configKeys("p", "F") + process("PROC"),
      profile: "p"),
    Self(
      "keys of the credentials file before a process", .keys("C"), config: "[profile p]\n" + process("PROC"),
      credentials: keys("p", "C"), profile: "p"),
    Self("a process that fails", .nobody, config: configKeys("p", "F") + "credential_process = false\n", profile: "p"),
    Self(
      "a process of another version", .nobody,
      config: configKeys("p", "F") + "credential_process = echo '{\"Version\": 2}'\n", profile: "p"),
    Self(
      "a container", .role("444455556666:fixacl"),
      environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "CONTAINER/tools/fixacl"]),
    Self(
      "keys before a container", .keys("D"), credentials: keys("default", "D"),
      environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "CONTAINER/tools/fixacl"]),
    Self(
      "a container for a profile without keys", .role("444455556666:fixacl"),
      config: "[profile p]\nregion = us-east-1\n",
      environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "CONTAINER/tools/fixacl"], profile: "p"),
    Self(
      "a container's role that is missing", .nobody,
      environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "CONTAINER/tools/gone"]),
    Self(
      "a container elsewhere without TLS", .nobody,
      environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/x"]),
    Self(
      "credential_source EcsContainer", otherRole,
      config: "[profile p]\nrole_arn = arn:aws:iam::777788889999:role/fixacl\ncredential_source = EcsContainer\n",
      environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "CONTAINER/tools/fixacl"], profile: "p"),
    Self(
      "an instance at last", .role("111122223333:fixacl"), environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "IMDS"]),
    Self(
      "a container before an instance", .role("444455556666:fixacl"),
      environment: [
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "IMDS", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "CONTAINER/tools/fixacl",
      ]),
    Self(
      "keys before an instance", .keys("D"), credentials: keys("default", "D"),
      environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "IMDS"]),
    Self(
      "an instance that may not be asked", .nobody,
      environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "IMDS", "AWS_EC2_METADATA_DISABLED": "true"]),
    Self(
      "credential_source Ec2InstanceMetadata", role,
      config: "[profile p]\nrole_arn = \(arn)\ncredential_source = Ec2InstanceMetadata\n",
      environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "IMDS"], profile: "p"),
  ]

  /// Profiles with `login_session`, which not every CLI knows.
  static let logins: [RefereeCase] = [
    Self(
      "aws login", .keys("LOGIN"), config: "[profile p]\nlogin_session = arn:aws:iam::111122223333:root\n",
      profile: "p", signIns: [.login("site")]),
    Self(
      "keys of the credentials file before aws login", .keys("C"),
      config: "[profile p]\nlogin_session = arn:aws:iam::111122223333:root\n", credentials: keys("p", "C"),
      profile: "p", signIns: [.login("site")]),
    Self(
      "aws login before a process", .keys("LOGIN"),
      config: "[profile p]\nlogin_session = arn:aws:iam::111122223333:root\n" + process("PROC"), profile: "p",
      signIns: [.login("site")]),
    Self(
      "aws login, nobody signed in", .nobody,
      config: configKeys("p", "F") + "login_session = arn:aws:iam::111122223333:root\n", profile: "p"),
  ]

  // MARK: - Regions

  static let regions: [RefereeCase] = [
    Self(
      "AWS_REGION before AWS_DEFAULT_REGION", .keys("D"), credentials: keys("default", "D"),
      environment: ["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"], region: "eu-west-1",
      cliDiffers: "1.x knows AWS_DEFAULT_REGION only"),
    Self(
      "AWS_DEFAULT_REGION before the profile's", .keys("D"), config: "[default]\nregion = eu-west-3\n",
      credentials: keys("default", "D"), environment: ["AWS_DEFAULT_REGION": "eu-west-2"], region: "eu-west-2"),
    Self(
      "the profile's region", .keys("D"), config: "[default]\nregion = eu-west-3\n", credentials: keys("default", "D"),
      region: "eu-west-3"),
    Self(
      "an empty AWS_DEFAULT_REGION", .keys("D"), config: "[default]\nregion = eu-west-3\n",
      credentials: keys("default", "D"), environment: ["AWS_DEFAULT_REGION": ""], region: "eu-west-3",
      cliDiffers: "the CLI takes it for a region"),
    Self(
      "a region in the credentials file", .keys("D"), credentials: keys("default", "D") + "region = eu-north-1\n",
      region: "eu-north-1"),
    Self(
      "the region of the profile that is named", .keys("P"),
      config: "[default]\nregion = eu-west-3\n[profile p]\nregion = eu-south-1\n", credentials: keys("p", "P"),
      profile: "p", region: "eu-south-1"),
  ]
}
