/// The environment variables that decide on credentials, region and endpoint.
enum EnvironmentVariable: String, CaseIterable, Sendable {
  case home = "HOME"
  case profile = "AWS_PROFILE"
  case defaultProfile = "AWS_DEFAULT_PROFILE"
  case configFile = "AWS_CONFIG_FILE"
  case credentialsFile = "AWS_SHARED_CREDENTIALS_FILE"
  case accessKeyID = "AWS_ACCESS_KEY_ID"
  case secretAccessKey = "AWS_SECRET_ACCESS_KEY"
  case sessionToken = "AWS_SESSION_TOKEN"
  /// What the session token was called before.
  case securityToken = "AWS_SECURITY_TOKEN"
  case webIdentityTokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE"
  case containerRelativeURI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
  case containerFullURI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
  case region = "AWS_REGION"
  case defaultRegion = "AWS_DEFAULT_REGION"
  case endpointURLS3 = "AWS_ENDPOINT_URL_S3"
  case endpointURLCloudFront = "AWS_ENDPOINT_URL_CLOUDFRONT"
  case endpointURLSTS = "AWS_ENDPOINT_URL_STS"
  case endpointURLS3Control = "AWS_ENDPOINT_URL_S3_CONTROL"
  case endpointURL = "AWS_ENDPOINT_URL"
  case ignoreConfiguredEndpointURLs = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
}
