/// Whose credentials they are.
package struct CallerIdentity: Sendable, Hashable {
  package let account: AccountID
  /// The ARN of a user, of the root or of a role's session.
  package let arn: String

  package init(account: AccountID, arn: String) {
    self.account = account
    self.arn = arn
  }
}

extension AWSClient {
  /// STS's GetCallerIdentity. Needs no right. The client must be STS's.
  package func callerIdentity() async throws(AWSError) -> CallerIdentity {
    var operation = AWSOperation(
      "GetCallerIdentity", .post, path: "/", headers: QueryForm.headers,
      body: QueryForm(action: "GetCallerIdentity", version: stsVersion).bytes
    ) { response throws(XMLError) -> CallerIdentity in
      let answer = try XMLElement(parsing: response.body, root: "GetCallerIdentityResponse")
      let result = answer["GetCallerIdentityResult"]
      let text = result?["Account"]?.text ?? ""
      guard let id = AccountID(text) else { throw .invalid("the account ID '\(text)'") }
      return CallerIdentity(account: id, arn: result?["Arn"]?.text ?? "")
    }
    operation.repetition = .always
    return try await run(operation)
  }
}
