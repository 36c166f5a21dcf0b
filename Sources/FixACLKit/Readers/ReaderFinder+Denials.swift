internal import AWSKit

extension ReaderFinder {
  /// Warns of each Deny that keeps a reader out after the repair too.
  func addDenials(to findings: inout Findings) {
    guard !findings.readers.isEmpty else { return }
    switch policy {
    case .none: return
    case .malformed(let detail): findings.warnings.append(.denialsUnknownMalformed(detail))
    case .unreadable(let error): findings.warnings.append(.denialsUnknown(error))
    case .document(let document):
      for reader in findings.readers {
        let denials = document.denials(
          of: reader.principals, withUnknownARN: reader.originAccessIdentity == nil && reader.canonicalID != nil,
          in: scope)
        findings.warnings += denials.map { .denied(reader, $0) }
      }
    }
  }
}
