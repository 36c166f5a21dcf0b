extension AWSClient {
  /// S3 Control's GetPublicAccessBlock: the settings for all buckets of an account. Needs
  /// `s3:GetAccountPublicAccessBlock`. The client must be S3 Control's.
  package func accountPublicAccessBlock(_ account: AccountID) async throws(AWSError) -> PublicAccessBlock {
    do {
      let operation = AWSOperation(
        "GetAccountPublicAccessBlock", path: "/v20180820/configuration/publicAccessBlock", account: account
      ) { response throws(XMLError) in
        try PublicAccessBlock(parsing: response.body)
      }
      return try await run(operation)
    } catch {
      guard error.code == "NoSuchPublicAccessBlockConfiguration" else { throw error }
      return PublicAccessBlock()
    }
  }
}
