/// Which profile is meant, and who says so.
struct ProfileChoice: Sendable {
  /// Who chose the profile.
  enum Origin: Sendable, Equatable {
    /// The user, for this run: then the environment's keys are not meant.
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

  /// The explicit profile, else the environment's, else `default`; an explicit empty name stays one, since
  /// it is most likely a variable that was to be set.
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

  /// The profile, which must be there if anybody named it: to go on as somebody else would be a guess.
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
      message += "the config file has a section [\(name)], which must be [profile \(ShellWords.quoted(name))]"
    } else if names.isEmpty {
      message += "there are no profiles at all: write one with aws configure --profile NAME"
    } else {
      message += "name one of these: \(names.joined(separator: ", "))"
    }
    throw CredentialsError(.profileNotFound, message)
  }
}
