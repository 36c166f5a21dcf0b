/// What CloudFront charges for invalidations (Amazon CloudFront Pricing, "Invalidation requests").
package enum InvalidationPrice {
  /// How many paths an account may invalidate a month free of charge. A path with an asterisk counts as one.
  package static let freePaths = 1000
  /// Thousandths of a dollar for each further path.
  package static let thousandthsPerPath = 5
  /// When these prices were looked up.
  package static let date = "2026-10"
}
