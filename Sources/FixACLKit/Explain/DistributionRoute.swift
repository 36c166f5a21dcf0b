package import AWSKit

extension Distribution {
  /// The behaviour that answers a path: the first whose pattern fits, else the default one.
  ///
  /// - Parameter path: decoded, with the slash at its beginning.
  package func behavior(for path: ObjectKey) -> CacheBehavior? {
    behaviors.first { PathPattern(of: $0).fits(path.bytes) }
  }

  /// The key that a path leads to at an origin: behind the origin path, and with the default root object for the
  /// distribution itself.
  ///
  /// - Returns: nil if the path is the distribution itself, and nothing stands for it.
  package func key(forPath path: ObjectKey, at origin: DistributionOrigin) -> ObjectKey? {
    var rest = Array(path.bytes.dropFirst())
    if rest.isEmpty {
      guard !defaultRootObject.isEmpty else { return nil }
      rest = Array(defaultRootObject.utf8)
    }
    return ObjectKey(origin.keyPrefix + rest)
  }
}
