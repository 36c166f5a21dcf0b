extension Session.Options {
  /// What a command of the AWS CLI needs to use the same profile and server.
  var cliOptions: [String] {
    (credentials.profile.map { ["--profile", $0] } ?? []) + (region.map { ["--region", $0] } ?? [])
      + (endpointURL.map { ["--endpoint-url", $0] } ?? [])
  }
}
