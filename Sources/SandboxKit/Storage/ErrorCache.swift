internal import AWSKit

/// Errors that origins answered, as CloudFront caches them for each path of a distribution.
struct ErrorCache: Sendable {
  struct Entry: Sendable {
    let response: SandboxResponse
    let storedAt: Timestamp
    /// Nil for one that only an invalidation ends.
    let expiry: Timestamp?
  }

  /// By the ID of the distribution, then by path.
  private var entries: [String: [ObjectKey: Entry]] = [:]

  func entry(for path: ObjectKey, of distributionID: String, at now: Timestamp) -> Entry? {
    guard let entry = entries[distributionID]?[path] else { return nil }
    return entry.expiry.map { now < $0 } ?? true ? entry : nil
  }

  mutating func store(_ entry: Entry, for path: ObjectKey, of distributionID: String) {
    // Paths are the viewer's to choose.
    if entries[distributionID, default: [:]].count >= 10_000 { entries[distributionID] = nil }
    entries[distributionID, default: [:]][path] = entry
  }

  /// Forgets the paths that an invalidation names.
  mutating func invalidate(_ paths: [String], of distributionID: String) {
    for text in paths {
      // A query is part of an invalidation's path; it is none of what is cached by.
      guard let path = SandboxRequest(method: "GET", uri: text).path else { continue }
      // One that is encoded stands for itself.
      if text.hasSuffix("*") {
        entries[distributionID] = entries[distributionID]?.filter { !$0.key.bytes.starts(with: path.dropLast()) }
      } else {
        entries[distributionID]?[ObjectKey(path)] = nil
      }
    }
  }
}
