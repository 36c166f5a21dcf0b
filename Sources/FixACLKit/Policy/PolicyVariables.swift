/// Text of a policy in which variables stand for what a request has (IAM User Guide: "IAM policy elements: Variables and
/// tags").
struct PolicyVariables {
  let request: PolicyRequest
  /// Whether the policy is of the version that has variables, `2012-10-17`; else `${` stands for itself.
  let areOn: Bool

  /// What a text is once its variables are replaced.
  enum Expansion {
    case elements([PolicyPattern.Element])
    /// The request has no such key, and the text no default: it fits nothing.
    case fitsNothing
    case unknown
  }

  /// Replaces variables. What they stand for is literal: an asterisk in it is not a wildcard.
  func expand(_ text: String) -> Expansion {
    var elements: [PolicyPattern.Element] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      guard areOn, first == UInt8(ascii: "$"), rest.dropFirst().first == UInt8(ascii: "{"),
        let end = rest.firstIndex(of: UInt8(ascii: "}"))
      else {
        elements.append(PolicyPattern.Element(first))
        rest.removeFirst()
        continue
      }
      let content = String(decoding: rest[(rest.startIndex + 2)..<end], as: UTF8.self)
      let parts = content.split(separator: ",", maxSplits: 1).map(String.init)
      let name = parts.first?.trimmed.lowercased() ?? ""
      let fallback = parts.count > 1 ? parts[1].trimmed.filter { $0 != "'" } : nil
      if ["*", "?", "$"].contains(name) {
        elements += name.utf8.map { .byte($0) }
      } else {
        switch request.value(of: name) {
        case .values(let values) where values.count == 1: elements += values[0].utf8.map { .byte($0) }
        case .absent:
          guard let fallback else { return .fitsNothing }
          elements += fallback.utf8.map { .byte($0) }
        case .values, .oneOf, .unknown: return .unknown
        }
      }
      rest = rest[(end + 1)...]
    }
    return .elements(elements)
  }

  /// Whether a pattern fits a text, once its variables are replaced.
  func fits(_ pattern: String, _ text: [UInt8]) -> Truth {
    switch expand(pattern) {
    case .elements(let elements): Truth(PolicyPattern(elements).matches(text))
    case .fitsNothing: .no
    case .unknown: .unknown
    }
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
