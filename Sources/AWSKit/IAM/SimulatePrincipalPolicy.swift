/// What an identity's own policies, its boundary and its organization's policies come to, without resource policies.
package enum SimulatedDecision: String, Sendable {
  case allowed
  case explicitDeny
  case implicitDeny
}

/// IAM's SimulatePrincipalPolicy for one action on one resource.
package struct PolicySimulation: Sendable, Equatable {
  package let decision: SimulatedDecision
  /// The condition keys that the policies look at and that were not given: the decision is as if the request had none of
  /// them.
  package let missingKeys: [String]
}

/// A condition key of a simulated request.
package struct SimulatedContext: Sendable {
  /// The kinds of IAM's API Reference: ContextEntry.
  package enum Kind: String, Sendable {
    case string, numeric, boolean, date
  }

  let key: String
  let kind: Kind
  let values: [String]

  package init(_ key: String, _ kind: Kind, _ values: [String]) {
    self.key = key
    self.kind = kind
    self.values = values
  }
}

extension AWSClient {
  /// Needs `iam:SimulatePrincipalPolicy`, in the identity's own account. The client must be IAM's.
  ///
  /// - Parameters:
  ///   - arn: of a user or a role.
  ///   - resource: an ARN.
  package func simulate(
    _ action: String, on resource: String, as arn: String, context: [SimulatedContext] = []
  ) async throws(AWSError) -> PolicySimulation {
    var form = QueryForm(action: "SimulatePrincipalPolicy", version: "2010-05-08")
    form.add("PolicySourceArn", arn)
    form.add("ActionNames.member.1", action)
    form.add("ResourceArns.member.1", resource)
    for (number, entry) in zip(1..., context) {
      let prefix = "ContextEntries.member.\(number)."
      form.add(prefix + "ContextKeyName", entry.key)
      form.add(prefix + "ContextKeyType", entry.kind.rawValue)
      for (number, value) in zip(1..., entry.values) { form.add(prefix + "ContextKeyValues.member.\(number)", value) }
    }
    var operation = AWSOperation(
      "SimulatePrincipalPolicy", .post, path: "/", headers: QueryForm.headers, body: form.bytes
    ) { response throws(XMLError) -> PolicySimulation in
      let answer = try XMLElement(parsing: response.body, root: "SimulatePrincipalPolicyResponse")
      let results = answer["SimulatePrincipalPolicyResult"]?["EvaluationResults"]
      return try PolicySimulation(results?["member"])
    }
    operation.repetition = .always
    operation.maximumResponseBytes = 1 << 20
    return try await run(operation)
  }
}

extension PolicySimulation {
  /// - Parameter result: of the one action on the one resource.
  fileprivate init(_ result: XMLElement?) throws(XMLError) {
    let text = result?["EvalDecision"]?.text ?? ""
    guard let decision = SimulatedDecision(rawValue: text) else { throw .invalid("the decision '\(text)'") }
    self.decision = decision
    // For a resource that is named they stand with that resource.
    let specific = result?["ResourceSpecificResults"].map { Array($0.all("member")) } ?? []
    missingKeys = ([result].compactMap(\.self) + specific).flatMap { part in
      part["MissingContextValues"]?.all("member").map(\.text) ?? []
    }
  }
}
