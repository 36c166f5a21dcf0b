internal import AWSKit

extension Distribution {
  /// What of a cache behaviour counts for a view.
  struct Behavior: Sendable {
    let originID: String
    /// Whether viewers need a signed URL or cookies.
    let isRestricted: Bool

    init(_ element: XMLNode) {
      originID = element["TargetOriginId"]?.text ?? ""
      isRestricted = ["TrustedSigners", "TrustedKeyGroups"].contains { element[$0]?["Enabled"]?.text == "true" }
    }
  }

  /// The first behaviour whose path pattern fits, else the default one.
  func behavior(for path: ObjectKey) -> Behavior {
    // The slash at the beginning of a pattern may be left out.
    let path = path.text.withoutLeadingSlash
    let fitting = self["CacheBehaviors"]?["Items"]?.children.first { element in
      element["PathPattern"].map { Wildcard($0.text.withoutLeadingSlash).matches(path) } ?? false
    }
    guard let element = fitting ?? self["DefaultCacheBehavior"] else { fatalError("it was checked when it came") }
    return Behavior(element)
  }

  /// How many seconds an error with that status is cached; nil where the distribution does not say.
  func errorLifetime(of status: Int) -> Int? {
    self["CustomErrorResponses"]?["Items"]?.children.first { $0["ErrorCode"]?.text == String(status) }
      .flatMap { $0["ErrorCachingMinTTL"].flatMap { Int($0.text) } }
  }
}

extension String {
  fileprivate var withoutLeadingSlash: String { hasPrefix("/") ? String(dropFirst()) : self }
}
