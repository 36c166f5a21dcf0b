internal import Foundation

extension BucketPolicy {
  /// The most bytes of a bucket policy (User Guide: "Policies and permissions in Amazon S3").
  private static let maximumSize = 20 * 1024
  private static let elements: Set<String> = ["Version", "Id", "Statement"]
  private static let versions: Set<String> = ["2012-10-17", "2008-10-17"]
  private static let elementsOfStatements: Set<String> = [
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
  ]

  /// Checks what S3 checks when a policy is put, beyond what it means: its size, elements, version, actions and
  /// resources (IAM User Guide: "Grammar of the IAM JSON policy language"; User Guide: "Policy actions for Amazon S3",
  /// "Policy resources for Amazon S3").
  ///
  /// - Throws: `MalformedPolicy`.
  static func check(_ document: [UInt8], ofBucket bucket: String) throws(ServiceError) {
    guard document.count <= maximumSize else { throw malformed("Policy exceeds the maximum allowed document size.") }
    guard document.first == UInt8(ascii: "{"),
      let root = try? JSONSerialization.jsonObject(with: Data(document)) as? [String: Any]
    else { throw malformed("Policies must be valid JSON and the first byte must be '{'") }
    try checkElements(root, among: elements)
    if let version = root["Version"] {
      guard let version = version as? String, versions.contains(version) else {
        throw malformed("The policy must contain a valid version string")
      }
    }
    let list = root["Statement"] as? [Any] ?? root["Statement"].map { [$0] } ?? []
    var ids: Set<String> = []
    for element in list {
      guard let statement = element as? [String: Any] else { throw malformed("Invalid statement") }
      try check(statement: statement, bucket: bucket)
      if let id = statement["Sid"] {
        guard let id = id as? String else { throw malformed("Invalid Sid") }
        guard id.isEmpty || ids.insert(id).inserted else {
          throw malformed("Statement IDs (SID) in a single policy must be unique.")
        }
      }
    }
  }

  private static func checkElements(_ object: [String: Any], among known: Set<String>) throws(ServiceError) {
    for name in object.keys.sorted() where !known.contains(name) { throw malformed("Unknown field \(name)") }
  }

  private static func check(statement: [String: Any], bucket: String) throws(ServiceError) {
    try checkElements(statement, among: elementsOfStatements)
    for name in ["Principal", "Action", "Resource"] where statement[name] != nil && statement["Not" + name] != nil {
      throw malformed("Statement cannot contain both \(name) and Not\(name)")
    }
    guard statement["NotPrincipal"] == nil || statement["Effect"] as? String != "Allow" else {
      throw malformed("Allow with NotPrincipal is not allowed.")
    }
    if let condition = statement["Condition"], !(condition is [String: [String: Any]]) {
      throw malformed("Policy has invalid condition")
    }
    let actions = try texts(statement["Action"] ?? statement["NotAction"], "Action")
    let resources = try texts(statement["Resource"] ?? statement["NotResource"], "Resource")
    let given = resources.reduce(into: Set<S3Action.Resource>()) { $0.formUnion(kinds(of: $1, bucket: bucket)) }
    for action in actions {
      let wanted = S3Action.resources(of: action)
      guard !wanted.isEmpty else { throw malformed("Policy has invalid action") }
      // What is excluded may be anything.
      guard statement["NotAction"] == nil, statement["NotResource"] == nil else { continue }
      guard !wanted.isDisjoint(with: given) else {
        throw malformed("Action does not apply to any resource(s) in statement")
      }
    }
  }

  private static func kinds(of resource: String, bucket: String) -> Set<S3Action.Resource> {
    if resource.contains("/") { return [.object] }
    return resource.hasSuffix("*") ? [.bucket, .object] : [.bucket]
  }

  /// One text, or several.
  private static func texts(_ value: Any?, _ name: String) throws(ServiceError) -> [String] {
    guard let value else { throw malformed("Missing required field \(name)") }
    if let text = value as? String { return [text] }
    guard let list = value as? [String], !list.isEmpty else {
      throw malformed("Policy has invalid \(name.lowercased())")
    }
    return list
  }
}
