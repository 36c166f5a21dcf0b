internal import AWSKit

extension ReaderFinder {
  /// Takes the identities with which a distribution reads this bucket.
  func addReaders(ofDistribution id: String, to findings: inout Findings) async throws(ReaderProblem) {
    let origins = try await origins(ofDistribution: id)
    let ofBucket = origins.map { (origin: $0, kind: OriginDomain($0.domainName, bucket: scope.bucket)) }
      .filter { $0.kind != .other }
    guard !ofBucket.isEmpty else {
      throw .otherOrigins(distribution: id, bucket: scope.bucket, domains: origins.map(\.domainName))
    }
    var anonymous: [AnonymousOrigin] = []
    var found: Set<Reader> = []
    for (origin, kind) in ofBucket {
      if kind == .bucket, let identity = origin.originAccessIdentity {
        found.insert(try await originAccessIdentity(identity, source: .distribution, distribution: id))
      } else if kind == .bucket, origin.originAccessControl != nil {
        found.insert(service(ofDistribution: id, in: &findings))
      } else {
        anonymous.append(
          AnonymousOrigin(distribution: id, domain: origin.domainName, isWebsite: kind == .website))
      }
    }
    if found.isEmpty, let first = anonymous.first { throw .anonymousOrigin(first) }
    findings.readers += found.sorted()
    findings.warnings += anonymous.map { .anonymousOrigin($0) }
  }

  private func origins(ofDistribution id: String) async throws(ReaderProblem) -> [DistributionOrigin] {
    let question = ReaderProblem.Question.origins(distribution: id)
    let client = try client(for: question)
    do throws(AWSError) {
      return try await client.origins(ofDistribution: id)
    } catch {
      if error.code == "NoSuchDistribution" { throw .distributionUnknown(id) }
      throw .cloudFront(question, error)
    }
  }

  /// The service that CloudFront reads as for an origin access control, as far as the policy allows it.
  private func service(ofDistribution id: String, in findings: inout Findings) -> Reader {
    let allowed = policy.document?.readers(of: scope).readers.first { reader in
      reader.principal == .cloudFront && (reader.sources.isEmpty || reader.sources.contains { Self.names($0, id) })
    }
    if allowed == nil {
      switch policy {
      case .unreadable, .malformed: findings.warnings.append(.accessControlUnknown(distribution: id))
      case .none, .document:
        findings.warnings.append(.accessControlNotAllowed(distribution: id, bucket: scope.bucket, partition))
      }
    }
    return Reader(
      .distribution, .service(PolicyPrincipal.cloudFrontService, sources: allowed?.sources ?? []),
      statement: allowed?.statement, distribution: id)
  }

  /// Whether a value of `aws:SourceArn` fits the distribution; an account's number fits all of its own.
  private static func names(_ source: String, _ distribution: String) -> Bool {
    let parts = source.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 6, let resource = parts.last else { return true }
    return PolicyPattern(String(Substring(resource))).matches(Array("distribution/\(distribution)".utf8))
  }
}
