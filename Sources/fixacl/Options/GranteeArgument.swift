internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// A grantee as the AWS CLI writes it: `id=CANONICAL_ID`.
struct GranteeArgument: Equatable {
  let id: CanonicalID

  /// IDs are opaque until the server is known, but they end up in headers between quotation marks.
  ///
  /// - Throws: what else it is, and what to write instead.
  init(_ argument: String) throws(ValidationError) {
    guard argument.hasPrefix("id=") else {
      if AmazonCanonicalID.normalized(CanonicalID(argument)) != nil { throw ValidationError("write id=\(argument).") }
      throw ValidationError("write a grantee as id=CANONICAL_ID. " + CanonicalIDAdvice.text(for: argument))
    }
    try self.init(id: String(argument.dropFirst(3)))
  }

  /// - Parameter argument: an ID, with or without `id=`.
  init(withOrWithoutName argument: String) throws(ValidationError) {
    try self.init(id: argument.hasPrefix("id=") ? String(argument.dropFirst(3)) : argument)
  }

  /// - Parameter id: without `id=`.
  init(id: String) throws(ValidationError) {
    let isPlain = id.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x2c && $0 != 0x5c }
    guard !id.isEmpty else { throw ValidationError("the ID is missing: write id=CANONICAL_ID.") }
    guard isPlain else { throw ValidationError(CanonicalIDAdvice.text(for: id)) }
    self.id = CanonicalID(id)
  }
}
