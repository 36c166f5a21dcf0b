package import S3Kit

extension S3TestServer {
  /// A client that says what came of the first attempt: the accounts' own try again, as fixacl does.
  ///
  /// - Parameter credentials: also of users and sessions, which the server does not tell of.
  package func impatientClient(_ credentials: Credentials) -> S3Client {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    policy.maximumConnectAttempts = 1
    return S3Client(
      endpoint: S3Endpoint(url: endpoint)!, region: Region(region)!,
      credentials: StaticCredentialsProvider(credentials),
      transport: CurlTransport(concurrency: 1), governor: RequestGovernor(concurrency: 1, policy: policy))
  }
}
