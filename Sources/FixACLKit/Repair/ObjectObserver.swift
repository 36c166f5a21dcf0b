package import AWSKit

/// Reads the current state of a change's object with the given accounts.
package struct ObjectObserver: Sendable {
  private let bucket: String
  private let accounts: Accounts

  package init(bucket: String, accounts: Accounts) {
    self.bucket = bucket
    self.accounts = accounts
  }

  /// Reads the ACL of a grant's object, whose content a listing has shown.
  ///
  /// - Throws: an error that is not about the object, such as an unreachable server.
  func observe(_ change: Change, listed: ObservedObject.ListedContent) async throws(AWSError) -> ObservedObject {
    var observed = ObservedObject(content: .missing, isReadableByBucketOwner: false, acl: nil)
    guard case .found(let content, let owner) = listed else { return observed }
    observed.content = .found(content, nil)
    do {
      observed.acl = try await accounts.requiredClient(of: change.owner).objectACL(
        bucket: bucket, key: change.key, versionID: change.versionID)
    } catch {
      if error.isNotFound {
        observed.content = .missing
      } else if error.isAccessDenied {
        observed.aclError = error
        observed.listedOwner = owner
      } else {
        throw error
      }
    }
    return observed
  }

  /// Reads the object's headers and its ACL, at the same time.
  ///
  /// - Throws: an error that is not about the object, such as an unreachable server.
  package func observe(_ change: Change) async throws(AWSError) -> ObservedObject {
    // The object's owner makes a grant. The bucket owner makes a copy, and may have made it already.
    let owner = Accounts.Role.objectOwner(change.owner)
    async let acl = ask(change.action == .grant ? [owner] : [owner, .bucketOwner]) { client throws(AWSError) in
      try await client.objectACL(bucket: bucket, key: change.key, versionID: change.versionID)
    }
    let head = await ask(change.action == .grant ? [owner] : [.bucketOwner, owner]) { client throws(AWSError) in
      try await client.headObject(
        bucket: bucket, key: change.key, versionID: change.versionID, withChecksum: change.action == .copy)
    }
    var observed = ObservedObject(content: .missing, isReadableByBucketOwner: false, acl: nil)
    switch try head.get() {
    case .found(let head, let role):
      observed.content = .found(head.content, head)
      observed.isReadableByBucketOwner = role == .bucketOwner
    case .missing: return observed
    case .denied(let error): observed.content = .denied(error ?? noCredentials)
    case .needsCustomerKey(let error, _): observed.content = .denied(error)
    }
    switch try await acl.get() {
    case .found(let list, _): observed.acl = list
    case .missing:
      observed.content = .missing
      return observed
    case .denied(let error): observed.aclError = error ?? noCredentials
    case .needsCustomerKey(let error, _): throw error
    }
    // An ACL that was unknown to the plan is expected to stay unknown.
    if observed.content.isDenied || (observed.aclError != nil && change.from != nil) {
      try await observeListing(change, &observed)
    }
    return observed
  }

  /// Adds what a listing shows of an object that no given account may read.
  ///
  /// An owner may be allowed to rewrite an ACL but not to read the object, so a listing is enough for a grant. And if
  /// somebody else has replaced the object, the accounts that could read the old one cannot read the new one.
  private func observeListing(_ change: Change, _ observed: inout ObservedObject) async throws(AWSError) {
    guard let object = try await listed(change) else {
      observed.content = .missing
      return
    }
    observed.listedOwner = object.owner
    if observed.content.isDenied, change.action == .grant || !change.isSameObject(as: object) {
      observed.content = .found(object.content, nil)
    }
  }

  /// The object's entry in a listing.
  private func listed(_ change: Change) async throws(AWSError) -> ListedObject? {
    try await accounts.main.client.listedObject(bucket: bucket, key: change.key, versionID: change.versionID)
  }

  /// The versions of a key behind the given one, the newest first; none if that version is missing or the last. Reads
  /// one page only: an uploader can make any number of versions.
  package func versions(olderThan id: String, of key: ObjectKey) async throws(AWSError) -> [ListedObject] {
    var found: [ListedObject] = []
    var hasPassed = false
    var marker: ListingMarker?
    while true {
      let page = try await accounts.main.client.listObjectVersions(bucket: bucket, prefix: key, after: marker)
      for object in page.objects where object.key == key {
        if hasPassed { found.append(object) }
        hasPassed = hasPassed || object.version?.id == id
      }
      guard found.count < Self.enoughVersions, page.isTruncated, page.end?.key == key else { return found }
      marker = page.end
    }
  }

  /// A run makes one version of an object, or a few if answers are lost.
  private static let enoughVersions = 50

  /// `Accounts.ask`, with errors as values: `async let` would forget their type.
  private func ask<Value: Sendable>(
    _ order: [Accounts.Role], _ question: (AWSClient) async throws(AWSError) -> Value
  ) async -> Result<Accounts.Answer<Value>, AWSError> {
    do throws(AWSError) {
      return .success(try await accounts.ask(order, question))
    } catch {
      return .failure(error)
    }
  }

  private var noCredentials: AWSError {
    AWSError(
      kind: .credentials, operation: "HeadObject", bucket: bucket, status: 403, code: "AccessDenied",
      message: "no given credentials may read the object")
  }
}

extension ObservedObject.Content {
  fileprivate var isDenied: Bool {
    if case .denied = self { true } else { false }
  }
}
