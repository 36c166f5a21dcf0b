/// Whether a bucket keeps old versions.
package enum VersioningState: String, Sendable {
  /// Never switched on.
  case unversioned = "Unversioned"
  case enabled = "Enabled"
  case suspended = "Suspended"
}
