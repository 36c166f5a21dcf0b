/// What there is to say of a command besides its options.
struct Manual {
  /// A name and what it stands for: a variable, a file.
  struct Term {
    let name: String
    let text: String

    init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  /// Commands to type, and what they are for.
  struct Example {
    let purpose: String
    let commands: [String]

    init(_ purpose: String, _ commands: String...) {
      self.purpose = purpose
      self.commands = commands
    }
  }

  /// What an exit status means.
  struct Status {
    let status: ExitStatus
    let text: String

    init(_ status: ExitStatus, _ text: String) {
      self.status = status
      self.text = text
    }
  }

  var examples: [Example] = []
  var environment: [Term] = []
  var files: [Term] = []
  var statuses: [Status] = []
}

/// A command that has a manual: all that users see have one.
protocol Documented {
  static var manual: Manual { get }
}

extension Manual.Term {
  static let profile = Self("AWS_PROFILE", "The bucket owner's profile, if --profile names none.")
  static let ownerProfile = Self(
    "FIXACL_OWNER_PROFILE",
    "Profiles of accounts that own objects, separated by commas, if neither --owner-profile nor --owner-role-arn is given."
  )
  static let viewer = Self(
    "FIXACL_VIEWER", "The address that stands for CloudFront, such as fixacl-sandbox's.")
  static let stateHome = Self(
    "XDG_STATE_HOME", "Where the state folder is made. Default: ~/.local/state.")

  /// The environment of each command that asks AWS.
  static let credentials = [profile, ownerProfile]

  /// The variables of the AWS CLI, besides the profile.
  static let awsCLI = [
    Self("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN", "The bucket owner's keys."),
    Self("AWS_REGION", "The region, if --region and the profile name none."),
    Self("AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE", "Where the AWS CLI's files are. Default: ~/.aws."),
    Self(
      "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL_CLOUDFRONT, AWS_ENDPOINT_URL_STS, …",
      "Other servers than Amazon's, for all services or for one."),
    Self("AWS_CA_BUNDLE", "The file with the certificates to trust, in place of the system's."),
    Self("HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "The proxy to go through, and for which hosts not to."),
  ]
}

extension Manual.Status {
  static let usage = Self(.usage, "The command line is wrong.")
}
