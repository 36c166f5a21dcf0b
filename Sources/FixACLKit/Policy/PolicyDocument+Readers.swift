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
    /// Principals that a statement names but fixacl does not treat as readers, and why: whole sentences.
    package var remarks: [String] = []
    /// Principals that no grant is made for; reported if no reader is found at all.
    package var others: [String] = []
  }

  /// Finds the principals that the policy allows to read every object in question. A narrower or conditional Allow is
  /// never turned into a grant, which would allow more than the policy.
  package func readers(of scope: PolicyScope) -> Reading {
    var reading = Reading()
    var leftOut: [(principal: PolicyPrincipal, remark: String)] = []
    for statement in statements where statement.allows {
      if statement.excludesActions || statement.excludesPrincipals || statement.excludesResources {
        guard scope.coverage(of: statement) != .none else { continue }
        reading.remarks.append(
          "statement \(statement.name.escapedForTerminal) of the bucket policy allows by NotPrincipal, NotAction or"
            + " NotResource, which fixacl does not read: name whom it lets in with --grant-read, if it is meant")
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
  /// Nil if it is no reader, or the policy allows it less than a grant would.
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
    _ leftOut: inout [(principal: PolicyPrincipal, remark: String)]
  ) {
    let statement = "statement \(name.escapedForTerminal) of the bucket policy"
    switch principal {
    case .everyone, .other,
      .service where principal != .cloudFront:
      reading.others.append("\(principal) (statement \(name.escapedForTerminal))")
    case .deleted:
      reading.remarks.append(
        "\(statement) lets \(principal) in, a principal that no longer exists, such as a deleted OAI: put the OAI that"
          + " the distribution has now in its place")
    default:
      let why: String
      if coverage != .all {
        let prefix = resources.lazy.compactMap { scope.keyPrefix(of: $0) }.first
        why =
          "lets \(principal) read only \(resources.joined(separator: ", ").escapedForTerminal), and not every object of"
          + " this scan: it is not taken for a reader. Use "
          + (prefix.map { "--prefix \($0.escapedForTerminal)" } ?? "--prefix") + " for that part, or "
          + (principal == .cloudFront ? "--distribution E…" : "--grant-read")
      } else {
        let keys = conditions.map(\.key).joined(separator: ", ").escapedForTerminal
        why =
          principal == .cloudFront
          ? "lets \(principal) read under a Condition (\(keys)) of which fixacl cannot tell whether it holds: it is not"
            + " taken for a reader. Name the distribution with --distribution E…, if it reads by an origin access control"
          : "lets \(principal) read under a Condition (\(keys)), which no ACL can have: it is not taken for a reader."
            + " Name it with --grant-read, if it may read without"
      }
      leftOut.append((principal, "\(statement) \(why)"))
    }
  }
}
