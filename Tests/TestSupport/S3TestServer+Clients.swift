package import AWSKit

extension S3TestServer {
  /// A client that says what came of the first attempt: the accounts' own try again, as fixacl does.
  ///
  /// - Parameter credentials: also of users and sessions, which the server does not tell of.
  package func impatientClient(_ credentials: Credentials) -> AWSClient {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    policy.maximumConnectAttempts = 1
    return AWSClient(
      endpoint: AWSEndpoint(url: endpoint)!, region: Region(region)!,
      credentials: StaticCredentialsProvider(credentials),
      transport: CurlTransport(concurrency: 1), throttle: Throttle(concurrency: 1, policy: policy))
  }
}
