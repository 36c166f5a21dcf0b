package import AWSKit

/// At which paths a distribution serves a bucket's objects.
package struct ServedKeys: Sendable {
  private struct Behavior: Sendable {
    let pattern: PathPattern
    /// What stands before the viewer's path in the keys, of each origin that is the bucket.
    let prefixes: [[UInt8]]
  }

  /// In the order in which CloudFront tries them.
  private let behaviors: [Behavior]
  /// What stands before the viewer's path in the keys, without slash at the beginning, with one at the end.
  private let prefixes: [[UInt8]]
  /// With a slash at the beginning; nil for none.
  private let defaultRootPath: [UInt8]?

  package init(_ distribution: Distribution, bucket: String) {
    behaviors = distribution.behaviors.map { behavior in
      let origins = distribution.origins(of: behavior).filter { $0.isOf(bucket: bucket) }
      return Behavior(
        pattern: PathPattern(of: behavior), prefixes: origins.map(\.keyPrefix))
    }
    mayBeRewritten = zip(distribution.behaviors, behaviors).contains { behavior, own in
      !own.prefixes.isEmpty && behavior.functions.contains { $0.event == "viewer-request" }
    }
    prefixes = Set(behaviors.flatMap(\.prefixes)).sorted { $0.lexicographicallyPrecedes($1) }
    let root = distribution.defaultRootObject.withoutLeadingSlash
    defaultRootPath = root.isEmpty ? nil : Array("/\(root)".utf8)
  }

  /// Whether code at the edge may change the paths by which the bucket's objects are cached.
  package let mayBeRewritten: Bool

  /// Whether any behaviour asks the bucket.
  package var isEmpty: Bool { prefixes.isEmpty }

  /// The paths at which viewers get an object, percent-encoded: first the one that URLs have. Empty if no behaviour
  /// leads to it.
  package func paths(of key: ObjectKey) -> [String] {
    var paths: [String] = []
    for prefix in prefixes where key.bytes.starts(with: prefix) {
      let path = [UInt8(ascii: "/")] + key.bytes.dropFirst(prefix.count)
      let isServed = serves(path, with: prefix)
      if isServed {
        let encoded = EdgePath.encoded(path)
        paths.append(encoded)
        paths += EdgePath.otherForms(of: encoded)
      }
      if path == defaultRootPath, isServed || serves([UInt8(ascii: "/")], with: prefix) { paths.append("/") }
    }
    return paths
  }

  private func serves(_ path: [UInt8], with prefix: [UInt8]) -> Bool {
    behaviors.first { $0.pattern.fits(path) }?.prefixes.contains(prefix) ?? false
  }
}

extension String {
  fileprivate var withoutLeadingSlash: String { hasPrefix("/") ? String(dropFirst()) : self }
}
