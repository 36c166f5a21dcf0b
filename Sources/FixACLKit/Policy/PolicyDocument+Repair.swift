package import AWSKit

/// Somebody whose credentials a repair uses, and what it has to do with them.
package struct RepairActor: Sendable, Equatable {
  /// For people: `profile tools`.
  package let name: String
  package let id: CanonicalID
  /// Rights by the names that IAM has for them.
  package let actions: [String]

  package init(name: String, id: CanonicalID, actions: [String]) {
    self.name = name
    self.id = id
    self.actions = actions
  }
}

extension PolicyDocument {
  /// A Deny that stands in the way of the repair itself.
  package struct RepairDenial: Sendable, Equatable {
    package let statement: String
    /// Whether it is sure to apply: to everybody or to the account by its ID, with conditions that hold.
    package let isCertain: Bool
    /// What it denies of what the repair does.
    package let actions: [String]
    /// To whom, for people.
    package let actors: [String]
    /// The keys of the conditions of which it is not known whether they hold, or that a request would have to meet.
    package let conditions: [String]
    /// The resources that it denies; empty for every object in question.
    package let resources: [String]
  }

  /// The Denies that refuse what a repair does.
  ///
  /// - Parameter usesTLS: whether the server is spoken to by `https`.
  package func repairDenials(
    of actors: [RepairActor], in scope: PolicyScope, usesTLS: Bool
  ) -> [RepairDenial] {
    statements.compactMap { statement in
      guard !statement.allows else { return nil }
      let coverage = scope.coverage(of: statement)
      guard coverage != .none else { return nil }
      var denial: (isCertain: Bool, actions: Set<String>, actors: [String]) = (false, [], [])
      for actor in actors {
        guard let isNamed = statement.names(actor.id) else { continue }
        var isDenied = false
        for action in actor.actions where statement.isAbout(action) {
          let truths = statement.conditions.map { $0.truth(forRepairBy: action.lowercased(), usesTLS: usesTLS) }
          guard !truths.contains(.unmet) else { continue }
          isDenied = true
          denial.actions.insert(action)
          if isNamed, truths.allSatisfy({ $0 == .met }) { denial.isCertain = true }
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

extension PolicyDocument.Statement {
  /// Whether it names the account: true where it surely does, false where it may (an ARN tells no canonical ID); nil
  /// where it does not.
  fileprivate func names(_ id: CanonicalID) -> Bool? {
    let isSure = principals.contains { $0 == .everyone || $0 == .canonicalUser(id) }
    let mayBe = principals.contains { principal in
      if case .other = principal { true } else { false }
    }
    guard excludesPrincipals else { return isSure ? true : mayBe ? false : nil }
    return isSure ? nil : !mayBe
  }

  fileprivate func isAbout(_ action: String) -> Bool {
    let action = Array(action.lowercased().utf8)
    return actions.contains { PolicyPattern($0, ignoresCase: true).matches(action) } != excludesActions
  }
}
