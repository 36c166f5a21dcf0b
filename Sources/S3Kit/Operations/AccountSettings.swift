extension S3Client {
  /// STS's GetCallerIdentity, for the caller's account: twelve digits. Needs no right. The client must be one of STS's.
  package func callerAccountID() async throws(S3Error) -> String {
    let operation = S3Operation(
      "GetCallerIdentity", .post, path: "/",
      headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
      body: Array("Action=GetCallerIdentity&Version=2011-06-15".utf8)
    ) { response throws(XMLError) -> String in
      let answer = try XMLElement(parsing: response.body, root: "GetCallerIdentityResponse")
      let id = answer["GetCallerIdentityResult"]?["Account"]?.text ?? ""
      guard id.utf8.count == 12, id.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw .invalid("the account ID '\(id)'")
      }
      return id
    }
    return try await run(operation)
  }

  /// S3 Control's GetPublicAccessBlock: what is set for all buckets of an account. Needs
  /// `s3:GetAccountPublicAccessBlock`. The client must be one of S3 Control's.
  ///
  /// - Parameter accountID: twelve digits; they become part of the host's name.
  package func accountPublicAccessBlock(accountID: String) async throws(S3Error) -> PublicAccessBlock {
    do {
      var operation = S3Operation(
        "GetAccountPublicAccessBlock", path: "/v20180820/configuration/publicAccessBlock",
        headers: [("x-amz-account-id", accountID)]
      ) { response throws(XMLError) in
        try PublicAccessBlock(parsing: response.body)
      }
      operation.hostPrefix = accountID + "."
      return try await run(operation)
    } catch {
      guard error.code == "NoSuchPublicAccessBlockConfiguration" else { throw error }
      return PublicAccessBlock()
    }
  }
}
