package import S3Kit

/// A part of a bucket's listing: everything after one place, up to and with another.
package struct KeyInterval: Hashable, Sendable {
  /// Nil for the beginning.
  package var after: ListingMarker?
  /// Nil for the end.
  package var through: ListingMarker?

  package init(after: ListingMarker? = nil, through: ListingMarker? = nil) {
    self.after = after
    self.through = through
  }
}
