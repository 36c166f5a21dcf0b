internal import AWSKit

/// A request as AWS STS understands it: an action of the query protocol, with its parameters.
struct STSCall {
  /// The actions that the sandbox does, by their names in the STS API.
  enum Action: String, CaseIterable, Sendable {
    case getCallerIdentity = "GetCallerIdentity"
    case getSessionToken = "GetSessionToken"
    case assumeRole = "AssumeRole"
    case assumeRoleWithWebIdentity = "AssumeRoleWithWebIdentity"
  }

  let action: Action
  /// From the query of a GET, or the form of a POST.
  private let parameters: [(name: String, value: [UInt8])]

  /// - Throws: 501 for what the sandbox does not do.
  init(_ request: SandboxRequest) throws(ServiceError) {
    switch request.method {
    case "GET": parameters = request.query
    case "POST":
      let form = String(decoding: request.body, as: UTF8.self)
      parameters = request.query + SandboxRequest(method: "GET", uri: "/?" + form).query
    default: throw .notImplemented("\(request.method) on STS")
    }
    let name = Self.text("Action", in: parameters) ?? ""
    guard let action = Action(rawValue: name) else { throw .notImplemented("the STS action '\(name)'") }
    let version = Self.text("Version", in: parameters) ?? "NO_VERSION_SPECIFIED"
    guard version == "2011-06-15" else {
      throw ServiceError(400, "InvalidAction", "Could not find operation \(name) for version \(version)")
    }
    self.action = action
  }

  /// A parameter; nil where it is not there.
  subscript(name: String) -> String? { Self.text(name, in: parameters) }

  /// - Parameter known: the parameters that the action's caller may set, besides those of all actions.
  /// - Throws: 501 where there are others, which would change what the action does.
  func refuseParameters(besides known: Set<String>) throws(ServiceError) {
    let names = Set(parameters.map { String($0.name.prefix { $0 != "." }) })
    guard let unknown = names.subtracting(known).subtracting(["Action", "Version"]).min() else { return }
    throw .notImplemented("\(action.rawValue) with \(unknown)")
  }

  /// `Tags.member.1.Key` and `Tags.member.1.Value`, and so on.
  func tags() throws(ServiceError) -> [ObjectTag] {
    var tags: [ObjectTag] = []
    while let key = self["Tags.member.\(tags.count + 1).Key"] {
      tags.append(ObjectTag(key: key, value: self["Tags.member.\(tags.count + 1).Value"] ?? ""))
    }
    let names = Set(tags.map { $0.key.lowercased() })
    guard tags.count <= 50, tags.allSatisfy({ (1...128).contains($0.key.count) && $0.value.count <= 256 }) else {
      throw .validationError("1 validation error detected: Value at 'tags' failed to satisfy constraint")
    }
    guard names.count == tags.count else {
      throw ServiceError(
        400, "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    }
    return tags
  }

  private static func text(_ name: String, in parameters: [(name: String, value: [UInt8])]) -> String? {
    parameters.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
  }
}
