extension S3Client {
  /// STS's GetCallerIdentity, for the caller's account. Needs no right. The client must be one of STS's.
  package func callerAccountID() async throws(S3Error) -> AccountID {
    var operation = S3Operation(
      "GetCallerIdentity", .post, path: "/",
      headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
      body: Array("Action=GetCallerIdentity&Version=2011-06-15".utf8)
    ) { response throws(XMLError) -> AccountID in
      let answer = try XMLElement(parsing: response.body, root: "GetCallerIdentityResponse")
      let text = answer["GetCallerIdentityResult"]?["Account"]?.text ?? ""
      guard let id = AccountID(text) else { throw .invalid("the account ID '\(text)'") }
      return id
    }
    operation.repetition = .always
    return try await run(operation)
  }

  /// S3 Control's GetPublicAccessBlock: what is set for all buckets of an account. Needs
  /// `s3:GetAccountPublicAccessBlock`. The client must be one of S3 Control's.
  package func accountPublicAccessBlock(_ account: AccountID) async throws(S3Error) -> PublicAccessBlock {
    do {
      var operation = S3Operation(
        "GetAccountPublicAccessBlock", path: "/v20180820/configuration/publicAccessBlock",
        headers: [("x-amz-account-id", account.digits)]
      ) { response throws(XMLError) in
        try PublicAccessBlock(parsing: response.body)
      }
      operation.account = account
      return try await run(operation)
    } catch {
      guard error.code == "NoSuchPublicAccessBlockConfiguration" else { throw error }
      return PublicAccessBlock()
    }
  }
}
