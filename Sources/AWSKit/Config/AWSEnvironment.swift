internal import Glibc

/// The sources of AWS's settings: environment variables, and the two shared files.
///
/// The files are read once, so that all profiles of a run come from one state, and so that a pipe works. They are read
/// again if a server says that credentials have expired: another program may have written new ones.
package struct AWSEnvironment: Sendable, SecretHolding {
  private let variables: [String: String]
  private let credentialsFile: File
  private let configFile: File
  private let readFile: @Sendable (String) -> FileContent
  private let canReread: @Sendable (String) -> Bool

  private struct File: Sendable {
    let path: String
    let content: FileContent
  }

  /// Reads the shared files that `environment` names, in paths with `~` and variables as the AWS CLI takes them. An
  /// empty variable counts as unset.
  package init(
    environment: [String: String], readFile: @escaping @Sendable (String) -> FileContent = FileContent.init(path:),
    canReread: @escaping @Sendable (String) -> Bool = FileContent.isRegular(path:)
  ) {
    let variables = environment.filter { !$0.value.isEmpty }
    let home = variables[EnvironmentVariable.home.rawValue]
    func read(_ variable: EnvironmentVariable, _ standard: String) -> File {
      var path = variables[variable.rawValue].map { VariableReferences.expand($0) { environment[$0] } } ?? standard
      if let home, path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
      return File(path: path, content: readFile(path))
    }
    self.variables = variables
    self.readFile = readFile
    self.canReread = canReread
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
    // What they name is asked for too: systemd, for one, expands nothing in its EnvironmentFile.
    for file in [EnvironmentVariable.credentialsFile, .configFile] {
      for name in VariableReferences.names(in: environment[file.rawValue] ?? "") where environment[name] == nil {
        environment[name] = getenv(name).map { String(cString: $0) }
      }
    }
    return AWSEnvironment(environment: environment)
  }

  private init(_ other: AWSEnvironment) {
    /// Reads the file again. A pipe has nothing more to give, and a file may be missing while it is written.
    func read(_ file: File) -> File {
      guard other.canReread(file.path) else { return file }
      return File(path: file.path, content: other.readFile(file.path))
    }
    variables = other.variables
    (readFile, canReread) = (other.readFile, other.canReread)
    credentialsFile = read(other.credentialsFile)
    configFile = read(other.configFile)
  }

  /// The same variables, with the files as they are now.
  func reread() -> AWSEnvironment { AWSEnvironment(self) }

  /// A variable's value; nil if it is empty.
  subscript(variable: EnvironmentVariable) -> String? { variables[variable.rawValue] }

  /// A path with the home directory in place of `~`.
  func expanded(path: String) -> String {
    guard let home = self[.home], path == "~" || path.hasPrefix("~/") else { return path }
    return home + path.dropFirst()
  }

  /// The content of another file, such as a token's.
  func content(ofFile path: String) -> FileContent { readFile(path) }

  /// Finds region and endpoints, each in the AWS CLI's order of precedence.
  ///
  /// - Parameters:
  ///   - profile: the value of `--profile`; its files then win over the keys in the environment.
  ///   - region: the value of `--region`.
  ///   - endpointURL: the value of `--endpoint-url`, for S3.
  package func settings(
    profile: String? = nil, region: String? = nil, endpointURL: String? = nil
  ) throws(CredentialsError) -> AWSSettings {
    let resolver = try resolver(profile: profile)
    var otherEndpointURLs: [AWSService: AWSSettings.Value] = [:]
    for service in AWSService.allCases where service != .s3 {
      otherEndpointURLs[service] = try resolver.endpointURL(of: service)
    }
    return AWSSettings(
      profileName: resolver.choice.name, isProfileChosen: resolver.choice.origin != .standard,
      region: try resolver.region(explicit: region),
      endpointURL: try resolver.endpointURL(explicit: endpointURL), otherEndpointURLs: otherEndpointURLs,
      variants: try resolver.variants(), certificateBundle: resolver.certificateBundle)
  }

  /// Where distributions are served if not by CloudFront (`FIXACL_VIEWER`).
  package var viewerURL: AWSSettings.Value? {
    self[.viewer].map { AWSSettings.Value(value: $0, source: EnvironmentVariable.viewer.rawValue) }
  }

  /// Whether one of the files has this profile.
  package func hasProfile(_ name: String) throws(CredentialsError) -> Bool { try shared().profile(name) != nil }

  /// The names of all profiles in both files, sorted.
  package func profileNames() throws(CredentialsError) -> [String] { try shared().profileNames }

  /// The settings of a profile, to be asked one by one.
  ///
  /// - Parameter profile: the value of `--profile`.
  func resolver(profile: String?) throws(CredentialsError) -> SettingsResolver {
    let shared = try shared()
    let choice = ProfileChoice(explicit: profile, environment: self)
    return SettingsResolver(
      environment: self, shared: shared, choice: choice, profile: try choice.profile(of: shared))
  }

  private func shared() throws(CredentialsError) -> SharedConfig {
    SharedConfig(
      credentialsFile: try SharedConfigFile(path: credentialsFile.path, content: credentialsFile.content),
      configFile: try SharedConfigFile(path: configFile.path, content: configFile.content))
  }
}
