internal import AWSKit

extension PolicyDocument {
  /// A principal that a statement allows to read every object in question.
  package struct AllowedReader: Sendable, Hashable {
    package let principal: PolicyPrincipal
    package let statement: String
    /// The ARNs and accounts that a service may act for; empty for any.
    package let sources: [String]
  }

  /// Which readers a policy allows.
  package struct Reading: Sendable, Equatable {
    /// In the order of the statements, each principal once.
    package var readers: [AllowedReader] = []
    /// Principals that fixacl does not take for readers though a statement names them.
    package var remarks: [PolicyRemark] = []
    /// Principals that no grant can be made for: of interest if there is no reader at all.
    package var others: [UngrantablePrincipal] = []
  }

  /// Finds the principals that the policy allows to read every object in question. A narrower or conditional Allow is
  /// never turned into a grant, which would allow more than the policy.
  package func readers(of scope: PolicyScope) -> Reading {
    var reading = Reading()
    var leftOut: [(principal: PolicyPrincipal, remark: PolicyRemark)] = []
    for statement in statements where statement.allows {
      if statement.excludesActions || statement.excludesPrincipals || statement.excludesResources {
        guard scope.coverage(of: statement) != .none else { continue }
        reading.remarks.append(.negated(statement: statement.name))
        continue
      }
      guard statement.concernsReading else { continue }
      let coverage = scope.coverage(of: statement)
      guard coverage != .none else { continue }
      for principal in statement.principals {
        if let reader = statement.reader(principal, coverage: coverage) {
          if !reading.readers.contains(where: { $0.principal == principal }) { reading.readers.append(reader) }
        } else {
          statement.note(principal, coverage: coverage, scope: scope, in: &reading, &leftOut)
        }
      }
    }
    let taken = Set(reading.readers.map(\.principal))
    reading.remarks += leftOut.filter { !taken.contains($0.principal) }.map(\.remark)
    return reading
  }
}

extension PolicyDocument.Statement {
  /// Whether it allows something to more than those whom it names, be it under conditions.
  package var allowsStrangers: Bool { allows && (principals.contains(.everyone) || excludesPrincipals) }

  /// Nil if it is not a reader, or the policy allows it less than a grant would.
  fileprivate func reader(
    _ principal: PolicyPrincipal, coverage: PolicyScope.Coverage
  ) -> PolicyDocument.AllowedReader? {
    guard coverage == .all else { return nil }
    switch principal {
    case .originAccessIdentity, .canonicalUser:
      guard conditions.isEmpty else { return nil }
      return PolicyDocument.AllowedReader(principal: principal, statement: name, sources: [])
    case .cloudFront:
      // A service gets no grant: the policy remains what decides.
      guard conditions.allSatisfy(\.isMetByCloudFront) else { return nil }
      return PolicyDocument.AllowedReader(
        principal: principal, statement: name, sources: conditions.filter(\.namesSource).flatMap(\.values))
    default: return nil
    }
  }

  fileprivate func note(
    _ principal: PolicyPrincipal, coverage: PolicyScope.Coverage, scope: PolicyScope,
    in reading: inout PolicyDocument.Reading,
    _ leftOut: inout [(principal: PolicyPrincipal, remark: PolicyRemark)]
  ) {
    switch principal {
    case .everyone, .other,
      .service where principal != .cloudFront:
      reading.others.append(UngrantablePrincipal(principal: principal, statement: name))
    case .deleted:
      reading.remarks.append(.deletedPrincipal(principal, statement: name))
    default:
      let remark: PolicyRemark =
        coverage != .all
        ? .partial(
          principal, statement: name, resources: resources,
          prefix: resources.lazy.compactMap { scope.keyPrefix(of: $0) }.first)
        : .conditional(principal, statement: name, keys: conditions.map(\.key))
      leftOut.append((principal, remark))
    }
  }
}
