package import S3Kit

/// Asks a bucket for the settings that decide what can be done with its objects.
package enum BucketInspector {
  /// A question that the credentials may not ask, or the server cannot answer.
  package struct Omission: Sendable {
    package let error: S3Error
    /// What follows from not knowing.
    package let consequence: String
  }

  /// Reads the bucket's owner, which there is no going on without, and the settings, which may be unknown.
  ///
  /// - Throws: where the bucket is not there, or its owner cannot be found out.
  package static func inspect(
    _ bucket: String, with client: S3Client
  ) async throws(S3Error) -> (bucket: PlanBucket, omissions: [Omission]) {
    // First and alone: it finds the bucket's region for the others.
    let owner = try await client.bucketACL(bucket: bucket).owner
    async let location = settle { () throws(S3Error) in try await client.bucketLocation(bucket: bucket) }
    async let versioning = settle { () throws(S3Error) in try await client.bucketVersioning(bucket: bucket) }
    async let ownership = settle { () throws(S3Error) in try await client.objectOwnership(bucket: bucket) }
    async let block = settle { () throws(S3Error) in try await client.publicAccessBlock(bucket: bucket) }

    var omissions: [Omission] = []
    func value<Value>(_ result: Result<Value, S3Error>, _ consequence: String) throws(S3Error) -> Value? {
      switch result {
      case .success(let value): return value
      case .failure(let error):
        guard error.kind == .service || error.kind == .malformedAnswer else { throw error }
        omissions.append(Omission(error: error, consequence: consequence))
        return nil
      }
    }
    let region = try value(await location, "the region is taken from the configuration")
    let state = try value(await versioning, "objects cannot be copied, since old versions may stay behind")
    let setting = try value(await ownership, "whether ACLs are in force at all is not known")
    let flags = try value(
      await block, "public grants are kept as they are; --drop-public-grants always drops them")
    return (
      PlanBucket(
        name: bucket, region: region ?? client.region, endpoint: client.endpoint.url, owner: owner,
        versioning: state, objectOwnership: setting, publicAccessBlock: flags), omissions
    )
  }

  private static func settle<Value: Sendable>(
    _ body: () async throws(S3Error) -> Value
  ) async -> Result<Value, S3Error> {
    do throws(S3Error) {
      return .success(try await body())
    } catch {
      return .failure(error)
    }
  }
}
