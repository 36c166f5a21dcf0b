extension SettingsResolver {
  /// What to say if no source has credentials.
  var noCredentials: CredentialsError {
    guard choice.origin == .standard else {
      return CredentialsError(
        .noCredentials,
        "profile \(choice.name) has no credentials in \(shared.searched), and this is not a container or EC2 instance that "
          + "has any: run aws configure --profile \(ShellQuoting.quoted(choice.name)), or aws configure sso")
    }
    return CredentialsError(
      .noCredentials,
      "no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; there is no profile \"default\" with "
        + "credentials in \(shared.searched); this is not a container or EC2 instance that has any. Name a profile with "
        + "--profile or AWS_PROFILE")
  }
}
