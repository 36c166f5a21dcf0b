package import AWSKit

/// Finds the distributions through which readers read a bucket.
package struct DistributionFinder: Sendable {
  /// Which distributions.
  package enum Choice: Sendable, Equatable {
    /// Those of the account that read the bucket as one of the readers.
    case readers
    /// These, by their IDs.
    case named([String])
  }

  private let client: AWSClient
  private let bucket: String
  private let readers: [Reader]

  /// - Parameter client: CloudFront's; nil where fixacl does not know where it is.
  package init(bucket: String, readers: [Reader], client: AWSClient?) throws(EdgeProblem) {
    guard let client else { throw .noCloudFront }
    self.client = client
    self.bucket = bucket
    self.readers = readers
  }

  /// In the order of their IDs.
  package func find(_ choice: Choice) async throws(EdgeProblem) -> [Distribution] {
    switch choice {
    case .readers: return try await distributionsOfReaders().sorted { $0.id < $1.id }
    case .named(let ids):
      var found: [Distribution] = []
      for id in Set(ids).sorted() {
        let distribution = try await distribution(id)
        guard distribution.reads(bucket: bucket) else {
          throw .otherOrigins(distribution: id, bucket: bucket, domains: distribution.origins.map(\.domainName))
        }
        found.append(distribution)
      }
      return found
    }
  }

  private func distributionsOfReaders() async throws(EdgeProblem) -> [Distribution] {
    let bucket = bucket
    let listed: [Distribution]
    do throws(AWSError) {
      // One that is off answers nobody.
      listed = try await client.distributions { $0.isEnabled && $0.reads(bucket: bucket) }
    } catch {
      // Whoever may not list may know of some all the same.
      let known = readers.compactMap(\.distribution)
      guard error.isAccessDenied, !known.isEmpty else { throw .unanswered(error) }
      return try await find(.named(known))
    }
    let identities = try await canonicalIDs(of: listed)
    let reading = listed.filter { $0.reads(bucket: bucket, asOneOf: readers, canonicalIDs: identities) }
    guard !reading.isEmpty else { throw .noDistribution(bucket: bucket) }
    var found: [Distribution] = []
    // A list does not have their default root objects.
    for summary in reading { found.append(try await distribution(summary.id)) }
    return found
  }

  /// The canonical IDs of OAIs, if readers are known by canonical ID only.
  private func canonicalIDs(of distributions: [Distribution]) async throws(EdgeProblem) -> [String: CanonicalID] {
    let isNeeded = readers.contains { $0.canonicalID != nil && $0.originAccessIdentity == nil }
    guard isNeeded else { return [:] }
    let known = Set(readers.compactMap(\.originAccessIdentity))
    let unknown = Set(distributions.flatMap { $0.originAccessIdentities(reading: bucket) }).subtracting(known)
    var ids: [String: CanonicalID] = [:]
    for identity in unknown.sorted() {
      do throws(AWSError) {
        ids[identity] = try await client.canonicalIDIfKnown(ofOriginAccessIdentity: identity)
      } catch {
        throw .unanswered(error)
      }
    }
    return ids
  }

  private func distribution(_ id: String) async throws(EdgeProblem) -> Distribution {
    do throws(AWSError) {
      return try await client.distribution(id)
    } catch {
      throw error.code == "NoSuchDistribution" ? .distributionUnknown(id) : .unanswered(error)
    }
  }
}
