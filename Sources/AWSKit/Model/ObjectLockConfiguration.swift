/// Whether objects of a bucket can be locked, and for how long what is put into it is.
package struct ObjectLockConfiguration: Sendable, Hashable {
  package var isEnabled: Bool
  /// `GOVERNANCE` or `COMPLIANCE`; nil where objects are not locked by default.
  package var defaultMode: String?
  /// Of these two, the one in which the default is given.
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
