/// A bucket's Object Lock settings: whether objects can be locked, and the default retention.
package struct ObjectLockConfiguration: Sendable, Hashable {
  package var isEnabled: Bool
  /// `GOVERNANCE` or `COMPLIANCE`; nil if there is no default retention.
  package var defaultMode: String?
  /// The default retention is given in one of these two.
  package var defaultDays: Int?
  package var defaultYears: Int?

  package init(
    isEnabled: Bool, defaultMode: String? = nil, defaultDays: Int? = nil, defaultYears: Int? = nil
  ) {
    self.isEnabled = isEnabled
    self.defaultMode = defaultMode
    self.defaultDays = defaultDays
    self.defaultYears = defaultYears
  }
}
