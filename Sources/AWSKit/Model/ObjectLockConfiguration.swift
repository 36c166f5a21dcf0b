/// A bucket's Object Lock settings: whether objects can be locked, and which lock new ones get by default.
package struct ObjectLockConfiguration: Sendable, Hashable {
  package var isEnabled: Bool
  /// `GOVERNANCE` or `COMPLIANCE`; nil if there is no default retention.
  package var defaultMode: String?
  /// The default retention is given in one of these two.
  package var defaultDays: Int?
  package var defaultYears: Int?
  /// The event hold that new objects get by default: the length of the retention after its release.
  package var defaultEventHold: ObjectLockState.EventHold.Duration?

  package init(
    isEnabled: Bool, defaultMode: String? = nil, defaultDays: Int? = nil, defaultYears: Int? = nil,
    defaultEventHold: ObjectLockState.EventHold.Duration? = nil
  ) {
    self.isEnabled = isEnabled
    self.defaultMode = defaultMode
    self.defaultDays = defaultDays
    self.defaultYears = defaultYears
    self.defaultEventHold = defaultEventHold
  }

  /// Whether a retention begins with each new object; the mode alone can be that of the default event hold.
  package var hasDefaultRetention: Bool {
    defaultMode != nil && (defaultEventHold == nil || defaultDays != nil || defaultYears != nil)
  }
}
