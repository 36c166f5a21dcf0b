/// Where a profile's credentials come from, as the files and variables say: nobody has been asked yet.
indirect enum CredentialsSource: Sendable, Equatable, SecretHolding {
  /// Keys that stand in a variable or a file.
  case keys(Credentials)
  /// - Parameter of: the profile of `source_profile`, which is the one to sign in with again; nil for `credential_source`.
  case assumeRole(RoleAssumption, source: CredentialsSource, of: CredentialsName? = nil)
  case webIdentity(WebIdentity)
  case sso(SSORole)
  /// The session of `aws login`.
  case login(session: String)
  /// The words of a command line.
  case process([String])
  case container(ContainerCredentialsURI)
  case instanceMetadata(InstanceMetadataSettings)
}

/// A role that a profile assumes (`role_arn`), or that `--owner-role-arn` names.
struct RoleAssumption: Sendable, Equatable {
  let roleARN: String
  var sessionName: String?
  var externalID: String?
  var durationSeconds: Int?
  /// The MFA device whose code must be typed in.
  var mfaSerial: String?
}

/// A role that is assumed with a token in a file, which an identity provider renews.
struct WebIdentity: Sendable, Equatable {
  let tokenFile: String
  let roleARN: String
  var sessionName: String?
}

/// A role of IAM Identity Center.
struct SSORole: Sendable, Equatable {
  /// The name of the `[sso-session …]`; nil for the legacy form, in which the profile has all.
  let sessionName: String?
  let startURL: String
  let region: Region
  let accountID: String
  let roleName: String
}

/// Where a container's credentials are, and the token to ask with.
struct ContainerCredentialsURI: Sendable, Equatable {
  enum Token: Sendable, Equatable {
    case none
    case value(String)
    /// Read again for each request.
    case file(String)
  }

  let url: String
  let token: Token
}

/// How to ask the metadata service of an EC2 instance.
struct InstanceMetadataSettings: Sendable, Equatable {
  var endpoint = "http://169.254.169.254"
  /// For each request.
  var timeoutSeconds = 1
  var attempts = 1
  var isDisabled = false
  /// Whether the first version of the service may not be asked.
  var isV1Disabled = false
  /// Whether it is asked only because nothing else is configured.
  var isLastResort = true
}
