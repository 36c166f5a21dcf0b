/// Which profile to use, and who chose it.
struct ProfileChoice: Sendable {
  /// Who chose the profile.
  enum Origin: Sendable, Equatable {
    /// The user, for this run: the environment's keys are then not used.
    case explicit
    /// An environment variable.
    case variable(EnvironmentVariable)
    /// Nobody, so it is `default`, which need not exist.
    case standard
  }

  /// The profile's name.
  let name: String
  /// Who chose it.
  let origin: Origin

  /// The explicit profile, else the environment's, else `default`. An explicit empty name is kept: it is most likely a
  /// variable that should have been set.
  init(explicit: String?, environment: AWSEnvironment) {
    if let explicit {
      (name, origin) = (explicit, .explicit)
      return
    }
    for variable in [EnvironmentVariable.profile, .defaultProfile] {
      if let named = environment[variable] {
        (name, origin) = (named, .variable(variable))
        return
      }
    }
    (name, origin) = ("default", .standard)
  }

  /// The profile, which must exist if it was named: continuing with other credentials would be a guess.
  func profile(of shared: SharedConfig) throws(CredentialsError) -> SharedConfig.Profile? {
    if let profile = shared.profile(name) { return profile }
    let named: String
    switch origin {
    case .standard: return nil
    case .explicit: named = ""
    case .variable(let variable): named = " (named by \(variable.rawValue))"
    }
    let names = shared.profileNames
    var message = "there is no profile \"\(name)\"\(named) in \(shared.searched); "
    if shared.configFile.section(name) != nil {
      message += "the config file has a section [\(name)], which must be [profile \(ShellQuoting.quoted(name))]"
    } else if names.isEmpty {
      message += "there are no profiles at all: write one with aws configure --profile NAME"
    } else {
      message += "name one of these: \(names.joined(separator: ", "))"
    }
    throw CredentialsError(.profileNotFound, message)
  }
}
