package import AWSKit

extension Distribution {
  /// Whether viewers get this bucket's objects through it.
  package func reads(bucket: String) -> Bool { origins.contains { $0.isOf(bucket: bucket) } }

  /// The OAIs with which it reads the bucket.
  func originAccessIdentities(reading bucket: String) -> [String] {
    origins.filter { OriginDomain($0.domainName, bucket: bucket) == .bucket }.compactMap(\.originAccessIdentity)
  }

  /// Whether it reads the bucket as one of the readers.
  ///
  /// - Parameter canonicalIDs: of OAIs, as far as they had to be asked for.
  package func reads(
    bucket: String, asOneOf readers: [Reader], canonicalIDs: [String: CanonicalID] = [:]
  ) -> Bool {
    origins.contains { origin in
      guard OriginDomain(origin.domainName, bucket: bucket) == .bucket else { return false }
      return readers.contains { reader in
        switch reader.principal {
        case .canonicalUser(let id, _):
          guard let identity = origin.originAccessIdentity else { return false }
          return reader.originAccessIdentity == identity || canonicalIDs[identity] == id
        case .service(let name, let sources):
          return origin.originAccessControl != nil && name == PolicyPrincipal.cloudFrontService
            && (reader.distribution.map { $0 == self.id } ?? isSource(sources))
        }
      }
    }
  }

  /// Whether it is one of those for which a service may act: ARNs, with wildcards, or accounts; none are all.
  private func isSource(_ sources: [String]) -> Bool {
    sources.isEmpty
      || sources.contains { source in
        source.contains(":") ? PolicyPattern(source).matches(Array(arn.utf8)) : account?.digits == source
      }
  }

  /// The name that people know: the first alias, else its own domain name.
  package var name: String { aliases.first ?? domainName }
}

extension Reader {
  /// Whether CloudFront reads as it.
  package var isCloudFronts: Bool {
    if originAccessIdentity != nil || distribution != nil { return true }
    if case .service(PolicyPrincipal.cloudFrontService, _) = principal { return true }
    return false
  }
}
