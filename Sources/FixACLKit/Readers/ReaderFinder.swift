package import AWSKit

/// Finds out who must be able to read, from what the user names or from the bucket policy.
package struct ReaderFinder: Sendable {
  /// The readers, and warnings about them.
  package struct Findings: Sendable {
    package var readers: [Reader] = []
    package var warnings: [ReaderWarning] = []
  }

  let scope: PolicyScope
  let policy: BucketPolicyState
  /// A client of CloudFront's; nil where fixacl does not know where it is.
  let cloudFront: AWSClient?
  /// The bucket's.
  let partition: Partition

  package init(
    bucket: String, prefix: String?, partition: Partition, policy: BucketPolicyState, cloudFront: AWSClient?
  ) {
    self.partition = partition
    scope = PolicyScope(bucket: bucket, prefix: prefix)
    self.policy = policy
    self.cloudFront = cloudFront
  }

  package func find(_ request: ReaderRequest) async throws(ReaderProblem) -> Findings {
    var findings = Findings()
    if request.isEmpty {
      findings = try await readersOfPolicy(isOptional: request.wantsOtherGrants)
    } else {
      findings.readers = request.explicitReaders
      for id in request.originAccessIdentities {
        findings.readers.append(try await originAccessIdentity(id, source: .oai))
      }
      for id in request.distributions { try await addReaders(ofDistribution: id, to: &findings) }
    }
    addDenials(to: &findings)
    return findings
  }

  // MARK: - The bucket policy

  private func readersOfPolicy(isOptional: Bool) async throws(ReaderProblem) -> Findings {
    var findings = Findings()
    let document: PolicyDocument
    switch policy {
    case .document(let found): document = found
    case .none: document = PolicyDocument(statements: [])
    case .malformed(let detail): throw .policyMalformed(detail)
    case .unreadable(let error):
      guard isOptional else { throw .policyUnreadable(error) }
      findings.warnings.append(.policyUnreadable(error))
      return findings
    }
    let reading = document.readers(of: scope)
    findings.warnings = reading.remarks.map { .remark($0) }
    for reader in reading.readers {
      switch reader.principal {
      case .originAccessIdentity(let id):
        guard let resolved = try await resolve(id, statement: reader.statement) else {
          findings.warnings.append(.identityIsGone(id, statement: reader.statement))
          continue
        }
        findings.readers.append(resolved)
      case .canonicalUser(let id):
        findings.readers.append(Reader(.bucketPolicy, .canonicalUser(id, .read), statement: reader.statement))
      case .service(let name):
        findings.readers.append(
          Reader(.bucketPolicy, .service(name, sources: reader.sources), statement: reader.statement))
      case .everyone, .deleted, .other: continue
      }
    }
    guard findings.readers.isEmpty, !isOptional else { return findings }
    throw .noReader(
      hasPolicy: policy.document != nil, warnings: findings.warnings, others: reading.others)
  }

  // MARK: - Origin access identities

  func originAccessIdentity(
    _ id: String, source: Reader.Source, distribution: String? = nil
  ) async throws(ReaderProblem) -> Reader {
    guard let canonicalID = try await canonicalID(of: id) else { throw .identityUnknown(id) }
    return Reader(
      source, .canonicalUser(canonicalID, .read), distribution: distribution, originAccessIdentity: id)
  }

  /// Nil for one that no longer exists.
  private func resolve(_ id: String, statement: String) async throws(ReaderProblem) -> Reader? {
    try await canonicalID(of: id).map {
      Reader(.bucketPolicy, .canonicalUser($0, .read), statement: statement, originAccessIdentity: id)
    }
  }

  private func canonicalID(of id: String) async throws(ReaderProblem) -> CanonicalID? {
    let question = ReaderProblem.Question.canonicalID(originAccessIdentity: id)
    let client = try client(for: question)
    do throws(AWSError) {
      return try await client.canonicalIDIfKnown(ofOriginAccessIdentity: id)
    } catch {
      throw .cloudFront(question, error)
    }
  }

  // MARK: - CloudFront

  func client(for question: ReaderProblem.Question) throws(ReaderProblem) -> AWSClient {
    guard let cloudFront else { throw .noCloudFront(question) }
    return cloudFront
  }
}
