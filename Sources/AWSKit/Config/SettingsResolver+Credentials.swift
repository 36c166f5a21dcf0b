extension SettingsResolver {
  /// The keys of the first source that has any, and that source.
  ///
  /// A source with a higher precedence that this version does not support is an error, and is never skipped: the next
  /// source may belong to another account.
  func credentials() throws(CredentialsError) -> (credentials: Credentials, source: String) {
    if choice.origin != .explicit, let found = try environmentKeys() { return found }
    if let profile {
      for property in ["role_arn", "web_identity_token_file", "sso_account_id", "sso_role_name"]
      where profile[property] != nil { throw unsupported(property) }
    }
    if choice.origin != .explicit, environment[.webIdentityTokenFile] != nil {
      throw unsupported(.webIdentityTokenFile)
    }
    if let section = profile?.inCredentials, let found = try keys(section, shared.credentialsFile) {
      return found
    }
    for property in ["login_session", "credential_process"] where profile?[property] != nil {
      throw unsupported(property)
    }
    if let section = profile?.inConfig, let found = try keys(section, shared.configFile) { return found }
    throw noCredentials()
  }

  private func environmentKeys() throws(CredentialsError) -> (credentials: Credentials, source: String)? {
    try pair(
      accessKeyID: (EnvironmentVariable.accessKeyID.rawValue, environment[.accessKeyID]),
      secretAccessKey: (EnvironmentVariable.secretAccessKey.rawValue, environment[.secretAccessKey]),
      sessionToken: (
        EnvironmentVariable.sessionToken.rawValue, environment[.sessionToken] ?? environment[.securityToken]
      ),
      source: "environment")
  }

  private func keys(
    _ section: SharedConfigFile.Section, _ file: SharedConfigFile
  ) throws(CredentialsError) -> (credentials: Credentials, source: String)? {
    try pair(
      accessKeyID: ("aws_access_key_id", section["aws_access_key_id"]),
      secretAccessKey: ("aws_secret_access_key", section["aws_secret_access_key"]),
      sessionToken: ("aws_session_token", section["aws_session_token"] ?? section["aws_security_token"]),
      source: "profile \(choice.name) in \(file.path)")
  }

  /// Both keys; nil if there is neither; an error if one is missing or cannot be sent.
  private func pair(
    accessKeyID: (name: String, value: String?), secretAccessKey: (name: String, value: String?),
    sessionToken: (name: String, value: String?), source: String
  ) throws(CredentialsError) -> (credentials: Credentials, source: String)? {
    if accessKeyID.value == nil, secretAccessKey.value == nil { return nil }
    guard let id = accessKeyID.value, let secret = secretAccessKey.value else {
      let (present, missing) =
        accessKeyID.value == nil
        ? (secretAccessKey.name, accessKeyID.name) : (accessKeyID.name, secretAccessKey.name)
      throw CredentialsError(
        .partialCredentials,
        "half of a pair of keys in the \(source): \(present) is set and \(missing) is not; "
          + "set both or neither"
      )
    }
    // Two of them become headers. The secret may contain anything that another server has issued, even blanks.
    for (name, value, allowed) in [
      (accessKeyID.name, id, UInt8(0x21)...0x7e), (secretAccessKey.name, secret, 0x20...0xff),
      (sessionToken.name, sessionToken.value ?? "", 0x21...0x7e),
    ] where value.utf8.contains(where: { !allowed.contains($0) || $0 == 0x7f }) {
      throw CredentialsError(
        .invalidValue,
        "\(name) in the \(source) has a character in it that no key has, such as a line break: set it again")
    }
    return (
      Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: sessionToken.value), source
    )
  }

  private func unsupported(_ property: String) -> CredentialsError {
    let file = profile?.inCredentials?[property] == nil ? shared.configFile : shared.credentialsFile
    return CredentialsError(
      .unsupported,
      "profile \(choice.name) in \(file.path) gets its credentials through \(property), which this version "
        + "does not support: " + advice(profile: choice.name))
  }

  private func unsupported(_ variable: EnvironmentVariable) -> CredentialsError {
    CredentialsError(
      .unsupported,
      "\(variable.rawValue) is set, and credentials of that kind are not supported by this version: "
        + advice(profile: nil))
  }

  /// How to turn any credentials into keys with the AWS CLI.
  private func advice(profile: String?) -> String {
    let option = profile.map { " --profile " + ShellQuoting.quoted($0) } ?? ""
    let command = "aws configure export-credentials\(option) --format env"
    return "run eval \"$(\(command))\" (AWS CLI 2) and name no profile, or write the keys that this command "
      + "prints into a profile of \(shared.credentialsFile.path) and name that one"
  }

  private func noCredentials() -> CredentialsError {
    // Such a profile may serve other purposes, so these properties are an error only if there are no keys.
    for property in ["sso_session", "sso_start_url", "credential_source"] where profile?[property] != nil {
      return unsupported(property)
    }
    if choice.origin != .explicit {
      for variable in [EnvironmentVariable.containerFullURI, .containerRelativeURI]
      where environment[variable] != nil { return unsupported(variable) }
    }
    guard choice.origin == .standard else {
      return CredentialsError(
        .noCredentials,
        "profile \(choice.name) has no credentials in \(shared.searched): give it aws_access_key_id and "
          + "aws_secret_access_key")
    }
    return CredentialsError(
      .noCredentials,
      "no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and there is no profile "
        + "\"default\" with keys in \(shared.searched); set the two, or name a profile that has keys with "
        + "--profile or AWS_PROFILE")
  }
}
