internal import Crypto
package import AWSKit

/// What was read of a bucket.
package struct BucketInspection: Sendable {
  /// A setting that could not be read.
  package struct Omission: Sendable {
    package let setting: Setting
    package let error: AWSError
  }

  /// A setting of a bucket that fixacl can do without.
  package enum Setting: Sendable {
    case location, versioning, objectOwnership, publicAccessBlock, encryption, objectLock
  }

  package var bucket: BucketSettings
  /// The bucket's own ACL.
  package let acl: AccessControlList
  package let policy: BucketPolicyState
  /// Whether the server supports Object Ownership controls.
  package let supportsOwnershipControls: Bool
  package let omissions: [Omission]
}

/// Reads the bucket settings that decide what can be done with its objects.
package enum BucketInspector {
  /// Reads the bucket's settings, any of which may stay unknown.
  ///
  /// - Parameter acl: the bucket's own, to be asked for first.
  package static func inspect(
    _ bucket: String, acl: AccessControlList, with client: AWSClient
  ) async throws(AWSError) -> BucketInspection {
    async let location = Result.settled { () throws(AWSError) in try await client.bucketLocation(bucket: bucket) }
    async let versioning = Result.settled { () throws(AWSError) in try await client.bucketVersioning(bucket: bucket) }
    async let ownership = Result.settled { () throws(AWSError) in try await client.ownershipControls(bucket: bucket) }
    async let block = Result.settled { () throws(AWSError) in try await client.publicAccessBlock(bucket: bucket) }
    async let encryption = Result.settled { () throws(AWSError) in try await client.defaultEncryption(bucket: bucket) }
    async let lock = Result.settled { () throws(AWSError) in try await client.objectLockConfiguration(bucket: bucket) }
    async let payment = Result.settled { () throws(AWSError) in try await client.requestPayment(bucket: bucket) }
    async let policy = Result.settled { () throws(AWSError) in try await client.bucketPolicy(bucket: bucket) }

    var omissions: [BucketInspection.Omission] = []
    func value<Value>(
      _ result: Result<Value, AWSError>, _ setting: BucketInspection.Setting
    ) throws(AWSError) -> Value? {
      switch result {
      case .success(let value): return value
      case .failure(let error):
        guard error.isSettled else { throw error }
        omissions.append(BucketInspection.Omission(setting: setting, error: error))
        return nil
      }
    }
    var region = try value(await location, .location)
    // No bucket is in another partition than the region that it is asked in: a plan would send credentials there.
    if client.endpoint.url == nil, let named = region, Partition.of(named) != Partition.of(client.region) {
      region = nil
    }
    let state = try value(await versioning, .versioning)
    let setting = try value(await ownership, .objectOwnership)
    let flags = try value(await block, .publicAccessBlock)
    let algorithm = try value(await encryption, .encryption)
    let lockSetting = try value(await lock, .objectLock)
    // Only the bucket's owner may ask, and most buckets' owners pay: not knowing it is not worth a word.
    let payer = (try? await payment.get()) ?? nil
    let (policyState, digest) = try Self.state(of: await policy, isAmazons: client.endpoint.url == nil)
    return BucketInspection(
      bucket: BucketSettings(
        name: bucket, region: (region ?? client.region).name, endpoint: client.endpoint.url, owner: acl.owner,
        versioning: state, objectOwnership: setting.map { $0 ?? .objectWriter }, publicAccessBlock: flags,
        encryption: algorithm, objectLock: lockSetting, payer: payer, policyDigest: digest),
      acl: acl, policy: policyState, supportsOwnershipControls: (setting ?? nil) != nil, omissions: omissions)
  }

  /// An unreadable policy is no omission: whether it is needed depends on what the user names.
  private static func state(
    of result: Result<[UInt8]?, AWSError>, isAmazons: Bool
  ) throws(AWSError) -> (state: BucketPolicyState, digest: String?) {
    switch result {
    case .success(let bytes):
      let digest = bytes.map { "sha256:" + Hex.encode(SHA256.hash(data: $0)) } ?? "none"
      return (BucketPolicyState(bytes, isAmazons: isAmazons), digest)
    case .failure(let error):
      guard error.isSettled else { throw error }
      return (.unreadable(error), nil)
    }
  }
}

extension AWSError {
  /// Whether asking again would bring the same answer: a refusal, or a server that does not know the question. What
  /// fails for a passing reason must not be taken for a setting that cannot be read.
  fileprivate var isSettled: Bool {
    switch kind {
    case .service: !mayPass && !AWSError.isPassing(status: status, code: code) && !refusesCredentials
    // A server that answers another question than it was asked, such as a listing, or a gateway that lets no such question
    // through: that was tried long enough.
    case .malformedAnswer: true
    case .transport, .credentials, .stopped: false
    }
  }
}
