/// A variant of Amazon's hosts for a service and region.
package struct EndpointVariant: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Hosts with cryptography validated by FIPS 140.
  package static let fips = EndpointVariant(rawValue: 1)
  /// Hosts that also support IPv6.
  package static let dualStack = EndpointVariant(rawValue: 2)
}
