internal import AWSKit

extension ReaderFinder {
  /// Takes those as whom a distribution reads this bucket.
  func addReaders(ofDistribution id: String, to findings: inout Findings) async throws(ReaderProblem) {
    let name = "the distribution \(id.escapedForTerminal)"
    let origins = try await origins(ofDistribution: id)
    let ofBucket = origins.map { (origin: $0, kind: OriginDomain($0.domainName, bucket: scope.bucket)) }
      .filter { $0.kind != .other }
    guard !ofBucket.isEmpty else {
      let domains = origins.map(\.domainName.escapedForTerminal).joined(separator: ", ")
      throw ReaderProblem(
        description:
          "\(name) has no origin in the bucket \(scope.bucket.escapedForTerminal); its origins are \(domains)."
          + " Is it the right distribution, and the right bucket?")
    }
    var anonymous: [String] = []
    var found: Set<Reader> = []
    for (origin, kind) in ofBucket {
      if kind == .bucket, let identity = origin.originAccessIdentity {
        found.insert(try await originAccessIdentity(identity, source: .distribution, distribution: id))
      } else if kind == .bucket, origin.originAccessControl != nil {
        found.insert(service(ofDistribution: id, in: &findings))
      } else {
        anonymous.append(
          "\(name) reads \(origin.domainName.escapedForTerminal) anonymously"
            + (kind == .website
              ? ", as every website endpoint is read" : ": the origin has no origin access control and no OAI")
            + ", so no grant can let it in. Give it an origin access control or an OAI"
            + (kind == .website ? " and the bucket's REST endpoint" : ""))
      }
    }
    guard !found.isEmpty else { throw ReaderProblem(description: anonymous[0] + ".") }
    findings.readers += found.sorted()
    findings.warnings += anonymous
  }

  private func origins(ofDistribution id: String) async throws(ReaderProblem) -> [DistributionOrigin] {
    let client = try client(for: "the origins of the distribution \(id.escapedForTerminal)")
    do throws(AWSError) {
      return try await client.origins(ofDistribution: id)
    } catch {
      guard error.code != "NoSuchDistribution" else {
        throw ReaderProblem(
          description: "CloudFront knows no distribution \(id.escapedForTerminal) in this account. See"
            + " 'aws cloudfront list-distributions', or name the reader with --oai E… or --grant-read id=CANONICAL_ID.")
      }
      throw Self.problem(
        error, "the origins of the distribution \(id.escapedForTerminal) cannot be found out",
        right: "cloudfront:GetDistributionConfig")
    }
  }

  /// The service that CloudFront reads as for an origin access control, as far as the policy lets it in.
  private func service(ofDistribution id: String, in findings: inout Findings) -> Reader {
    let allowed = policy.document?.readers(of: scope).readers.first { reader in
      reader.principal == .cloudFront && (reader.sources.isEmpty || reader.sources.contains { Self.names($0, id) })
    }
    if allowed == nil {
      switch policy {
      case .unreadable, .malformed:
        findings.warnings.append(
          "the distribution \(id.escapedForTerminal) reads by origin access control, and whether the bucket policy lets it"
            + " in is not known, since the policy cannot be read")
      case .none, .document:
        findings.warnings.append(
          "the bucket policy does not let the distribution \(id.escapedForTerminal) in, which reads by origin access"
            + " control, and no ACL can. Add this statement, with your account's number: " + statement(for: id))
      }
    }
    return Reader(
      .distribution, .service("cloudfront.amazonaws.com", sources: allowed?.sources ?? []),
      statement: allowed?.statement, distribution: id)
  }

  private func statement(for distribution: String) -> String {
    "{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"cloudfront.amazonaws.com\"},\"Action\":\"s3:GetObject\","
      + "\"Resource\":\"arn:aws:s3:::\(scope.bucket.escapedForTerminal)/*\",\"Condition\":{\"StringEquals\":"
      + "{\"AWS:SourceArn\":\"arn:aws:cloudfront::ACCOUNT:distribution/\(distribution.escapedForTerminal)\"}}}"
  }

  /// Whether a value of `aws:SourceArn` fits the distribution; an account's number fits all of its own.
  private static func names(_ source: String, _ distribution: String) -> Bool {
    let parts = source.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 6, let resource = parts.last else { return true }
    return PolicyPattern(String(Substring(resource))).matches(Array("distribution/\(distribution)".utf8))
  }
}
