internal import AWSKit

/// A request to S3 before it is known who sent it: which operation, and on what.
struct S3Request {
  let operation: S3Operation
  /// Empty for operations on no bucket.
  let bucketName: String
  /// Empty for operations on no object.
  let key: ObjectKey
  let http: SandboxRequest

  /// Splits the path into bucket and key, and finds the operation.
  ///
  /// - Throws: 501 for what the sandbox does not do.
  init(_ request: SandboxRequest) throws(ServiceError) {
    (bucketName, key) = try Self.target(of: request)
    http = request
    guard key.isValidUTF8 else { throw ServiceError(400, "InvalidURI", "Couldn't parse the specified URI.") }
    guard key.bytes.count <= 1024 else { throw ServiceError(400, "KeyTooLongError", "Your key is too long") }
    let (subject, subresource) = Self.subject(of: request, bucketName: bucketName, key: key)
    func operation(isCopy: Bool) -> S3Operation? {
      Self.operations[
        Route(method: request.method, subject: subject, subresource: subresource, isCopy: isCopy)]
    }
    // Of most operations, a source to copy from says nothing.
    let isCopy = request[header: "x-amz-copy-source"] != nil
    guard let operation = (isCopy ? operation(isCopy: true) : nil) ?? operation(isCopy: false) else {
      let names = Set(request.query.map(\.name)).sorted()
      throw .notImplemented("\(request.method) with \(names.isEmpty ? "no parameter" : names.joined(separator: ", "))")
    }
    self.operation = operation
  }

  /// The bucket and the key that a request names.
  static func target(of request: SandboxRequest) throws(ServiceError) -> (bucketName: String, key: ObjectKey) {
    guard let path = request.path, path.first == UInt8(ascii: "/") else {
      throw ServiceError(400, "InvalidURI", "Couldn't parse the specified URI.")
    }
    if let bucket = request.hostBucket { return (bucket, ObjectKey(Array(path.dropFirst()))) }
    let end = path.dropFirst().firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
    return (String(decoding: path[1..<end], as: UTF8.self), ObjectKey(Array(path[end...].dropFirst())))
  }

  /// What a row of the table is found by.
  private struct Route: Hashable {
    let method: String
    let subject: S3Operation.Subject
    let subresource: String?
    let isCopy: Bool
  }

  private static let operations = Dictionary(
    uniqueKeysWithValues: S3Operation.all.map { operation in
      (
        Route(
          method: operation.method, subject: operation.subject, subresource: operation.subresource,
          isCopy: operation.isCopy), operation
      )
    })

  private static func subject(
    of request: SandboxRequest, bucketName: String, key: ObjectKey
  ) -> (S3Operation.Subject, subresource: String?) {
    if bucketName.isEmpty { return (.service, key.bytes.isEmpty ? nil : key.text) }
    // No bucket's name can be taken for the paths of S3 Control: these need a header that S3 does not have.
    if request.isForControl { return (.account, controlPath(key.text)) }
    let isBucket = key.bytes.isEmpty
    if request.query.isEmpty { return (isBucket ? .bucket : .object, nil) }
    func has(_ name: String) -> Bool { request.query.contains { $0.name == name } }
    if !isBucket, has("uploadId") { return (.object, "uploadId") }
    let known = request.query.first { subresources.contains($0.name) }?.name
    // Without an ID, it is the list of all that is asked for.
    if known == "inventory", request.method == "GET", !has("id") {
      return (isBucket ? .bucket : .object, "inventory-list")
    }
    // Without a name, too.
    if known == "annotation", request.method == "GET", !has("annotationName") {
      return (isBucket ? .bucket : .object, "annotation-list")
    }
    let listType = isBucket && request.method == "GET" && has("list-type") ? "list-type" : nil
    return (isBucket ? .bucket : .object, known ?? listType)
  }

  /// A path of S3 Control, as the table of operations has it: without the ID of a job.
  private static func controlPath(_ path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0] == "jobs" else { return path }
    return (["jobs", "{id}"] + parts.dropFirst(2)).joined(separator: "/")
  }

  /// Sub-resources that S3 knows, so that one that is not done here is never taken for a plain request.
  private static let subresources: Set<String> = [
    "abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "delete", "encryption",
    "intelligent-tiering",
    "inventory", "legal-hold", "lifecycle", "location", "logging", "metadataConfiguration", "metadataInventoryTable",
    "metadataJournalTable", "metadataTable", "metrics", "notification", "object-lock", "ownershipControls", "policy",
    "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore", "retention",
    "select", "select-type", "session", "tagging", "torrent", "uploads", "versioning", "versions", "website",
  ]
}
