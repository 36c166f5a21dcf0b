import AWSKit

extension FuzzTarget {
  /// What gives credentials: services, metadata addresses, and the files of people who have signed in.
  static let credentials = [
    FuzzTarget("answer-credentials") { bytes in
      let answer = FuzzAnswer.parse(bytes)
      for (variables, profile) in sources { ask(variables, profile, answer: { _ in answer }, file: token) }
    },
    FuzzTarget("token-file") { bytes in
      let renewal = #"{"accessToken":"a","expiresIn":900,"refreshToken":"r"}"#
      for profile in ["sso", "legacy", "login"] {
        ask([:], profile, answer: { _ in HTTPResponse(status: 200, body: Array(renewal.utf8)) }, file: bytes)
      }
    },
  ]

  /// Variables and a profile for each kind of source.
  private static let sources: [(variables: [String: String], profile: String?)] = [
    (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"], nil), ([:], nil), ([:], "role"), ([:], "web"), ([:], "sso"),
    ([:], "login"),
  ]

  private static let config = """
    [profile role]
    role_arn = arn:aws:iam::111122223333:role/r
    source_profile = keys
    [profile keys]
    aws_access_key_id = AKIAFUZZ
    aws_secret_access_key = PLANTEDsecretPLANTEDsecret
    [profile web]
    role_arn = arn:aws:iam::111122223333:role/r
    web_identity_token_file = /h/token
    [profile sso]
    sso_session = corp
    sso_account_id = 111122223333
    sso_role_name = r
    [sso-session corp]
    sso_region = eu-west-1
    sso_start_url = https://corp.example
    [profile legacy]
    sso_region = eu-west-1
    sso_start_url = https://corp.example
    sso_account_id = 111122223333
    sso_role_name = r
    [profile login]
    login_session = arn:aws:iam::111122223333:user/me
    """

  /// A sign-in of IAM Identity Center that has not ended.
  private static let token = Array(
    #"{"accessToken":"PLANTEDaccessPLANTED","expiresAt":"2999-01-01T00:00:00Z"}"#.utf8)

  /// Fetches credentials where every file is the same, and every answer.
  private static func ask(
    _ variables: [String: String], _ profile: String?, answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse,
    file: [UInt8]
  ) {
    let environment = AWSEnvironment(
      environment: variables.merging(["HOME": "/h"]) { $1 },
      readFile: { path in
        path.hasSuffix("/config")
          ? .bytes(Array(config.utf8)) : path.hasSuffix("/credentials") ? .notFound : .bytes(file)
      }, canReread: { _ in true })
    var dependencies = CredentialsServices.Dependencies()
    dependencies.client.sleep = { _ in }
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    let services = CredentialsServices(
      transport: FuzzTransport(answer: answer), directTransport: FuzzTransport(answer: answer),
      throttle: Throttle(concurrency: 4, policy: policy), dependencies: dependencies)
    guard let settings = try? environment.settings(profile: profile),
      let chosen = try? ProfileCredentials(
        profile: profile, settings: settings, environment: environment, services: services)
    else { return }
    switch InlineExecutor.run({ await outcome(of: chosen.provider) }) {
    case .success(let found):
      // They become headers.
      for part in [found.accessKeyID, found.sessionToken ?? ""] {
        require(part.utf8.allSatisfy { (0x21..<0x7f).contains($0) }, "credentials hold nothing that ends a header")
      }
    case .failure(let error):
      let text = "\(error)"
      require(!text.contains("PLANTED"), "an error shows no secret: \(text)")
      require(text.utf8.count < 8192, "an error has an end")
      require(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "an error is safe on a terminal")
    }
  }

  private static func outcome(of provider: RefreshingCredentials) async -> Result<Credentials, CredentialsError> {
    do throws(CredentialsError) {
      return .success(try await provider.credentials())
    } catch {
      return .failure(error)
    }
  }
}
