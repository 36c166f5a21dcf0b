/// Finds each setting of one profile, in the AWS CLI's order of precedence.
struct SettingsResolver: Sendable, SecretHolding {
  /// The variables. The files' parsed content is in `shared`.
  let environment: AWSEnvironment
  /// Both files.
  let shared: SharedConfig
  /// The profile in question.
  let choice: ProfileChoice
  /// The profile's content; nil if nobody named a profile and there is no `default`.
  let profile: SharedConfig.Profile?

  /// The region, if one is set.
  func region(explicit: String?) throws(CredentialsError) -> AWSSettings.Setting<Region>? {
    let found =
      explicit.map { AWSSettings.Value(value: $0, source: "--region") }
      ?? value(of: .region) ?? value(of: .defaultRegion) ?? value(ofProperty: "region")
    guard let found else { return nil }
    guard let region = Region(found.value) else {
      throw CredentialsError(
        .invalidValue,
        "\"\(found.value)\" (from \(found.source)) is not a region: write it like eu-west-1")
    }
    return AWSSettings.Setting(value: region, source: found.source)
  }

  /// The URL of a service, if one is set: explicitly, else in the environment, else in the files; in each, the
  /// service's own setting precedes the one for all services.
  func endpointURL(of service: AWSService = .s3, explicit: String? = nil) throws(CredentialsError) -> AWSSettings.Value?
  {
    if let explicit { return AWSSettings.Value(value: explicit, source: "--endpoint-url") }
    let ignore =
      environment[.ignoreConfiguredEndpointURLs] ?? profile?["ignore_configured_endpoint_urls"]
    if ignore?.lowercased() == "true" { return nil }
    if let found = value(of: service.endpointVariable) ?? value(of: .endpointURL) { return found }
    if let name = profile?["services"] {
      guard let services = shared.services(name) else {
        throw CredentialsError(
          .invalidValue,
          "profile \(choice.name) says services = \(name), but \(shared.configFile.pathAndCondition) has no "
            + "section [services \(ShellQuoting.quoted(name))]: write it, or delete that property")
      }
      if let url = services[service.settingName, "endpoint_url"] {
        return AWSSettings.Value(value: url, source: "[services \(name)] in \(shared.configFile.path)")
      }
    }
    return value(ofProperty: "endpoint_url")
  }

  /// The requested variants of Amazon's hosts. Settings in a profile's `s3` section apply to all services.
  func variants() throws(CredentialsError) -> [AWSSettings.Setting<EndpointVariant>] {
    let dualStack = AWSSettings.Value(
      value: profile?.inConfig?["s3", "use_dualstack_endpoint"] ?? "",
      source: "the s3 section of profile \(choice.name) in \(shared.configFile.path)")
    let choices: [(AWSSettings.Value?, EndpointVariant)] = [
      (value(of: .useFIPSEndpoint) ?? value(ofProperty: "use_fips_endpoint"), .fips),
      (
        value(of: .useDualStackEndpoint)
          ?? (dualStack.value.isEmpty ? value(ofProperty: "use_dualstack_endpoint") : dualStack), .dualStack
      ),
    ]
    var variants: [AWSSettings.Setting<EndpointVariant>] = []
    for (value, variant) in choices {
      guard let value else { continue }
      switch value.value.lowercased() {
      case "true": variants.append(AWSSettings.Setting(value: variant, source: value.source))
      case "false": continue
      default:
        throw CredentialsError(
          .invalidValue,
          "'\(value.value)' (from \(value.source)) is neither true nor false: it says whether to use"
            + " \(variant == .fips ? "FIPS" : "dual-stack") endpoints")
      }
    }
    return variants
  }

  /// A file of certificates to trust instead of the system's.
  var certificateBundle: AWSSettings.Value? { value(of: .certificateBundle) ?? value(ofProperty: "ca_bundle") }

  private func value(of variable: EnvironmentVariable) -> AWSSettings.Value? {
    environment[variable].map { AWSSettings.Value(value: $0, source: variable.rawValue) }
  }

  private func value(ofProperty name: String) -> AWSSettings.Value? {
    guard let value = profile?[name] else { return nil }
    let file = profile?.inCredentials?[name] == nil ? shared.configFile : shared.credentialsFile
    return AWSSettings.Value(value: value, source: "profile \(choice.name) in \(file.path)")
  }
}
