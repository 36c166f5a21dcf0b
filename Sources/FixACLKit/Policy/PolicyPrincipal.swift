package import AWSKit

/// A principal of a bucket policy statement.
package enum PolicyPrincipal: Sendable, Hashable {
  case everyone
  /// A CloudFront origin access identity, by its ID.
  case originAccessIdentity(String)
  case canonicalUser(CanonicalID)
  /// Such as `cloudfront.amazonaws.com`.
  case service(String)
  /// The unique ID that S3 shows for a deleted user, role or origin access identity.
  case deleted(String)
  /// An account, user, role or session, by its ARN or account number: S3 does not reveal its canonical ID.
  case other(String)

  /// The principal of CloudFront's requests with an origin access control.
  package static let cloudFront = PolicyPrincipal.service(cloudFrontService)
  /// The name of CloudFront's service.
  package static let cloudFrontService = "cloudfront.amazonaws.com"

  private static let identityMark = ":iam::cloudfront:user/CloudFront Origin Access Identity "
  /// Prefixes of the unique IDs of users, roles, groups and instance profiles.
  private static let uniqueIDMarks = ["AIDA", "AROA", "AGPA", "AIPA", "ANPA"]

  /// - Parameter kind: `AWS`, `CanonicalUser`, `Service` or `Federated`.
  init(kind: String, _ text: String) {
    switch kind {
    case "CanonicalUser": self = .canonicalUser(CanonicalID(text))
    case "Service": self = .service(text.lowercased())
    case "AWS" where text == "*": self = .everyone
    case "AWS":
      if text.hasPrefix("arn:aws"), let mark = Self.end(of: Self.identityMark, in: text) {
        self = .originAccessIdentity(String(text[mark...]))
      } else if Self.uniqueIDMarks.contains(where: { text.hasPrefix($0) }), !text.utf8.contains(UInt8(ascii: ":")) {
        self = .deleted(text)
      } else {
        self = .other(text)
      }
    default: self = .other(text)
    }
  }

  private static func end(of mark: String, in text: String) -> String.Index? {
    var rest = text[...]
    while !rest.isEmpty {
      if rest.hasPrefix(mark) { return rest.index(rest.startIndex, offsetBy: mark.count) }
      rest.removeFirst()
    }
    return nil
  }
}

extension PolicyPrincipal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .everyone: "everybody"
    case .originAccessIdentity(let id): "the OAI \(id.escapedForTerminal)"
    case .canonicalUser(let id): "the canonical ID \(id)"
    case .service(let name): "the service \(name.escapedForTerminal)"
    case .deleted(let id): "\(id.escapedForTerminal)"
    case .other(let arn): arn.escapedForTerminal
    }
  }
}
