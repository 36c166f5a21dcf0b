/// What an identity's own policies, its boundary and its organization's policies come to, without resource policies.
package enum SimulatedDecision: String, Sendable {
  case allowed
  case explicitDeny
  case implicitDeny
}

extension AWSClient {
  /// IAM's SimulatePrincipalPolicy for one action on one resource. Needs `iam:SimulatePrincipalPolicy`, in the
  /// identity's own account. The client must be IAM's.
  ///
  /// - Parameters:
  ///   - arn: of a user or a role.
  ///   - resource: an ARN.
  package func simulate(
    _ action: String, on resource: String, as arn: String
  ) async throws(AWSError) -> SimulatedDecision {
    var form = QueryForm(action: "SimulatePrincipalPolicy", version: "2010-05-08")
    form.add("PolicySourceArn", arn)
    form.add("ActionNames.member.1", action)
    form.add("ResourceArns.member.1", resource)
    var operation = AWSOperation(
      "SimulatePrincipalPolicy", .post, path: "/", headers: QueryForm.headers, body: form.bytes
    ) { response throws(XMLError) -> SimulatedDecision in
      let answer = try XMLElement(parsing: response.body, root: "SimulatePrincipalPolicyResponse")
      let results = answer["SimulatePrincipalPolicyResult"]?["EvaluationResults"]
      let text = results?["member"]?["EvalDecision"]?.text ?? ""
      guard let decision = SimulatedDecision(rawValue: text) else { throw .invalid("the decision '\(text)'") }
      return decision
    }
    operation.repetition = .always
    operation.maximumResponseBytes = 1 << 20
    return try await run(operation)
  }
}
