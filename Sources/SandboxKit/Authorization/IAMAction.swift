/// What a policy must allow for an operation, and for the same operation on a version that the request names.
struct IAMAction: Sendable, ExpressibleByStringLiteral {
  let name: String
  let nameForVersions: String

  /// Reads `s3:GetObject(Version)Acl`, as `s3:GetObjectAcl` and `s3:GetObjectVersionAcl`.
  init(stringLiteral text: String) {
    name = text.replacing("(Version)", with: "")
    nameForVersions = text.replacing("(Version)", with: "Version")
  }

  /// - Parameter versionID: nil if the request names no version.
  func name(forVersion versionID: String?) -> String { versionID == nil ? name : nameForVersions }
}
