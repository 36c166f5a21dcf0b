package import S3Kit

/// Looks at the object of a change with whatever accounts are at hand.
package struct ObjectObserver: Sendable {
  private let bucket: String
  private let accounts: Accounts

  package init(bucket: String, accounts: Accounts) {
    self.bucket = bucket
    self.accounts = accounts
  }

  /// Reads the object's headers and its ACL, at the same time.
  ///
  /// - Throws: what is not an answer about the object, such as an unreachable server.
  package func look(at change: Change) async throws(S3Error) -> ObjectLook {
    // A grant is its owner's business. A copy is the bucket owner's, who may have made it already.
    let owner = accounts.client(of: change.owner)
    let copier = accounts.bucketOwnerClient
    let readers = change.action == .grant ? [owner] : [copier, owner]
    let aclReaders = change.action == .grant ? [owner] : [owner, copier]
    async let acl = firstAllowed(aclReaders) { client throws(S3Error) in
      try await client.objectACL(bucket: bucket, key: change.key)
    }
    let object = await firstAllowed(readers) { client throws(S3Error) in
      try await client.headObject(bucket: bucket, key: change.key)
    }
    let sight: ObjectLook.Sight
    switch object.result {
    case .success(let head): sight = .found(etag: head.etag, size: head.size, head)
    case .failure(let error) where error.isNotFound: sight = .missing
    case .failure(let error) where error.isAccessDenied: sight = try await listed(change) ?? .denied(error)
    case .failure(let error): throw error
    }
    let isCopier = object.reader == 0 && change.action == .copy && copier != nil
    switch await acl.result {
    case .success(let list):
      return ObjectLook(object: sight, isReadableByBucketOwner: isCopier, acl: list)
    case .failure(let error) where error.isNotFound:
      return ObjectLook(object: .missing, isReadableByBucketOwner: false, acl: nil)
    case .failure(let error) where error.isAccessDenied:
      return ObjectLook(object: sight, isReadableByBucketOwner: isCopier, acl: nil, aclError: error)
    case .failure(let error): throw error
    }
  }

  /// The object as a listing shows it, for a grant: an owner may rewrite an ACL that does not let it read the object.
  private func listed(_ change: Change) async throws(S3Error) -> ObjectLook.Sight? {
    guard change.action == .grant else { return nil }
    // The first key with the object's whole key for a prefix is that key itself.
    let page = try await accounts.main.client.listObjects(
      bucket: bucket, prefix: change.key, startAfter: nil, limit: 1)
    guard let object = page.objects.first, object.key == change.key else { return .missing }
    return .found(etag: object.etag, size: object.size, nil)
  }

  /// Asks one account after the other until one is not refused.
  ///
  /// - Returns: the answer, and the place of the account that got it.
  private func firstAllowed<Value: Sendable>(
    _ clients: [S3Client?], _ body: (S3Client) async throws(S3Error) -> Value
  ) async -> (result: Result<Value, S3Error>, reader: Int) {
    var refusal = S3Error(
      kind: .credentials, operation: "look", bucket: bucket, status: 403, code: "AccessDenied",
      message: "no credentials of an account that may read the object are at hand")
    for (index, client) in clients.enumerated() {
      guard let client else { continue }
      do throws(S3Error) {
        return (.success(try await body(client)), index)
      } catch {
        guard error.isAccessDenied else { return (.failure(error), index) }
        refusal = error
      }
    }
    return (.failure(refusal), clients.count)
  }
}
