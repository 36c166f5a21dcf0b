internal import Glibc

/// The sources of AWS's settings: environment variables, and the two shared files.
///
/// The files are read once, so that all profiles of a run come from one state, and so that a pipe works.
package struct AWSEnvironment: Sendable, SecretHolding {
  private let variables: [String: String]
  private let credentialsFile: File
  private let configFile: File

  private struct File: Sendable {
    let path: String
    let content: FileContent
  }

  /// Reads the shared files that `environment` names. An empty variable counts as unset.
  package init(environment: [String: String], readFile: (String) -> FileContent = FileContent.init(path:)) {
    let variables = environment.filter { !$0.value.isEmpty }
    let home = variables[EnvironmentVariable.home.rawValue]
    func read(_ variable: EnvironmentVariable, _ standard: String) -> File {
      var path = variables[variable.rawValue] ?? standard
      if let home, path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
      return File(path: path, content: readFile(path))
    }
    self.variables = variables
    credentialsFile = read(.credentialsFile, "~/.aws/credentials")
    configFile = read(.configFile, "~/.aws/config")
  }

  /// The environment of this process.
  package static func current() -> AWSEnvironment {
    var environment: [String: String] = [:]
    for variable in EnvironmentVariable.allCases {
      environment[variable.rawValue] = getenv(variable.rawValue).map { String(cString: $0) }
    }
    // Services that systemd starts may have no HOME.
    if environment["HOME", default: ""].isEmpty, let user = getpwuid(getuid()), let home = user.pointee.pw_dir {
      environment["HOME"] = String(cString: home)
    }
    return AWSEnvironment(environment: environment)
  }

  /// A variable's value; nil if it is empty.
  subscript(variable: EnvironmentVariable) -> String? { variables[variable.rawValue] }

  /// Finds credentials, region and endpoint, each in the AWS CLI's order of precedence.
  ///
  /// - Parameters:
  ///   - profile: the value of `--profile`; its files then win over the keys in the environment.
  ///   - region: the value of `--region`.
  ///   - endpointURL: the value of `--endpoint-url`, for S3.
  package func resolve(
    profile: String? = nil, region: String? = nil, endpointURL: String? = nil
  ) throws(CredentialsError) -> AWSSettings {
    let shared = SharedConfig(
      credentialsFile: try SharedConfigFile(path: credentialsFile.path, content: credentialsFile.content),
      configFile: try SharedConfigFile(path: configFile.path, content: configFile.content))
    let choice = ProfileChoice(explicit: profile, environment: self)
    let resolver = SettingsResolver(
      environment: self, shared: shared, choice: choice, profile: try choice.profile(of: shared))
    let (credentials, source) = try resolver.credentials()
    var otherEndpointURLs: [AWSService: AWSSettings.Value] = [:]
    for service in AWSService.allCases where service != .s3 {
      otherEndpointURLs[service] = try resolver.endpointURL(of: service)
    }
    return AWSSettings(
      profileName: choice.name, credentials: credentials, credentialsSource: source,
      region: try resolver.region(explicit: region),
      endpointURL: try resolver.endpointURL(explicit: endpointURL), otherEndpointURLs: otherEndpointURLs,
      variants: try resolver.variants(), certificateBundle: resolver.certificateBundle)
  }
}
