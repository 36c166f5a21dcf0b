internal import Foundation
internal import AWSKit

extension BucketPolicy {
  /// Reads the document that PutBucketPolicy takes.
  ///
  /// - Throws: `MalformedPolicy`; 501 for a condition that the sandbox cannot decide, since a policy must not mean
  ///   something else here than on AWS.
  package init(parsing bytes: [UInt8]) throws(ServiceError) {
    guard let root = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
      throw Self.malformed("Policies must be valid JSON and the first byte must be '{'")
    }
    guard let statement = root["Statement"] else { throw Self.malformed("Missing required field Statement") }
    let list = statement as? [Any] ?? [statement]
    guard !list.isEmpty else { throw Self.malformed("Could not parse the policy: Statement is empty!") }
    var statements: [Statement] = []
    for element in list {
      guard let statement = element as? [String: Any] else { throw Self.malformed("Invalid statement") }
      statements.append(try Self.statement(statement))
    }
    self.init(source: bytes, statements: statements)
  }

  static func malformed(_ message: String) -> ServiceError { ServiceError(400, "MalformedPolicy", message) }

  private static func statement(_ json: [String: Any]) throws(ServiceError) -> Statement {
    guard let value = json["Effect"] else { throw malformed("Missing required field Effect") }
    guard let effect = value as? String, effect == "Allow" || effect == "Deny" else {
      throw malformed("Invalid effect: \(value)")
    }
    guard let principal = json["Principal"] ?? json["NotPrincipal"] else {
      throw malformed("Missing required field Principal")
    }
    guard let action = json["Action"] ?? json["NotAction"] else { throw malformed("Missing required field Action") }
    guard let resource = json["Resource"] ?? json["NotResource"] else {
      throw malformed("Missing required field Resource")
    }
    var conditions: [PolicyCondition] = []
    for (name, keys) in json["Condition"] as? [String: [String: Any]] ?? [:] {
      for (key, value) in keys { conditions.append(try PolicyCondition(name, key: key, values: strings(value))) }
    }
    return Statement(
      allows: effect == "Allow", principals: try principals(principal), excludesPrincipals: json["NotPrincipal"] != nil,
      actions: strings(action).map { Wildcard($0, ignoresCase: true) }, excludesActions: json["NotAction"] != nil,
      resources: strings(resource).map { Wildcard($0) }, excludesResources: json["NotResource"] != nil,
      conditions: conditions)
  }

  private static func strings(_ value: Any) -> [String] {
    switch value {
    case let text as String: [text]
    case let list as [Any]: list.flatMap(strings)
    case let flag as Bool: [flag ? "true" : "false"]
    case let number as NSNumber: [number.stringValue]
    default: []
    }
  }

  private static func principals(_ json: Any) throws(ServiceError) -> [Principal] {
    if let text = json as? String {
      guard text == "*" else { throw malformed("Invalid principal in policy") }
      return [.everyone]
    }
    guard let map = json as? [String: Any] else { throw malformed("Invalid principal in policy") }
    var result: [Principal] = []
    for (kind, value) in map {
      for text in strings(value) { result.append(try principal(kind, text)) }
    }
    return result
  }

  private static func principal(_ kind: String, _ text: String) throws(ServiceError) -> Principal {
    let isDigits = text.allSatisfy { $0.isASCII && $0.isNumber }
    switch kind {
    case "AWS" where text == "*": return .everyone
    case "AWS" where text.count == 12 && isDigits: return .account(text)
    case "AWS" where text.hasPrefix("arn:aws:iam::") && text.hasSuffix(":root"):
      return .account(String(text.dropFirst("arn:aws:iam::".count).dropLast(":root".count)))
    // What is left of a principal that was deleted is an ID, and matches nobody.
    case "AWS" where text.hasPrefix("arn:aws:") || text.hasPrefix("AIDA") || text.hasPrefix("AROA"): return .arn(text)
    case "CanonicalUser": return .canonicalUser(CanonicalID(text))
    case "Service": return .service(text)
    default: throw malformed("Invalid principal in policy")
    }
  }
}
