internal import AWSKit

/// An operation of the S3 API: how a request asks for it, what it is about, who may do it, and what does it.
///
/// `S3Operation.all` is the table of them. An operation is a row there and a handler: its kind of work says which
/// right has been checked, and what has been found, when the handler is called.
struct S3Operation: Sendable {
  /// What the path of a request names.
  enum Subject: Sendable, Hashable {
    case service
    /// Of S3 Control.
    case account
    case bucket, object
  }

  /// Does an operation for the account that asks.
  typealias AccountHandler =
    @Sendable (S3Service) -> (S3Call, SandboxAccount) throws(ServiceError) -> SandboxResponse
  /// Does an operation on a bucket that exists.
  typealias BucketHandler = @Sendable (S3Service) -> (S3Call, SandboxBucket) throws(ServiceError) -> SandboxResponse
  /// Does an operation on a version that exists.
  typealias ObjectHandler =
    @Sendable (S3Service) -> (S3Call, SandboxBucket, StoredObject) throws(ServiceError) -> SandboxResponse
  /// Does an operation on an upload in parts that has begun.
  typealias UploadHandler =
    @Sendable (S3Service) -> (S3Call, SandboxBucket, MultipartUpload) throws(ServiceError) -> SandboxResponse
  /// Deletes what the caller may delete by that action.
  typealias DeletionHandler =
    @Sendable (S3Service) -> (S3Call, SandboxBucket, IAMAction) throws(ServiceError) -> SandboxResponse
  /// What must be true of a bucket before anything else is looked at.
  typealias Precondition = @Sendable (SandboxBucket) throws(ServiceError) -> Void

  /// The right that an operation needs, and its handler.
  enum Work: Sendable {
    /// Every identity may do it, for its own account.
    case forAccount(AccountHandler)
    /// Needs a right over an existing bucket, which its ACL can grant if there is a permission for it.
    case onBucket(IAMAction, Permission.Rights?, BucketHandler)
    /// Needs a right over an existing version, which its ACL can grant if there is a permission for it.
    case onObject(IAMAction, Permission.Rights?, Precondition?, ObjectHandler)
    /// Needs the right to write under a key, which WRITE in the bucket's ACL grants too.
    case onKey(IAMAction, BucketHandler)
    /// The same, for an upload in parts that has been begun.
    case onUpload(IAMAction, UploadHandler)
    /// The handler asks for the right, for each key to delete.
    case onDeletion(IAMAction, DeletionHandler)
  }

  /// As in the S3 API, by which faults and counters name it too.
  let name: String
  let method: String
  let subject: Subject
  /// The parameter that makes another operation of the same method, or S3 Control's path; nil for none.
  let subresource: String?
  /// Whether the request names a source to copy from.
  let isCopy: Bool
  let work: Work
  /// What of AWS's model the operation does not honour.
  let members: S3Members

  private init(
    _ name: String, _ method: String, _ subject: Subject, _ subresource: String?, isCopy: Bool = false, _ work: Work
  ) {
    self.name = name
    self.method = method
    self.subject = subject
    self.subresource = subresource
    self.isCopy = isCopy
    self.work = work
    members = S3Members(of: name)
  }

  /// Whether S3 counts it among the 3,500 writes a second of a prefix, and not among the 5,500 reads.
  var isWrite: Bool { method != "GET" && method != "HEAD" }

  // MARK: Rows

  /// An operation on no bucket.
  static func service(_ name: String, _ method: String, _ handler: @escaping AccountHandler) -> S3Operation {
    S3Operation(name, method, .service, nil, .forAccount(handler))
  }

  /// An operation of S3 Control.
  static func account(
    _ name: String, _ method: String, _ path: String, _ handler: @escaping AccountHandler
  ) -> S3Operation {
    S3Operation(name, method, .account, path, .forAccount(handler))
  }

  /// An operation on a bucket that need not exist.
  static func newBucket(_ name: String, _ method: String, _ handler: @escaping AccountHandler) -> S3Operation {
    S3Operation(name, method, .bucket, nil, .forAccount(handler))
  }

  /// An operation on a bucket.
  static func bucket(
    _ name: String, _ method: String, _ subresource: String?, _ action: IAMAction, _ permission: Permission.Rights?,
    _ handler: @escaping BucketHandler
  ) -> S3Operation {
    S3Operation(name, method, .bucket, subresource, .onBucket(action, permission, handler))
  }

  /// An operation on an object, or on the version that the request names.
  static func object(
    _ name: String, _ method: String, _ subresource: String?, _ action: IAMAction, _ permission: Permission.Rights?,
    _ handler: @escaping ObjectHandler, if precondition: Precondition? = nil
  ) -> S3Operation {
    S3Operation(name, method, .object, subresource, .onObject(action, permission, precondition, handler))
  }

  /// An operation that makes an object, or begins to.
  static func key(
    _ name: String, _ method: String, _ subresource: String?, _ action: IAMAction, isCopy: Bool = false,
    _ handler: @escaping BucketHandler
  ) -> S3Operation {
    S3Operation(name, method, .object, subresource, isCopy: isCopy, .onKey(action, handler))
  }

  /// An operation on an upload in parts.
  static func upload(
    _ name: String, _ method: String, _ action: IAMAction, isCopy: Bool = false, _ handler: @escaping UploadHandler
  ) -> S3Operation {
    S3Operation(name, method, .object, "uploadId", isCopy: isCopy, .onUpload(action, handler))
  }

  /// An operation that deletes objects or versions.
  static func deletion(
    _ name: String, _ method: String, _ subject: Subject, _ subresource: String?, _ action: IAMAction,
    _ handler: @escaping DeletionHandler
  ) -> S3Operation {
    S3Operation(name, method, subject, subresource, .onDeletion(action, handler))
  }
}
