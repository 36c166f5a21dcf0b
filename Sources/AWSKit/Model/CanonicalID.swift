/// The canonical user ID of an AWS account or of a CloudFront origin access identity: an opaque string.
///
/// On AWS it is 64 hexadecimal digits; other servers use other forms, so nothing is assumed of it.
package struct CanonicalID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let value: String

  package init(_ value: String) {
    self.value = value
  }

  /// By bytes: as Strings, two IDs that differ in Unicode normalization only would be one.
  package static func == (left: CanonicalID, right: CanonicalID) -> Bool {
    left.value.utf8.elementsEqual(right.value.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(value)
  }

  package static func < (left: CanonicalID, right: CanonicalID) -> Bool {
    left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
  }

  package var description: String { value.escapedForTerminal }
}
