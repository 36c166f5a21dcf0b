internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// The canonical ID of an account that owns objects.
struct OwnerArgument: Equatable {
  let id: CanonicalID

  /// IDs are opaque until the server is known; `id=` may stand before one, as in `--grant-read`.
  ///
  /// - Throws: what else it is, and what to write instead.
  init(_ argument: String) throws(ValidationError) {
    let text = argument.hasPrefix("id=") ? String(argument.dropFirst(3)) : argument
    if AmazonCanonicalID.isAnonymous(CanonicalID(text)) {
      id = CanonicalID(text)
    } else if Self.namesCloudFront(text) {
      throw ValidationError(Self.advice(for: text))
    } else {
      id = try GranteeArgument(id: text).id
    }
  }

  /// What a text is that is not a canonical ID of Amazon's, and what to write instead: whole sentences.
  static func advice(for text: String) -> String {
    guard namesCloudFront(text) else { return CanonicalIDAdvice.text(for: text) }
    return "'\(text.escapedForTerminal)' is CloudFront's, which owns no objects: name the account that uploaded them."
      + " '\(CanonicalIDAdvice.command)' with a profile of the account shows its canonical ID."
  }

  private static func namesCloudFront(_ text: String) -> Bool {
    AmazonCanonicalID.originAccessIdentity(in: text) != nil || AmazonCanonicalID.distribution(in: text) != nil
      || AmazonCanonicalID.isCloudFrontID(text)
  }
}
