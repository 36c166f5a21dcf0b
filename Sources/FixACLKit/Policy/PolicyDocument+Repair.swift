package import AWSKit

/// An account whose credentials a repair uses, and the actions it needs.
package struct RepairActor: Sendable, Equatable {
  /// For messages: `profile tools`.
  package let name: String
  package let id: CanonicalID
  /// The ARN of the credentials' user or role; nil if it is not known, so that a policy may name it.
  package let arn: PrincipalARN?
  /// The needed IAM actions.
  package let actions: [String]

  package init(name: String, id: CanonicalID, arn: PrincipalARN? = nil, actions: [String]) {
    self.name = name
    self.id = id
    self.arn = arn
    self.actions = actions
  }

  /// As policies name it.
  var caller: PolicyCaller { PolicyCaller(kind: arn.map { .principal($0) } ?? .account, canonicalID: id) }
}

extension PolicyDocument {
  /// A Deny that blocks a request of the repair itself.
  package struct RepairDenial: Sendable, Equatable {
    package let statement: String
    /// Whether it certainly applies: it names everybody, the account or its identity, and its conditions hold.
    package let isCertain: Bool
    /// The repair's actions that it denies.
    package let actions: [String]
    /// The accounts that it denies them to, for messages.
    package let actors: [String]
    /// The keys of conditions that may or may not hold, or that a request would have to meet.
    package let conditions: [String]
    /// The denied resources; empty if it denies every object in question.
    package let resources: [String]
  }

  /// Whether a Deny names somebody by an ARN, which no canonical ID shows.
  var deniesARNs: Bool {
    statements.contains { statement in
      !statement.allows
        && statement.principals.contains { principal in
          if case .other = principal { true } else { false }
        }
    }
  }

  /// The Denies that refuse requests of a repair.
  ///
  /// - Parameter usesTLS: whether requests go over `https`.
  package func repairDenials(
    of actors: [RepairActor], in scope: PolicyScope, usesTLS: Bool
  ) -> [RepairDenial] {
    statements.compactMap { statement in
      guard !statement.allows else { return nil }
      let coverage = scope.coverage(of: statement)
      guard coverage != .none else { return nil }
      var denial: (isCertain: Bool, actions: Set<String>, actors: [String]) = (false, [], [])
      for actor in actors {
        let isNamed = statement.means(actor.caller).truth
        guard isNamed != .no else { continue }
        var isDenied = false
        for action in actor.actions where statement.isAbout(action) {
          let truths = statement.conditions.map { $0.truth(forRepairBy: action.lowercased(), usesTLS: usesTLS) }
          guard !truths.contains(.no) else { continue }
          isDenied = true
          denial.actions.insert(action)
          if isNamed == .yes, truths.allSatisfy({ $0 == .yes }) { denial.isCertain = true }
        }
        if isDenied { denial.actors.append(actor.name) }
      }
      guard !denial.actors.isEmpty else { return nil }
      return RepairDenial(
        statement: statement.name, isCertain: denial.isCertain, actions: denial.actions.sorted(),
        actors: denial.actors, conditions: statement.conditions.map(\.key),
        resources: coverage == .all || statement.excludesResources ? [] : statement.resources)
    }
  }
}
