internal import S3Kit

extension ReaderFinder {
  /// Warns of each Deny that keeps a reader out after the repair too.
  func addDenials(to findings: inout Findings) {
    guard !findings.readers.isEmpty else { return }
    switch policy {
    case .none: return
    case .malformed(let detail):
      findings.warnings.append("whether the bucket policy keeps a reader out is not known: \(detail)")
    case .unreadable(let error):
      findings.warnings.append(
        "whether the bucket policy keeps a reader out is not known. \(error). \(Advice.text(for: error))")
    case .document(let document):
      for reader in findings.readers {
        let denials = document.denials(
          of: reader.principals, withUnknownARN: reader.originAccessIdentity == nil && reader.canonicalID != nil,
          in: scope)
        for denial in denials {
          let text = denial.text(reader: reader.name)
          if !findings.warnings.contains(text) { findings.warnings.append(text) }
        }
      }
    }
  }
}

extension Reader {
  /// By which a policy may know it.
  var principals: Set<PolicyPrincipal> {
    switch principal {
    case .service(let name, _): [.service(name)]
    case .canonicalUser(let id, _):
      originAccessIdentity.map { [.canonicalUser(id), .originAccessIdentity($0)] } ?? [.canonicalUser(id)]
    }
  }

  /// For people, within a sentence.
  package var name: String {
    switch principal {
    case .service: "CloudFront's origin access control"
    case .canonicalUser(let id, _):
      originAccessIdentity.map { "the OAI \($0.escapedForTerminal)" } ?? "the canonical ID \(id)"
    }
  }

  /// What is given to whom, and who says so: a sentence without its full stop.
  package var announcement: String {
    let place = statement.map { "statement \($0.escapedForTerminal) of the bucket policy" }
    let origin =
      switch source {
      case .bucketPolicy: "whom \(place ?? "the bucket policy") lets in"
      case .distribution: "as whom the distribution \((distribution ?? "").escapedForTerminal) reads the bucket"
      case .oai, .grantRead, .grantFullControl: "whom \(source.rawValue) names"
      }
    switch principal {
    case .service(let name, _):
      return "copies for \(name.escapedForTerminal), \(origin): no ACL can name a service, so objects of other accounts"
        + " must become the bucket owner's"
    case .canonicalUser(let id, let permission):
      let who =
        originAccessIdentity.map { "OAI \($0.escapedForTerminal) (canonical ID \(id))" } ?? "canonical ID \(id)"
      return "\(permission.rawValue) for \(who), \(origin)"
    }
  }
}
