/// Both shared files, as profiles.
struct SharedConfig: Sendable, SecretHolding {
  /// `~/.aws/credentials`, in which section names are profile names.
  let credentialsFile: SharedConfigFile
  /// `~/.aws/config`, in which profiles are `[default]` and `[profile name]`, beside other kinds of sections.
  let configFile: SharedConfigFile
  private let configProfiles: [String: SharedConfigFile.Section]
  private let services: [String: SharedConfigFile.Section]
  private let ssoSessions: [String: SharedConfigFile.Section]

  /// Sorts the sections of the config file. If a profile is spelled in two ways, only the later section counts.
  init(credentialsFile: SharedConfigFile, configFile: SharedConfigFile) {
    self.credentialsFile = credentialsFile
    self.configFile = configFile
    var profiles: [String: SharedConfigFile.Section] = [:]
    var services: [String: SharedConfigFile.Section] = [:]
    var ssoSessions: [String: SharedConfigFile.Section] = [:]
    for section in configFile.sections {
      if section.name == "default" {
        profiles["default"] = section
      } else if let words = ShellWords.split(section.name), words.count == 2 {
        switch words[0] {
        case "profile": profiles[words[1]] = section
        case "services": services[words[1]] = section
        case "sso-session": ssoSessions[words[1]] = section
        default: break
        }
      }
    }
    configProfiles = profiles
    self.services = services
    self.ssoSessions = ssoSessions
  }

  /// The profile of this name; nil if neither file has it.
  func profile(_ name: String) -> Profile? {
    let profile = Profile(
      name: name, inCredentials: credentialsFile.section(name), inConfig: configProfiles[name])
    return profile.inCredentials == nil && profile.inConfig == nil ? nil : profile
  }

  /// The section `[services name]` of the config file.
  func services(_ name: String) -> SharedConfigFile.Section? { services[name] }

  /// The section `[sso-session name]` of the config file.
  func ssoSession(_ name: String) -> SharedConfigFile.Section? { ssoSessions[name] }

  /// The names of all profiles, sorted.
  var profileNames: [String] {
    Set(credentialsFile.sections.map(\.name)).union(configProfiles.keys).sorted()
  }

  /// The files searched for profiles, for an error message.
  var searched: String {
    "\(credentialsFile.pathAndCondition) and \(configFile.pathAndCondition)"
  }
}

extension SharedConfig {
  /// One profile's sections in both files.
  struct Profile: Sendable, SecretHolding {
    /// The profile's name, without `profile` and quotation marks.
    let name: String
    /// Its section in the credentials file.
    let inCredentials: SharedConfigFile.Section?
    /// Its section in the config file.
    let inConfig: SharedConfigFile.Section?

    /// A property's value. The credentials file wins, as in the AWS CLI.
    subscript(property: String) -> String? {
      inCredentials?[property] ?? inConfig?[property]
    }
  }
}
