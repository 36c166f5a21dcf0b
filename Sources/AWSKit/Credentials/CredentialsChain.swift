/// Selects where credentials come from: the chain of the AWS CLI, in its order (botocore's credentials.py).
///
/// A source that is configured and cannot be used is an error, and is never skipped: the next one may belong to another
/// account.
struct CredentialsChain: Sendable, SecretHolding {
  let settings: SettingsResolver

  private var environment: AWSEnvironment { settings.environment }
  private var choice: ProfileChoice { settings.choice }

  /// A source, and what people call it.
  struct Selection: Sendable, SecretHolding {
    let source: CredentialsSource
    let name: CredentialsName
  }

  func select() throws(CredentialsError) -> Selection {
    // A profile that somebody names switches off the variables that hold credentials.
    if choice.origin != .explicit {
      if let keys = try environmentKeys() { return Selection(source: .keys(keys), name: .environment) }
    }
    if let profile = settings.profile { try checkNothingIsEmpty(in: profile) }
    if let profile = settings.profile, assumesRole(profile) {
      return Selection(
        source: try role(of: profile, visited: [profile.name]), name: name(settings.shared.configFile, "role_arn"))
    }
    if let identity = try webIdentity(settings.profile, variables: choice.origin != .explicit) {
      let isOfProfile = environment[.webIdentityTokenFile] == nil || choice.origin == .explicit
      return Selection(
        source: .webIdentity(identity),
        name: isOfProfile ? name(settings.shared.configFile, "web_identity_token_file") : .webIdentity)
    }
    if let profile = settings.profile, let found = try source(ofProfile: profile) { return found }
    if let container = try container() { return Selection(source: .container(container), name: .container) }
    return Selection(source: .instanceMetadata(try instanceMetadata()), name: .instance)
  }

  /// What a profile has of its own, beside a role and a web identity, in the chain's order.
  private func source(ofProfile profile: SharedConfig.Profile) throws(CredentialsError) -> Selection? {
    let shared = settings.shared
    if let role = try ssoRole(profile) {
      return Selection(source: .sso(role), name: name(shared.configFile, "sso_role_name", of: profile))
    }
    if let section = profile.inCredentials, let keys = try keys(section, shared.credentialsFile, profile) {
      return Selection(source: .keys(keys), name: .profile(profile.name, file: shared.credentialsFile.path))
    }
    if let session = profile["login_session"] {
      return Selection(source: .login(session: session), name: name(shared.configFile, "login_session", of: profile))
    }
    if let command = profile["credential_process"] {
      guard let words = ShellWords.split(command), !words.isEmpty else {
        throw CredentialsError(
          .invalidValue,
          "profile \(profile.name): credential_process cannot be split into words: close its quotation marks")
      }
      return Selection(source: .process(words), name: name(shared.configFile, "credential_process", of: profile))
    }
    if let section = profile.inConfig, let keys = try keys(section, shared.configFile, profile) {
      return Selection(source: .keys(keys), name: .profile(profile.name, file: shared.configFile.path))
    }
    return nil
  }

  /// A source that is named without a value is configured, and cannot be used. The next one may belong to somebody else.
  private func checkNothingIsEmpty(in profile: SharedConfig.Profile) throws(CredentialsError) {
    let names = [
      "role_arn", "web_identity_token_file", "sso_account_id", "sso_role_name", "aws_access_key_id",
      "aws_secret_access_key", "login_session", "credential_process",
    ]
    for section in [profile.inCredentials, profile.inConfig] {
      guard let name = names.first(where: { section?.properties[$0] == .text("") }) else { continue }
      throw invalid(profile, "\(name) has no value: write one, or delete the line")
    }
  }

  /// The profile in the file that has the property.
  private func name(
    _ standard: SharedConfigFile, _ property: String, of profile: SharedConfig.Profile? = nil
  ) -> CredentialsName {
    let isInCredentials = (profile ?? settings.profile)?.inCredentials?[property] != nil
    return .profile(
      profile?.name ?? choice.name, file: (isInCredentials ? settings.shared.credentialsFile : standard).path)
  }

  // MARK: - Roles

  private func assumesRole(_ profile: SharedConfig.Profile) -> Bool {
    profile["role_arn"] != nil && profile["web_identity_token_file"] == nil
  }

  private func hasKeys(_ profile: SharedConfig.Profile) -> Bool {
    profile["aws_access_key_id"] != nil || profile["aws_secret_access_key"] != nil
  }

  /// - Parameter visited: the profiles of the chain so far, which none may name again.
  private func role(of profile: SharedConfig.Profile, visited: [String]) throws(CredentialsError) -> CredentialsSource {
    let role = RoleAssumption(
      roleARN: profile["role_arn"] ?? "", sessionName: profile["role_session_name"],
      externalID: profile["external_id"],
      // What is not a number is passed over, as the AWS CLI does.
      durationSeconds: profile["duration_seconds"].flatMap { Int($0) }, mfaSerial: profile["mfa_serial"])
    switch (profile["source_profile"], profile["credential_source"]) {
    case (_?, _?):
      throw invalid(profile, "it has both source_profile and credential_source: delete one of them")
    case (nil, nil):
      throw invalid(
        profile, "role_arn needs source_profile or credential_source, which says with whose credentials to assume it")
    case (nil, let name?): return .assumeRole(role, source: try namedSource(name, of: profile))
    case (let name?, nil):
      let source = try sourceProfile(name, of: profile, visited: visited)
      return .assumeRole(role, source: source.source, of: source.name)
    }
  }

  private func namedSource(
    _ name: String, of profile: SharedConfig.Profile
  ) throws(CredentialsError) -> CredentialsSource {
    switch name.lowercased() {
    case "environment":
      guard let keys = try environmentKeys() else {
        throw invalid(
          profile, "credential_source = Environment, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
      }
      return .keys(keys)
    case "ecscontainer":
      guard let container = try container() else {
        throw invalid(
          profile,
          "credential_source = EcsContainer, but neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
            + "AWS_CONTAINER_CREDENTIALS_FULL_URI is set")
      }
      return .container(container)
    case "ec2instancemetadata":
      var metadata = try instanceMetadata()
      metadata.isLastResort = false
      return .instanceMetadata(metadata)
    default:
      throw invalid(
        profile,
        "credential_source = \(name) is none of Environment, Ec2InstanceMetadata and EcsContainer")
    }
  }

  private func sourceProfile(
    _ name: String, of profile: SharedConfig.Profile, visited: [String]
  ) throws(CredentialsError) -> Selection {
    guard let source = settings.shared.profile(name) else {
      throw invalid(
        profile, "source_profile = \(name), but there is no such profile in \(settings.shared.searched)")
    }
    try checkNothingIsEmpty(in: source)
    // A chain ends at a profile with keys; so a profile may name itself.
    let isItself = name == profile.name && hasKeys(source)
    guard isItself || !visited.contains(name) else {
      throw invalid(
        profile,
        "its chain of source_profile comes back to where it was: \((visited + [name]).joined(separator: " → "))")
    }
    if !hasKeys(source), assumesRole(source) {
      return Selection(
        source: try role(of: source, visited: visited + [name]),
        name: self.name(settings.shared.configFile, "role_arn", of: source))
    }
    if let identity = try webIdentity(source, variables: false) {
      return Selection(
        source: .webIdentity(identity),
        name: self.name(settings.shared.configFile, "web_identity_token_file", of: source))
    }
    guard let found = try self.source(ofProfile: source) else {
      throw invalid(
        profile, "source_profile = \(name), but profile \(name) has no credentials in \(settings.shared.searched)")
    }
    return found
  }

  /// - Parameter variables: whether the variables count; each of them before the profile's own setting.
  private func webIdentity(
    _ profile: SharedConfig.Profile?, variables: Bool
  ) throws(CredentialsError) -> WebIdentity? {
    func value(_ variable: EnvironmentVariable, _ property: String) -> String? {
      (variables ? environment[variable] : nil) ?? profile?[property]
    }
    guard let file = value(.webIdentityTokenFile, "web_identity_token_file") else { return nil }
    guard let role = value(.roleARN, "role_arn") else {
      throw CredentialsError(
        .invalidValue,
        "there is a web identity token, but no role to assume with it: set "
          + (variables && environment[.webIdentityTokenFile] != nil
            ? "AWS_ROLE_ARN" : "role_arn in profile \(profile?.name ?? choice.name)"))
    }
    return WebIdentity(
      tokenFile: environment.expanded(path: file), roleARN: role,
      sessionName: value(.roleSessionName, "role_session_name"))
  }

  // MARK: - IAM Identity Center

  private func ssoRole(_ profile: SharedConfig.Profile) throws(CredentialsError) -> SSORole? {
    guard profile["sso_account_id"] != nil || profile["sso_role_name"] != nil else { return nil }
    let sessionName = profile["sso_session"]
    var session: SharedConfigFile.Section?
    if let sessionName {
      session = settings.shared.ssoSession(sessionName)
      guard session != nil else {
        throw invalid(
          profile,
          "sso_session = \(sessionName), but \(settings.shared.configFile.pathAndCondition) has no section "
            + "[sso-session \(ShellQuoting.quoted(sessionName))]: run aws configure sso")
      }
    }
    func required(_ property: String) throws(CredentialsError) -> String {
      let (ofProfile, ofSession) = (profile[property], session?[property])
      if let ofProfile, let ofSession, ofProfile != ofSession {
        throw invalid(profile, "\(property) is not the same there and in [sso-session \(sessionName ?? "")]")
      }
      guard let value = ofSession ?? ofProfile else {
        throw invalid(profile, "IAM Identity Center needs \(property) too: run aws configure sso")
      }
      return value
    }
    let region = try required("sso_region")
    guard let region = Region(region) else { throw invalid(profile, "sso_region = \(region) cannot be a region") }
    return SSORole(
      sessionName: sessionName, startURL: try required("sso_start_url"), region: region,
      accountID: try required("sso_account_id"), roleName: try required("sso_role_name"))
  }

  // MARK: - Containers and instances

  private func container() throws(CredentialsError) -> ContainerCredentialsURI? {
    let url: String
    if let path = environment[.containerRelativeURI] {
      guard path.hasPrefix("/") else {
        throw CredentialsError(
          .invalidValue, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with a slash")
      }
      url = "http://169.254.170.2" + path
    } else if let full = environment[.containerFullURI] {
      url = full
    } else {
      return nil
    }
    let token: ContainerCredentialsURI.Token =
      environment[.containerTokenFile].map { .file($0) } ?? environment[.containerToken].map { .value($0) } ?? .none
    return ContainerCredentialsURI(url: url, token: token)
  }

  private func instanceMetadata() throws(CredentialsError) -> InstanceMetadataSettings {
    func value(_ variable: EnvironmentVariable, _ property: String) -> String? {
      environment[variable] ?? settings.profile?[property]
    }
    func number(_ variable: EnvironmentVariable, _ property: String, _ standard: Int) throws(CredentialsError) -> Int {
      guard let text = value(variable, property) else { return standard }
      guard let number = Int(text), (1...600).contains(number) else {
        throw CredentialsError(
          .invalidValue, "\(variable.rawValue) (or \(property)) is '\(text)': it must be a number from 1 to 600")
      }
      return number
    }
    func isTrue(_ text: String?) -> Bool { text?.lowercased() == "true" }
    var metadata = InstanceMetadataSettings()
    if let endpoint = value(.instanceMetadataEndpoint, "ec2_metadata_service_endpoint") {
      metadata.endpoint = endpoint
    } else if value(.instanceMetadataEndpointMode, "ec2_metadata_service_endpoint_mode")?.lowercased() == "ipv6" {
      metadata.endpoint = "http://[fd00:ec2::254]"
    }
    metadata.timeoutSeconds = try number(.instanceMetadataTimeout, "metadata_service_timeout", 1)
    metadata.attempts = try number(.instanceMetadataAttempts, "metadata_service_num_attempts", 1)
    metadata.isDisabled = isTrue(environment[.instanceMetadataDisabled])
    metadata.isV1Disabled = isTrue(value(.instanceMetadataV1Disabled, "ec2_metadata_v1_disabled"))
    return metadata
  }

  // MARK: - Keys

  private func environmentKeys() throws(CredentialsError) -> Credentials? {
    let keys = try pair(
      accessKeyID: (EnvironmentVariable.accessKeyID.rawValue, environment[.accessKeyID]),
      secretAccessKey: (EnvironmentVariable.secretAccessKey.rawValue, environment[.secretAccessKey]),
      sessionToken: (
        EnvironmentVariable.sessionToken.rawValue, environment[.sessionToken] ?? environment[.securityToken]
      ),
      place: "environment")
    guard let keys, let text = environment[.credentialExpiration] else { return keys }
    guard let expiration = Timestamp(iso8601: text) else {
      throw CredentialsError(
        .invalidValue,
        "AWS_CREDENTIAL_EXPIRATION is '\(text)', and no time such as 2026-11-26T06:05:00Z: set or unset it")
    }
    return Credentials(
      accessKeyID: keys.accessKeyID, secretAccessKey: keys.secretAccessKey, sessionToken: keys.sessionToken,
      expiration: expiration)
  }

  private func keys(
    _ section: SharedConfigFile.Section, _ file: SharedConfigFile, _ profile: SharedConfig.Profile
  ) throws(CredentialsError) -> Credentials? {
    try pair(
      accessKeyID: ("aws_access_key_id", section["aws_access_key_id"]),
      secretAccessKey: ("aws_secret_access_key", section["aws_secret_access_key"]),
      sessionToken: ("aws_session_token", section["aws_session_token"] ?? section["aws_security_token"]),
      place: "profile \(profile.name) in \(file.path)")
  }

  /// Both keys; nil if there is neither; an error if one is missing or cannot be sent.
  private func pair(
    accessKeyID: (name: String, value: String?), secretAccessKey: (name: String, value: String?),
    sessionToken: (name: String, value: String?), place: String
  ) throws(CredentialsError) -> Credentials? {
    if accessKeyID.value == nil, secretAccessKey.value == nil { return nil }
    guard let id = accessKeyID.value, let secret = secretAccessKey.value else {
      let (present, missing) =
        accessKeyID.value == nil
        ? (secretAccessKey.name, accessKeyID.name) : (accessKeyID.name, secretAccessKey.name)
      throw CredentialsError(
        .partialCredentials,
        "half of a pair of keys in the \(place): \(present) is set and \(missing) is not; set both or neither")
    }
    let credentials = Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: sessionToken.value)
    guard let part = credentials.unsendablePart else { return credentials }
    let name =
      switch part {
      case .accessKeyID: accessKeyID.name
      case .secretAccessKey: secretAccessKey.name
      case .sessionToken: sessionToken.name
      }
    throw CredentialsError(
      .invalidValue,
      "\(name) in the \(place) has a character in it that no key has, such as a line break: set it again")
  }

  private func invalid(_ profile: SharedConfig.Profile, _ reason: String) -> CredentialsError {
    CredentialsError(.invalidValue, "profile \(profile.name) cannot be used: \(reason)")
  }
}
