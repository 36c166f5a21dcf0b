/// The canonical user ID of an AWS account or of a CloudFront origin access identity: an opaque string.
///
/// On AWS it has 64 hexadecimal digits. Other servers use other forms, so none is required.
package struct CanonicalID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let value: String

  package init(_ value: String) {
    self.value = value
  }

  /// By bytes: as Strings, IDs that differ only in Unicode normalization would be equal.
  package static func == (left: CanonicalID, right: CanonicalID) -> Bool {
    left.value.hasSameBytes(as: right.value)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(value)
  }

  package static func < (left: CanonicalID, right: CanonicalID) -> Bool {
    left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
  }

  package var description: String { value.escapedForTerminal }
}
