/// What people call a set of credentials.
package enum CredentialsName: Sendable, Equatable {
  /// The keys in the environment.
  case environment
  case profile(String, file: String)
  /// The role of `AWS_ROLE_ARN`.
  case webIdentity
  case container
  case instance
  /// A role that the bucket owner's credentials assume (`--owner-role-arn`).
  case role(String)

  /// In as few words as errors have room for: `profile tools`.
  package var short: String {
    switch self {
    case .environment: "the environment"
    case .profile(let name, _): "profile \(name)"
    case .webIdentity: "the web identity"
    case .container: "the container's role"
    case .instance: "the instance's role"
    case .role(let arn): "role \(arn)"
    }
  }

  /// With the place where it is configured: `profile tools in /root/.aws/credentials`.
  package var long: String {
    switch self {
    case .environment: "environment"
    case .profile(let name, let file): "profile \(name) in \(file)"
    case .webIdentity: "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE"
    case .container, .instance, .role: short
    }
  }
}
