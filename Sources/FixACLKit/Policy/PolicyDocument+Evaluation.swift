internal import AWSKit

extension PolicyDocument {
  /// What a statement says of one request.
  package struct Finding: Sendable, Equatable {
    /// Its Sid, or its number from 1.
    package let statement: String
    /// How it means the caller; `byAccount` if only by its account.
    package let match: PolicyCaller.Match
    /// Whether its principal is everybody.
    package let meansEverybody: Bool
    /// The conditions that do not hold, or of which it is not known.
    package let conditions: [Condition]
  }

  /// What a policy says of one request.
  package struct Decision: Sendable, Equatable {
    package var allows: [Finding] = []
    package var denies: [Finding] = []
    /// Whether these apply is not known.
    package var mayAllow: [Finding] = []
    package var mayDeny: [Finding] = []
    /// Allows that mean the caller, the action and the resource, but whose conditions do not hold.
    package var unmetAllows: [Finding] = []

    package init() {}
  }

  /// Evaluates the policy exactly for one request. What depends on something that is not known of it is never taken to
  /// apply, nor not to (IAM User Guide: "Policy evaluation logic").
  package func decision(on request: PolicyRequest) -> Decision {
    var decision = Decision()
    for statement in statements {
      let evaluation = statement.evaluate(request, hasVariables: hasVariables)
      let finding = Finding(
        statement: statement.name, match: evaluation.match,
        meansEverybody: statement.principals.contains(.everyone) && !statement.excludesPrincipals,
        conditions: evaluation.conditions)
      switch (statement.allows, evaluation.truth) {
      case (true, .yes): decision.allows.append(finding)
      case (true, .unknown): decision.mayAllow.append(finding)
      case (true, .no): if evaluation.isUnmetOnly { decision.unmetAllows.append(finding) }
      case (false, .yes): decision.denies.append(finding)
      case (false, .unknown): decision.mayDeny.append(finding)
      case (false, .no): continue
      }
    }
    return decision
  }
}

extension PolicyDocument.Statement {
  /// What became of a statement.
  struct Evaluation {
    var truth: Truth
    var match: PolicyCaller.Match
    /// The conditions that do not hold; if none of these, those that are not known.
    var conditions: [PolicyDocument.Condition]
    /// Whether all but conditions holds.
    var isUnmetOnly: Bool
  }

  func evaluate(_ request: PolicyRequest, hasVariables: Bool) -> Evaluation {
    let variables = PolicyVariables(request: request, areOn: hasVariables)
    let (principal, match) = means(request.caller)
    let rest = Truth.all([principal, Truth(isAbout(request.action)), isAbout(request.resource, variables)])
    guard rest != .no else {
      return Evaluation(truth: .no, match: match, conditions: [], isUnmetOnly: false)
    }
    let truths = conditions.map { ($0, $0.truth(for: request, variables)) }
    let all = Truth.all(truths.map(\.1))
    let remarkable = truths.filter { $0.1 == (all == .no ? .no : .unknown) }.map(\.0)
    return Evaluation(
      truth: Truth.all([rest, all]), match: match, conditions: all == .yes ? [] : remarkable,
      isUnmetOnly: rest == .yes && all == .no)
  }

  /// Whether its principals mean a caller, and how.
  func means(_ caller: PolicyCaller) -> (truth: Truth, match: PolicyCaller.Match) {
    let matches = principals.map { caller.match($0) }
    guard !excludesPrincipals else { return (!isExcepted(caller, matches), .directly) }
    let named = matches.filter { $0.truth == .yes }
    let match = named.contains { $0.match == .directly } ? PolicyCaller.Match.directly : .byAccount
    return (Truth.any(matches.map(\.truth)), named.isEmpty ? .directly : match)
  }

  /// Whether `NotPrincipal` leaves a caller out.
  ///
  /// A user or a role must be named, and its account beside it (IAM User Guide: "NotPrincipal"); what becomes of those of
  /// whom only the one or the other is there, the guide does not say for certain.
  private func isExcepted(_ caller: PolicyCaller, _ matches: [(truth: Truth, match: PolicyCaller.Match)]) -> Truth {
    let isAnyNamed = Truth.any(matches.map(\.truth))
    guard case .principal(let arn) = caller.kind, arn.kind != .root, !principals.contains(.everyone), isAnyNamed != .no
    else { return isAnyNamed }
    let isNamed = Truth.any(matches.filter { $0.match == .directly }.map(\.truth))
    let isAccountNamed = Truth.any(matches.filter { $0.match == .byAccount }.map(\.truth))
    return isNamed == .yes && isAccountNamed == .yes ? .yes : .unknown
  }

  /// Whether it is about an action, such as `s3:GetObject`.
  package func isAbout(_ action: String) -> Bool {
    let action = Array(action.lowercased().utf8)
    return actions.contains { PolicyPattern($0, ignoresCase: true).matches(action) } != excludesActions
  }

  private func isAbout(_ resource: [UInt8], _ variables: PolicyVariables) -> Truth {
    let fits = Truth.any(resources.map { variables.fits($0, resource) })
    return excludesResources ? !fits : fits
  }
}
