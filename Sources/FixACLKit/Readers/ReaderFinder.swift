package import AWSKit

/// Finds out who must be able to read, from what the user names or from the bucket policy.
package struct ReaderFinder: Sendable {
  /// Who is to be let in, and what there is to say of it.
  package struct Findings: Sendable, Equatable {
    package var readers: [Reader] = []
    /// What people should know, as whole sentences without their full stops.
    package var warnings: [String] = []
  }

  let scope: PolicyScope
  let policy: BucketPolicyState
  /// A client of CloudFront's; nil where fixacl does not know where it is.
  let cloudFront: AWSClient?

  package init(bucket: String, prefix: String?, policy: BucketPolicyState, cloudFront: AWSClient?) {
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

  /// The options that name a reader, as advice.
  static let options =
    "Name the reader with --oai E…, --distribution E… or --grant-read id=CANONICAL_ID."

  // MARK: - The bucket policy

  private func readersOfPolicy(isOptional: Bool) async throws(ReaderProblem) -> Findings {
    var findings = Findings()
    let document: PolicyDocument
    let nobody: String
    switch policy {
    case .document(let found): (document, nobody) = (found, "the bucket policy lets no reader in")
    case .none: (document, nobody) = (PolicyDocument(statements: []), "the bucket has no policy")
    case .malformed(let detail):
      throw ReaderProblem(description: "the bucket policy cannot be read: \(detail). \(Self.options)")
    case .unreadable(let error):
      guard !isOptional else {
        findings.warnings.append(
          "the bucket policy cannot be read, so nobody is taken from it. \(error). \(Advice.text(for: error))")
        return findings
      }
      throw ReaderProblem(
        description: "whom to let in is not known: the bucket policy cannot be read. \(error)."
          + " \(Advice.text(for: error)) Or name the reader with --oai E…, --distribution E… or"
          + " --grant-read id=CANONICAL_ID.")
    }
    let reading = document.readers(of: scope)
    findings.warnings = reading.remarks
    for reader in reading.readers {
      switch reader.principal {
      case .originAccessIdentity(let id):
        guard let resolved = try await resolve(id, statement: reader.statement) else {
          findings.warnings.append(
            "statement \(reader.statement.escapedForTerminal) of the bucket policy lets the OAI"
              + " \(id.escapedForTerminal) in, and \(Self.isGone): put the one that the distribution has now in its place"
          )
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
    var text = "nobody to let in: \(nobody)."
    if !findings.warnings.isEmpty { text += " " + findings.warnings.map { Self.sentence($0) }.joined(separator: " ") }
    if !reading.others.isEmpty {
      text +=
        " It names \(reading.others.joined(separator: ", ")), of whom S3 tells no canonical ID, or whom no grant is"
        + " made for."
    }
    throw ReaderProblem(description: text + " " + Self.options)
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  // MARK: - Origin access identities

  private static let isGone =
    "CloudFront knows no such OAI in this account: it was deleted, or is another account's"

  func originAccessIdentity(
    _ id: String, source: Reader.Source, distribution: String? = nil
  ) async throws(ReaderProblem) -> Reader {
    guard let canonicalID = try await canonicalID(of: id) else {
      throw ReaderProblem(
        description: "the OAI \(id.escapedForTerminal) cannot be let in: \(Self.isGone)."
          + " 'aws cloudfront list-cloud-front-origin-access-identities' shows those that there are; one of another"
          + " account is named with --grant-read id=CANONICAL_ID.")
    }
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
    let client = try client(for: "the canonical ID of the OAI \(id.escapedForTerminal)")
    do throws(AWSError) {
      return try await client.canonicalID(ofOriginAccessIdentity: id)
    } catch {
      if error.code == "NoSuchCloudFrontOriginAccessIdentity" { return nil }
      throw Self.problem(
        error, "the canonical ID of the OAI \(id.escapedForTerminal) cannot be found out",
        right: "cloudfront:GetCloudFrontOriginAccessIdentity")
    }
  }

  // MARK: - CloudFront

  func client(for purpose: String) throws(ReaderProblem) -> AWSClient {
    guard let cloudFront else {
      throw ReaderProblem(
        description: "\(purpose) cannot be found out: S3 is not Amazon's here, and where CloudFront is, is not known."
          + " Set AWS_ENDPOINT_URL_CLOUDFRONT, or name the reader with --grant-read id=CANONICAL_ID.")
    }
    return cloudFront
  }

  static func problem(_ error: AWSError, _ what: String, right: String) -> ReaderProblem {
    let advice: String
    if error.isAccessDenied {
      advice = "The credentials need \(right)."
    } else if error.kind == .malformedAnswer || error.kind == .service && error.isNotFound {
      advice = "Is this CloudFront? Check AWS_ENDPOINT_URL_CLOUDFRONT and AWS_ENDPOINT_URL."
    } else {
      advice = Advice.text(for: error)
    }
    return ReaderProblem(
      description: "\(what). \(error). \(advice) Or name the reader with --grant-read id=CANONICAL_ID.")
  }
}
