internal import FoundationEssentials
internal import AWSKit

/// A bucket policy, reduced to what decides who may read objects.
package struct PolicyDocument: Sendable, Equatable {
  /// One comparison in a statement's `Condition`; all of them must hold.
  package struct Condition: Sendable, Equatable {
    /// Such as `StringEquals`.
    package var comparison: String
    /// In lower case, such as `aws:sourcearn`.
    package var key: String
    package var values: [String]
  }

  package struct Statement: Sendable, Equatable {
    /// Its Sid, or its number from 1.
    package var name: String
    package var allows: Bool
    package var principals: [PolicyPrincipal]
    package var excludesPrincipals = false
    package var actions: [String]
    package var excludesActions = false
    package var resources: [String]
    package var excludesResources = false
    package var conditions: [Condition] = []
  }

  /// Why a policy cannot be parsed.
  package struct Malformed: Error, Sendable {
    package let detail: String
  }

  package var statements: [Statement]
  /// Whether `${…}` in it is a variable: policies of the version `2008-10-17`, which is the default, have none.
  package var hasVariables = false

  /// The text; nil if it was not parsed from one.
  package var source: [UInt8]?

  package init(statements: [Statement], hasVariables: Bool = false) {
    self.statements = statements
    self.hasVariables = hasVariables
  }

  package init(parsing bytes: [UInt8]) throws(Malformed) {
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: Data(bytes))
    } catch {
      throw Malformed(detail: "it is not the JSON of a policy")
    }
    statements = []
    hasVariables = document.version == "2012-10-17"
    source = bytes
    for (index, statement) in document.statements.enumerated() {
      statements.append(try statement.statement(number: index + 1))
    }
  }

  /// The same policy with canonical IDs in Amazon's form. An ID that cannot be canonical is not an account that a grant
  /// could name.
  package var withAmazonCanonicalIDs: PolicyDocument {
    var document = self
    for index in document.statements.indices {
      document.statements[index].principals = document.statements[index].principals.map { principal in
        guard case .canonicalUser(let id) = principal else { return principal }
        return AmazonCanonicalID.normalized(id).map { .canonicalUser($0) } ?? .other(id.value)
      }
    }
    return document
  }
}

/// The JSON; most of its values may be a single value or a list.
private struct Document: Decodable {
  let version: String?
  let statements: [StatementDocument]

  private enum CodingKeys: String, CodingKey {
    case version = "Version"
    case statement = "Statement"
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    version = try? values.decodeIfPresent(String.self, forKey: .version)
    if let list = try? values.decode([StatementDocument].self, forKey: .statement) {
      statements = list
    } else {
      statements = [try values.decode(StatementDocument.self, forKey: .statement)]
    }
  }
}

private struct StatementDocument: Decodable {
  let sid: String?
  let effect: String
  let principal: PrincipalDocument?
  let notPrincipal: PrincipalDocument?
  let action: Texts?
  let notAction: Texts?
  let resource: Texts?
  let notResource: Texts?
  let condition: [String: [String: Texts]]?

  private enum CodingKeys: String, CodingKey {
    case sid = "Sid"
    case effect = "Effect"
    case principal = "Principal"
    case notPrincipal = "NotPrincipal"
    case action = "Action"
    case notAction = "NotAction"
    case resource = "Resource"
    case notResource = "NotResource"
    case condition = "Condition"
  }

  func statement(number: Int) throws(PolicyDocument.Malformed) -> PolicyDocument.Statement {
    let name = sid.flatMap { $0.isEmpty ? nil : $0 } ?? "\(number)"
    guard effect == "Allow" || effect == "Deny" else {
      throw PolicyDocument.Malformed(detail: "statement \(name) has neither the effect Allow nor Deny")
    }
    guard let principals = principal ?? notPrincipal, let actions = action ?? notAction,
      let resources = resource ?? notResource
    else {
      throw PolicyDocument.Malformed(detail: "statement \(name) lacks a principal, an action or a resource")
    }
    var conditions: [PolicyDocument.Condition] = []
    for (comparison, keys) in (condition ?? [:]).sorted(by: { $0.key < $1.key }) {
      for (key, values) in keys.sorted(by: { $0.key < $1.key }) {
        conditions.append(
          PolicyDocument.Condition(comparison: comparison, key: key.lowercased(), values: values.texts))
      }
    }
    return PolicyDocument.Statement(
      name: name, allows: effect == "Allow", principals: principals.principals, excludesPrincipals: principal == nil,
      actions: actions.texts, excludesActions: action == nil, resources: resources.texts,
      excludesResources: resource == nil, conditions: conditions)
  }
}

private struct PrincipalDocument: Decodable {
  let principals: [PolicyPrincipal]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      principals = [text == "*" ? .everyone : .other(text)]
      return
    }
    let kinds = try container.decode([String: Texts].self)
    principals = kinds.sorted { $0.key < $1.key }.flatMap { kind, texts in
      texts.texts.map { PolicyPrincipal(kind: kind, $0) }
    }
  }
}

/// One value or several, each a string or a scalar that conditions accept in place of a string.
private struct Texts: Decodable {
  private struct Scalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else if let flag = try? container.decode(Bool.self) {
        text = flag ? "true" : "false"
      } else if let number = try? container.decode(Int.self) {
        text = "\(number)"
      } else {
        text = "\(try container.decode(Double.self))"
      }
    }
  }

  let texts: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let scalars: [Scalar]
    if let one = try? container.decode(Scalar.self) {
      scalars = [one]
    } else {
      scalars = try container.decode([Scalar].self)
    }
    texts = scalars.map(\.text)
  }
}
