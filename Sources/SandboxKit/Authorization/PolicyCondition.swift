/// A condition of a statement: an operator, a key, and the values that it is compared with.
struct PolicyCondition: Sendable {
  private enum Key: String {
    case sourceARN = "aws:sourcearn"
    case sourceAccount = "aws:sourceaccount"
    case principalAccount = "aws:principalaccount"
    case principalARN = "aws:principalarn"
    case secureTransport = "aws:securetransport"
  }

  private let key: Key
  private let isNegated: Bool
  /// `…IfExists`: holds where the request has no such key.
  private let holdsWithoutKey: Bool
  private let values: [Wildcard]

  /// - Throws: 501 for an operator or a key that the sandbox cannot decide.
  init(_ name: String, key: String, values: [String]) throws(ServiceError) {
    let isOptional = name.hasSuffix("IfExists")
    let comparison = isOptional ? String(name.dropLast("IfExists".count)) : name
    let comparisons: Set = [
      "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "ArnEquals", "ArnNotEquals", "ArnLike",
      "ArnNotLike", "Bool",
    ]
    guard comparisons.contains(comparison), let known = Key(rawValue: key.lowercased()) else {
      throw .notImplemented("a bucket policy with the condition \(name) on \(key)")
    }
    self.key = known
    isNegated = comparison.contains("Not")
    holdsWithoutKey = isOptional || isNegated
    // StringEquals knows no wildcards: a value that has some would be taken for a pattern here.
    if comparison.hasPrefix("StringE") || comparison.hasPrefix("StringNotE"),
      values.contains(where: { Wildcard($0).isOpen })
    {
      throw .notImplemented("a bucket policy with \(comparison) on a value with a wildcard")
    }
    self.values = values.map { Wildcard($0) }
  }

  /// Whether the condition keeps a statement for everybody from being public.
  var narrowsCallers: Bool {
    key != .secureTransport && !isNegated && !values.contains { $0.isOpen }
  }

  func holds(for caller: Caller) -> Bool {
    guard let value = value(for: caller) else { return holdsWithoutKey }
    return values.contains { $0.matches(value) } != isNegated
  }

  private func value(for caller: Caller) -> String? {
    switch (key, caller) {
    case (.sourceARN, .service(_, let arn)): arn
    case (.sourceAccount, .service(_, let arn)):
      arn.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first.map(String.init)
    case (.principalAccount, .identity(let identity)): identity.account.accountID
    case (.principalARN, .identity(let identity)): identity.arn
    // Taken for true, though the sandbox speaks plain HTTP: a policy that demands TLS must not stop a rehearsal.
    case (.secureTransport, _): "true"
    default: nil
    }
  }
}
