internal import AWSKit

/// Which paths a cache behaviour answers (CloudFront Developer Guide: "Cache behavior settings", path pattern).
struct PathPattern: Sendable {
  /// Nil fits every path.
  private let pattern: PolicyPattern?

  init(of behavior: CacheBehavior) {
    // A pattern fits with or without the slash at its beginning.
    pattern = behavior.pathPattern.map { PolicyPattern($0.hasPrefix("/") ? String($0.dropFirst()) : $0) }
  }

  /// - Parameter path: decoded, with the slash at its beginning.
  func fits(_ path: [UInt8]) -> Bool { pattern?.matches(Array(path.dropFirst())) ?? true }
}
