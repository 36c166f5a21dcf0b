package import AWSKit

/// Which keys a scan covers.
package struct KeyFilter: Sendable, Equatable {
  package var prefix: String?
  /// A key must match at least one of them, if there are any.
  package var include: [Glob]
  /// A key must match none of them.
  package var exclude: [Glob]

  package init(prefix: String? = nil, include: [Glob] = [], exclude: [Glob] = []) {
    self.prefix = prefix
    self.include = include
    self.exclude = exclude
  }

  /// Whether every key under the prefix is wanted, so that no key needs to become a String.
  package var isEverything: Bool { include.isEmpty && exclude.isEmpty }

  /// Whether a key under the prefix is wanted.
  package func matches(_ key: ObjectKey) -> Bool {
    guard !isEverything else { return true }
    let text = key.text
    return (include.isEmpty || include.contains { $0.matches(text) })
      && !exclude.contains { $0.matches(text) }
  }

  // By bytes: Swift considers two Strings equal that differ only in Unicode normalization.
  package static func == (left: KeyFilter, right: KeyFilter) -> Bool {
    left.prefix.map { Array($0.utf8) } == right.prefix.map { Array($0.utf8) }
      && left.include == right.include && left.exclude == right.exclude
  }
}
