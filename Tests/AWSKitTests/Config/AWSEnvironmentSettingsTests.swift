import AWSKit
import Testing

/// Region and endpoint.
@Suite struct AWSEnvironmentSettingsTests {
  private static let config = """
    [profile a]
    region = eu-north-1
    endpoint_url = http://profile
    services = local
    aws_access_key_id = A
    aws_secret_access_key = s
    [profile plain]
    aws_access_key_id = P
    aws_secret_access_key = s
    endpoint_url = http://plain
    services = other
    [profile off]
    aws_access_key_id = O
    aws_secret_access_key = s
    endpoint_url = http://off
    ignore_configured_endpoint_urls = TRUE
    [profile lost]
    aws_access_key_id = L
    aws_secret_access_key = s
    services = nowhere
    [services local]
    s3 =
      addressing_style = path
      endpoint_url = http://services
    [services other]
    sts =
      endpoint_url = http://sts
    """

  @Test(
    arguments: [
      ("us-west-2", ["AWS_REGION": "x"], "us-west-2", "--region"),
      (nil, ["AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-2"], "us-east-1", "AWS_REGION"),
      (nil, ["AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-2"], "us-east-2", "AWS_DEFAULT_REGION"),
      (nil, [:], "eu-north-1", "profile a in /h/.aws/config"),
    ] as [(String?, [String: String], String, String)])
  func region(explicit: String?, variables: [String: String], value: String, source: String) throws {
    let settings = try AWSEnvironment.testing(variables, config: Self.config)
      .settings(profile: "a", region: explicit)
    #expect(settings.region?.value.name == value)
    #expect(settings.region?.source == source)
  }

  @Test func noRegion() throws {
    let settings = try AWSEnvironment.testing(config: Self.config).settings(profile: "plain")
    #expect(settings.region == nil)
  }

  @Test func regionOfTheCredentialsFileWins() throws {
    let settings = try AWSEnvironment.testing(credentials: "[a]\nregion = sa-east-1\n", config: Self.config)
      .settings(profile: "a")
    #expect(settings.region?.value.name == "sa-east-1")
    #expect(settings.region?.source == "profile a in /h/.aws/credentials")
  }

  @Test(arguments: ["", "eu west", "evil.example/", "-x", "x-", "a\nb", String(repeating: "x", count: 64)])
  func regionThatCannotBeOne(region: String) throws {
    let error = try #require(throws: CredentialsError.self) {
      try AWSEnvironment.testing(config: Self.config).settings(profile: "plain", region: region)
    }
    #expect(error.code == .invalidValue)
    #expect(error.message.contains("(from --region)"))
  }

  private static let both = [
    "AWS_ENDPOINT_URL_S3": "http://env-s3", "AWS_ENDPOINT_URL": "http://env",
  ]

  @Test(
    arguments: [
      ("a", "http://explicit", both, "http://explicit", "--endpoint-url"),
      ("a", nil, both, "http://env-s3", "AWS_ENDPOINT_URL_S3"),
      ("a", nil, ["AWS_ENDPOINT_URL": "http://env"], "http://env", "AWS_ENDPOINT_URL"),
      ("a", nil, ["AWS_ENDPOINT_URL": ""], "http://services", "[services local] in /h/.aws/config"),
      ("plain", nil, [:], "http://plain", "profile plain in /h/.aws/config"),
      ("off", nil, [:], nil, nil),
      ("off", nil, both, nil, nil),
      ("off", "http://explicit", [:], "http://explicit", "--endpoint-url"),
      (
        "off", nil, ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"], "http://off",
        "profile off in /h/.aws/config"
      ),
      ("plain", nil, ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], nil, nil),
      ("lost", nil, both, "http://env-s3", "AWS_ENDPOINT_URL_S3"),
    ] as [(String, String?, [String: String], String?, String?)])
  func endpoint(
    profile: String, explicit: String?, variables: [String: String], value: String?, source: String?
  ) throws {
    let settings = try AWSEnvironment.testing(variables, config: Self.config)
      .settings(profile: profile, endpointURL: explicit)
    #expect(settings.endpointURL?.value == value)
    #expect(settings.endpointURL?.source == source)
  }

  @Test func servicesSectionMustExist() throws {
    let error = try #require(throws: CredentialsError.self) {
      try AWSEnvironment.testing(config: Self.config).settings(profile: "lost")
    }
    #expect(error.code == .invalidValue)
    #expect(error.message.contains("/h/.aws/config has no section [services nowhere]"))
  }
}
