/// The Object Lock of one version of an object.
package struct ObjectLockState: Hashable, Sendable {
  /// A period during which the version cannot be deleted.
  package struct Retention: Hashable, Sendable {
    /// `GOVERNANCE` or `COMPLIANCE`.
    package let mode: String
    /// An ISO 8601 time in UTC, as the server wrote it.
    package let until: String

    package init(mode: String, until: String) {
      self.mode = mode
      self.until = until
    }

    /// Whether it has not ended yet. S3 rejects a retention that ends in the past.
    package func isActive(at now: Timestamp) -> Bool {
      // Both have the same format, down to the second.
      now.extended.utf8.prefix(19).lexicographicallyPrecedes(until.utf8.prefix(19))
    }
  }

  package var retention: Retention?
  package var hasLegalHold: Bool

  package init(retention: Retention? = nil, hasLegalHold: Bool = false) {
    self.retention = retention
    self.hasLegalHold = hasLegalHold
  }

  /// Whether both locks are the same: servers write one time with or without fractions of a second.
  package func isSame(as other: ObjectLockState?) -> Bool {
    retention?.mode == other?.retention?.mode && retention?.until.prefix(19) == other?.retention?.until.prefix(19)
      && hasLegalHold == other?.hasLegalHold
  }

  var headers: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if let retention {
      headers.append(("x-amz-object-lock-mode", retention.mode))
      headers.append(("x-amz-object-lock-retain-until-date", retention.until))
    }
    if hasLegalHold { headers.append(("x-amz-object-lock-legal-hold", "ON")) }
    return headers
  }
}
