package import AWSKit

/// An account whose credentials a repair uses, and the actions it needs.
package struct RepairActor: Sendable, Equatable {
  /// For messages: `profile tools`.
  package let name: String
  package let id: CanonicalID
  /// The needed IAM actions.
  package let actions: [String]

  package init(name: String, id: CanonicalID, actions: [String]) {
    self.name = name
    self.id = id
    self.actions = actions
  }
}

extension PolicyDocument {
  /// A Deny that blocks a request of the repair itself.
  package struct RepairDenial: Sendable, Equatable {
    package let statement: String
    /// Whether it certainly applies: it names everybody or the account's ID, and its conditions hold.
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
  /// Whether it names the account: true if it certainly does, false if it may (an ARN does not show a canonical ID),
  /// nil if it does not.
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
