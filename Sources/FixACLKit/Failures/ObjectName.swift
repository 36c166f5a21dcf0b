package import AWSKit

/// A key, and which version of it is meant.
package struct ObjectName: Hashable, Sendable, CustomStringConvertible {
  package let key: ObjectKey
  /// Nil for the current version.
  package let versionID: String?

  package init(_ key: ObjectKey, versionID: String? = nil) {
    self.key = key
    self.versionID = versionID
  }

  /// Escaped for a terminal.
  package var description: String {
    key.description + (versionID.map { " (version \($0.escapedForTerminal))" } ?? "")
  }

  /// As a string, or for an old version an object with both.
  package func write(to json: inout JSONWriter) {
    guard let versionID else {
      json.string(key.bytes)
      return
    }
    json.object { json in
      json.name("key")
      json.string(key.bytes)
      json.member("versionId", versionID)
    }
  }
}
