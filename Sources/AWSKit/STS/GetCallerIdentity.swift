extension AWSClient {
  /// STS's GetCallerIdentity, for the caller's account. Needs no right. The client must be STS's.
  package func callerAccountID() async throws(AWSError) -> AccountID {
    var operation = AWSOperation(
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
}
