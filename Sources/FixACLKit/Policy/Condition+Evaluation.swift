internal import AWSKit

/// Conditions (IAM User Guide: "IAM JSON policy elements: Condition operators", "Set operators").
extension PolicyDocument.Condition {
  private enum Quantifier {
    case anyValue, allValues
  }

  /// What the operator's name says.
  private struct Comparison {
    var quantifier: Quantifier?
    /// `…IfExists`: holds if the request has no such key.
    var isOptional = false
    var isNegated = false
    /// In lower case, without what the other members say: `stringequals`, `ipaddress`, …
    var name: String

    init(_ text: String) {
      var rest = text.lowercased()[...]
      if rest.hasPrefix("foranyvalue:") {
        quantifier = .anyValue
        rest.removeFirst("foranyvalue:".count)
      } else if rest.hasPrefix("forallvalues:") {
        quantifier = .allValues
        rest.removeFirst("forallvalues:".count)
      }
      if rest.hasSuffix("ifexists") {
        isOptional = true
        rest.removeLast("ifexists".count)
      }
      for kind in ["string", "arn", "numeric", "date"] where rest.hasPrefix(kind + "not") {
        isNegated = true
        rest = kind + rest.dropFirst(kind.count + 3)
      }
      if rest == "notipaddress" {
        isNegated = true
        rest = "ipaddress"
      }
      name = String(rest)
    }
  }

  /// Whether the condition holds for a request.
  func truth(for request: PolicyRequest, _ variables: PolicyVariables) -> Truth {
    let comparison = Comparison(comparison)
    let actual = request.value(of: key)
    if comparison.name == "null" {
      guard actual != .unknown else { return .unknown }
      return .any(values.map { Truth(($0.lowercased() == "true") == (actual == .absent)) })
    }
    switch actual {
    case .unknown: return .unknown
    case .absent:
      guard Self.known.contains(comparison.name) else { return .unknown }
      return switch comparison.quantifier {
      case .anyValue: .no
      case .allValues: .yes
      case nil: Truth(comparison.isOptional || comparison.isNegated)
      }
    case .values(let actual):
      let truths = actual.map { fits($0, comparison, variables) }
      return comparison.quantifier == .allValues ? .all(truths) : .any(truths)
    case .oneOf(let candidates):
      // The same whichever it is.
      let truths = candidates.map { fits($0, comparison, variables) }
      return truths.dropFirst().allSatisfy { $0 == truths.first } ? truths.first ?? .unknown : .unknown
    }
  }

  private static let known: Set<String> = [
    "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "bool", "ipaddress",
    "numericequals",
    "numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals", "dateequals",
    "datelessthan", "datelessthanequals", "dategreaterthan", "dategreaterthanequals", "binaryequals",
  ]

  private func fits(_ actual: String, _ comparison: Comparison, _ variables: PolicyVariables) -> Truth {
    let fits = Truth.any(values.map { Self.fits(actual, $0, comparison.name, variables) })
    return comparison.isNegated ? !fits : fits
  }

  private static func fits(
    _ actual: String, _ wanted: String, _ name: String, _ variables: PolicyVariables
  ) -> Truth {
    switch name {
    case "stringequals", "binaryequals":
      return literally(wanted, variables) { Truth($0 == Array(actual.utf8)) }
    case "stringequalsignorecase":
      return literally(wanted, variables) {
        Truth(Array(String(decoding: $0, as: UTF8.self).lowercased().utf8) == Array(actual.lowercased().utf8))
      }
    case "stringlike": return variables.fits(wanted, Array(actual.utf8))
    case "arnequals", "arnlike":
      switch variables.expand(wanted) {
      case .elements(let elements): return fitsARN(elements, actual)
      case .fitsNothing: return .no
      case .unknown: return .unknown
      }
    case "bool": return Truth(actual.lowercased() == wanted.lowercased())
    case "ipaddress":
      return literally(wanted, variables) { wanted in
        AddressRange(String(decoding: wanted, as: UTF8.self))?.contains(actual).map { Truth($0) } ?? .unknown
      }
    default:
      if name.hasPrefix("numeric") {
        return order(Double(actual), Double(wanted), String(name.dropFirst("numeric".count)))
      }
      if name.hasPrefix("date") {
        return order(seconds(actual), seconds(wanted), String(name.dropFirst("date".count)))
      }
      return .unknown
    }
  }

  /// With a text whose asterisks are none but themselves.
  private static func literally(
    _ wanted: String, _ variables: PolicyVariables, _ compare: ([UInt8]) -> Truth
  ) -> Truth {
    switch variables.expand(wanted) {
    case .elements(let elements):
      compare(
        elements.map { element in
          switch element {
          case .byte(let byte): byte
          case .anyByte: UInt8(ascii: "?")
          case .anyBytes: UInt8(ascii: "*")
          }
        })
    case .fitsNothing: .no
    case .unknown: .unknown
    }
  }

  /// Each of the six parts of an ARN is compared for itself. AWS does not say what a pattern of fewer parts fits.
  private static func fitsARN(_ pattern: [PolicyPattern.Element], _ arn: String) -> Truth {
    let colon = UInt8(ascii: ":")
    let wanted = pattern.split(separator: .byte(colon), maxSplits: 5, omittingEmptySubsequences: false)
    let actual = arn.utf8.split(separator: colon, maxSplits: 5, omittingEmptySubsequences: false)
    guard wanted.count == 6, actual.count == 6 else {
      guard PolicyPattern(pattern).matches(Array(arn.utf8)) else { return .no }
      return pattern.allSatisfy { $0 == .anyBytes } ? .yes : .unknown
    }
    return Truth(zip(wanted, actual).allSatisfy { PolicyPattern($0).matches(Array($1)) })
  }

  private static func order<Value: Comparable>(_ actual: Value?, _ wanted: Value?, _ name: String) -> Truth {
    guard let actual, let wanted else { return .unknown }
    switch name {
    case "equals": return Truth(actual == wanted)
    case "lessthan": return Truth(actual < wanted)
    case "lessthanequals": return Truth(actual <= wanted)
    case "greaterthan": return Truth(actual > wanted)
    case "greaterthanequals": return Truth(actual >= wanted)
    default: return .unknown
    }
  }

  /// Of an ISO 8601 date, or of the seconds since 1970 themselves.
  private static func seconds(_ text: String) -> Int? {
    Int(text) ?? Timestamp(iso8601: text)?.seconds
  }
}
