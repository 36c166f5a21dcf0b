internal import AWSKit

/// A condition of a statement: an operator, a key, and the values that it is compared with (IAM User Guide: "IAM JSON
/// policy elements: Condition operators").
struct PolicyCondition: Sendable {
  private enum Comparison: String, CaseIterable {
    case stringEquals = "StringEquals"
    case stringEqualsIgnoreCase = "StringEqualsIgnoreCase"
    case stringLike = "StringLike"
    case arnEquals = "ArnEquals"
    case arnLike = "ArnLike"
    case bool = "Bool"
    case null = "Null"
    case ipAddress = "IpAddress"
    case numericEquals = "NumericEquals"
    case numericLessThan = "NumericLessThan"
    case numericLessThanEquals = "NumericLessThanEquals"
    case numericGreaterThan = "NumericGreaterThan"
    case numericGreaterThanEquals = "NumericGreaterThanEquals"
    case dateEquals = "DateEquals"
    case dateLessThan = "DateLessThan"
    case dateLessThanEquals = "DateLessThanEquals"
    case dateGreaterThan = "DateGreaterThan"
    case dateGreaterThanEquals = "DateGreaterThanEquals"

    /// The name of the operator that says the opposite; nil where there is none.
    var negated: String? {
      switch self {
      case .stringEquals: "StringNotEquals"
      case .stringEqualsIgnoreCase: "StringNotEqualsIgnoreCase"
      case .stringLike: "StringNotLike"
      case .arnEquals: "ArnNotEquals"
      case .arnLike: "ArnNotLike"
      case .ipAddress: "NotIpAddress"
      case .numericEquals: "NumericNotEquals"
      case .dateEquals: "DateNotEquals"
      default: nil
      }
    }
  }

  /// What of several values of a key must fit.
  private enum Quantifier {
    case anyValue, allValues
  }

  /// In lower case.
  let key: String
  private let comparison: Comparison
  private let isNegated: Bool
  private let quantifier: Quantifier?
  /// `…IfExists`: holds where the request has no such key.
  private let isOptional: Bool
  private let values: [String]

  /// - Throws: 501 for an operator or a key that the sandbox cannot decide.
  init(_ name: String, key: String, values: [String]) throws(ServiceError) {
    var rest = name[...]
    var quantifier: Quantifier?
    for (prefix, meaning) in [("ForAnyValue:", Quantifier.anyValue), ("ForAllValues:", .allValues)]
    where rest.hasPrefix(prefix) {
      rest = rest.dropFirst(prefix.count)
      quantifier = meaning
    }
    isOptional = rest.hasSuffix("IfExists")
    if isOptional { rest = rest.dropLast("IfExists".count) }
    let found = Comparison.allCases.first { $0.rawValue == rest || $0.negated == String(rest) }
    guard let found, RequestContext.knows(key.lowercased()) else {
      throw .notImplemented("a bucket policy with the condition \(name) on \(key)")
    }
    self.quantifier = quantifier
    self.key = key.lowercased()
    comparison = found
    isNegated = found.rawValue != rest
    self.values = values
    if found == .ipAddress, values.contains(where: { AddressRange($0) == nil }) {
      throw ServiceError(400, "MalformedPolicy", "Policy has invalid condition")
    }
  }

  /// Whether the condition keeps a statement for everybody from being public (S3 User Guide: "The meaning of public").
  var narrowsCallers: Bool {
    guard !isNegated, !isOptional, !values.isEmpty, quantifier != .allValues, comparison != .null else { return false }
    switch key {
    case "aws:sourceip":
      // A range of more addresses than these is as good as everybody.
      return values.allSatisfy { AddressRange($0).map { $0.prefixLength >= ($0.isIPv6 ? 32 : 8) } ?? false }
    case "aws:sourcearn", "aws:sourceaccount", "aws:sourcevpc", "aws:sourcevpce", "aws:principalarn",
      "aws:principalaccount", "aws:principalorgid", "aws:userid":
      return !values.contains { Wildcard($0).isOpen || $0.contains("${") }
    default: return false
    }
  }

  func holds(for context: RequestContext) -> Bool {
    let actual = context.values(of: key)
    if comparison == .null {
      return values.contains { ($0.lowercased() == "true") == actual.isEmpty }
    }
    guard !actual.isEmpty else {
      return switch quantifier {
      case .anyValue: false
      case .allValues: true
      case nil: isOptional || isNegated
      }
    }
    func fits(_ value: String) -> Bool { values.contains { matches(value, $0, context) } != isNegated }
    return quantifier == .allValues ? actual.allSatisfy(fits) : actual.contains(where: fits)
  }

  private func matches(_ value: String, _ wanted: String, _ context: RequestContext) -> Bool {
    switch comparison {
    case .stringEquals: return PolicyVariables.text(wanted, in: context) == value
    case .stringEqualsIgnoreCase: return PolicyVariables.text(wanted, in: context)?.lowercased() == value.lowercased()
    // ArnEquals and ArnLike behave identically; each part of an ARN is a pattern of its own.
    case .arnEquals, .arnLike: return PolicyVariables.pattern(wanted, in: context)?.matchesARN(value) ?? false
    case .stringLike: return PolicyVariables.pattern(wanted, in: context)?.matches(value) ?? false
    case .bool: return wanted.lowercased() == value.lowercased()
    case .null: return false
    case .ipAddress: return AddressRange(wanted)?.contains(value) ?? false
    case .numericEquals: return number(value, wanted, ==)
    case .numericLessThan: return number(value, wanted, <)
    case .numericLessThanEquals: return number(value, wanted, <=)
    case .numericGreaterThan: return number(value, wanted, >)
    case .numericGreaterThanEquals: return number(value, wanted, >=)
    case .dateEquals: return date(value, wanted, ==)
    case .dateLessThan: return date(value, wanted, <)
    case .dateLessThanEquals: return date(value, wanted, <=)
    case .dateGreaterThan: return date(value, wanted, >)
    case .dateGreaterThanEquals: return date(value, wanted, >=)
    }
  }

  private func number(_ value: String, _ wanted: String, _ compare: (Double, Double) -> Bool) -> Bool {
    guard let value = Double(value), let wanted = Double(wanted) else { return false }
    return compare(value, wanted)
  }

  private func date(_ value: String, _ wanted: String, _ compare: (Int, Int) -> Bool) -> Bool {
    guard let value = Self.seconds(value), let wanted = Self.seconds(wanted) else { return false }
    return compare(value, wanted)
  }

  /// Of a date as ISO 8601 writes it, or of the seconds since 1970.
  private static func seconds(_ text: String) -> Int? {
    if let seconds = Int(text) { return seconds }
    return Timestamp(extended: text.utf8.count == 10 ? text + "T00:00:00Z" : text)?.seconds
  }
}

/// The variables in policies (IAM User Guide: "IAM policy elements: Variables and tags").
enum PolicyVariables {
  /// With the values of the variables; nil where the request lacks one that has no default.
  static func text(_ text: String, in context: RequestContext) -> String? {
    guard text.contains("${") else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.range(of: "${") {
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
      result += rest[..<start.lowerBound]
      let parts = rest[start.upperBound..<end].split(separator: ",", maxSplits: 1)
      let name = parts.first.map { $0.trimmed.lowercased() } ?? ""
      let fallback = parts.count > 1 ? parts[1].trimmed.filter { $0 != "'" } : nil
      // These three stand for the characters themselves.
      if ["*", "?", "$"].contains(name) {
        result += name
      } else if let value = context.values(of: name).first ?? fallback {
        result += value
      } else {
        return nil
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}

extension PolicyVariables {
  /// The same as a pattern. A value with an asterisk counts as one too, unlike on AWS.
  static func pattern(_ text: String, in context: RequestContext) -> Wildcard? {
    self.text(text, in: context).map { Wildcard($0) }
  }
}

extension Substring {
  fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }

  fileprivate func range(of text: String) -> Range<Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(text) { return index..<self.index(index, offsetBy: text.count) }
      index = self.index(after: index)
    }
    return nil
  }
}

extension Wildcard {
  /// Whether each of the six parts of an ARN fits.
  fileprivate func matchesARN(_ arn: String) -> Bool {
    func parts(_ text: String) -> [String] {
      text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    }
    let (wanted, actual) = (parts(text), parts(arn))
    guard wanted.count == 6, actual.count == 6 else { return matches(arn) }
    return zip(wanted, actual).allSatisfy { Wildcard($0).matches($1) }
  }
}
