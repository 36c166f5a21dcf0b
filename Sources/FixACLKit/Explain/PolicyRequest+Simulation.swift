internal import AWSKit

extension PolicyRequest {
  /// The keys that a simulation is given: of the request itself, as far as they are known. IAM knows the principal's.
  var simulatedContext: [SimulatedContext] {
    Self.simulatedKeys.compactMap { key, kind in
      guard case .values(let values) = value(of: key.lowercased()) else { return nil }
      return SimulatedContext(key, kind, values)
    }
  }

  private static let simulatedKeys: [(String, SimulatedContext.Kind)] = [
    ("aws:SecureTransport", .boolean), ("aws:CurrentTime", .date), ("aws:EpochTime", .numeric),
    ("aws:RequestedRegion", .string), ("aws:ViaAWSService", .boolean), ("aws:ResourceAccount", .string),
    ("s3:ResourceAccount", .string), ("s3:authType", .string), ("s3:signatureversion", .string),
    ("s3:VersionId", .string), ("kms:ViaService", .string), ("kms:CallerAccount", .string),
  ]

  /// Of the keys that a simulation lacked, those that the request has, or may have: the decision may be another with them.
  func undecided(_ missingKeys: [String]) -> [String] {
    missingKeys.filter { value(of: $0.lowercased()) != .absent }
  }
}
