/// What a CreateJob asks for, checked.
struct BatchJobRequest: Sendable {
  enum Operation: String, Sendable {
    case putACL = "S3PutObjectAcl"
    case copy = "S3PutObjectCopy"
  }

  let operation: Operation
  /// The element of the operation's name.
  let parameters: XMLNode
  let columns: [BatchManifest.Column]
  let manifestBucket: String
  /// Of the manifest object.
  let manifestKey: [UInt8]
  let manifestVersionID: String?
  /// Without quotation marks.
  let manifestETag: String
  /// Nil where no report is wanted.
  let report: Report?
  let roleARN: String
  let token: String
  let priority: Int
  let needsConfirmation: Bool
  let description: String?
  /// The whole, as it came: another request with the same token must have the same.
  let document: XMLNode

  struct Report: Sendable {
    let bucket: String
    let prefix: String
    let failedTasksOnly: Bool
    /// The account that the report's bucket must belong to, if one is named.
    let bucketOwnerID: String?
  }
}

extension BatchJobRequest {
  /// Reads the document of a CreateJob (S3 Control API Reference: CreateJob).
  init(_ document: XMLNode) throws(ServiceError) {
    self.document = document
    try document.refuse(besides: [
      "ConfirmationRequired", "Operation", "Report", "ClientRequestToken", "Manifest", "Description", "Priority",
      "RoleArn", "Tags", "ManifestGenerator",
    ])
    if document["ManifestGenerator"] != nil { throw .notImplemented("manifests that S3 generates") }
    token = try document.text("ClientRequestToken", lengths: 1...64)
    roleARN = try document.text("RoleArn", lengths: 1...2048)
    description = document["Description"]?.text
    guard (1...256).contains(description?.count ?? 1) else { throw .invalidRequest("Invalid job description") }
    guard let priority = Int32(try document.text("Priority", lengths: 1...10)), priority >= 0 else {
      throw .invalidRequest("Invalid job priority")
    }
    self.priority = Int(priority)
    needsConfirmation = try document.flag("ConfirmationRequired")
    (operation, parameters) = try Self.operation(document["Operation"])
    report = try Self.report(document["Report"])
    guard let manifest = document["Manifest"], let location = manifest["Location"] else {
      throw .invalidRequest("A job needs a manifest")
    }
    columns = try Self.columns(manifest["Spec"])
    let object = try location.text("ObjectArn", lengths: 1...2000).objectOfARN
    guard let object, !object.key.isEmpty else { throw .invalidRequest("Invalid manifest location") }
    manifestBucket = object.bucket
    manifestKey = Array(object.key.utf8)
    manifestVersionID = location["ObjectVersionId"]?.text
    manifestETag = try location.text("ETag", lengths: 1...1024).filter { $0 != "\"" }
  }

  private static func operation(_ element: XMLNode?) throws(ServiceError) -> (Operation, XMLNode) {
    guard let element, element.children.count == 1, let parameters = element.children.first else {
      throw .invalidRequest("A job has one operation")
    }
    guard let operation = Operation(rawValue: parameters.name) else {
      let known = [
        "LambdaInvoke", "S3PutObjectTagging", "S3DeleteObjectTagging", "S3InitiateRestoreObject",
        "S3PutObjectLegalHold", "S3PutObjectRetention", "S3ReplicateObject", "S3ComputeObjectChecksum",
        "S3UpdateObjectEncryption",
      ]
      guard known.contains(parameters.name) else { throw .malformedXML }
      throw .notImplemented("jobs with the operation \(parameters.name)")
    }
    switch operation {
    case .putACL: try checkACL(parameters)
    case .copy: try checkCopy(parameters)
    }
    return (operation, parameters)
  }

  /// One ACL with one owner for all objects, or a canned one (S3 Control API Reference: S3AccessControlPolicy).
  private static func checkACL(_ parameters: XMLNode) throws(ServiceError) {
    try parameters.refuse(besides: ["AccessControlPolicy"])
    guard let policy = parameters["AccessControlPolicy"] else { throw .malformedXML }
    try policy.refuse(besides: ["AccessControlList", "CannedAccessControlList"])
    guard (policy["AccessControlList"] == nil) != (policy["CannedAccessControlList"] == nil) else {
      throw .invalidRequest("Specify either an access control list or a canned one")
    }
    guard let list = policy["AccessControlList"] else { return }
    try list.refuse(besides: ["Owner", "Grants"])
    _ = try (list["Owner"] ?? XMLNode(name: "Owner")).text("ID", lengths: 1...1024)
    try checkGrants(list["Grants"])
  }

  private static func checkGrants(_ element: XMLNode?) throws(ServiceError) {
    for grant in element?.children ?? [] {
      let permissions = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"]
      guard let grantee = grant["Grantee"], permissions.contains(grant["Permission"]?.text ?? ""),
        ["id", "uri", "emailAddress"].contains(grantee["TypeIdentifier"]?.text ?? ""),
        !(grantee["Identifier"]?.text ?? "").isEmpty
      else { throw .malformedXML }
    }
  }

  private static func checkCopy(_ parameters: XMLNode) throws(ServiceError) {
    try parameters.refuse(besides: [
      "TargetResource", "CannedAccessControlList", "AccessControlGrants", "MetadataDirective",
      "ModifiedSinceConstraint",
      "NewObjectMetadata", "NewObjectTagging", "RedirectLocation", "RequesterPays", "StorageClass",
      "UnModifiedSinceConstraint", "SSEAwsKmsKeyId", "TargetKeyPrefix", "ObjectLockLegalHoldStatus", "ObjectLockMode",
      "ObjectLockRetainUntilDate", "BucketKeyEnabled", "ChecksumAlgorithm", "AnnotationDirective",
      "ObjectLockEventHold", "ObjectLockEventHoldDuration",
    ])
    guard try parameters.text("TargetResource", lengths: 1...128).bucketOfARN != nil else {
      throw .invalidRequest("Invalid target resource")
    }
    guard parameters["CannedAccessControlList"] == nil || parameters["AccessControlGrants"] == nil else {
      throw .invalidRequest("Specify either access control grants or a canned access control list")
    }
    try checkGrants(parameters["AccessControlGrants"])
    // With an event hold, the mode is that of the hold.
    guard
      (parameters["ObjectLockMode"] == nil) == (parameters["ObjectLockRetainUntilDate"] == nil)
        || parameters["ObjectLockEventHold"]?.text == "ON" && parameters["ObjectLockMode"] != nil
    else {
      throw .invalidRequest("Specify both the mode and the date of a retention")
    }
    for name in ["RequesterPays", "BucketKeyEnabled"] { _ = try parameters.flag(name) }
    guard let metadata = parameters["NewObjectMetadata"] else { return }
    try metadata.refuse(besides: [
      "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "UserMetadata", "ContentLength",
      "ContentMD5", "ContentType", "HttpExpiresDate", "RequesterCharged", "SSEAlgorithm",
    ])
  }

  private static func report(_ element: XMLNode?) throws(ServiceError) -> Report? {
    guard let element, element["Enabled"] != nil else { throw .invalidRequest("A job says whether it is to report") }
    guard try element.flag("Enabled") else { return nil }
    guard element["Format"]?.text == "Report_CSV_20180820",
      let bucket = try element.text("Bucket", lengths: 1...128).bucketOfARN,
      let scope = element["ReportScope"]?.text, ["AllTasks", "FailedTasksOnly"].contains(scope)
    else { throw .invalidRequest("Invalid report configuration") }
    return Report(
      bucket: bucket, prefix: element["Prefix"]?.text ?? "", failedTasksOnly: scope == "FailedTasksOnly",
      bucketOwnerID: element["ExpectedBucketOwner"]?.text)
  }

  private static func columns(_ spec: XMLNode?) throws(ServiceError) -> [BatchManifest.Column] {
    guard let spec else { throw .malformedXML }
    switch spec["Format"]?.text {
    case "S3BatchOperations_CSV_20180820": break
    case "S3InventoryReport_CSV_20161130": throw .notImplemented("jobs whose manifest is that of an inventory")
    default: throw .invalidRequest("Invalid manifest format")
    }
    var columns: [BatchManifest.Column] = []
    for field in spec["Fields"]?.children ?? [] {
      guard let column = BatchManifest.Column(rawValue: field.text), column == .ignored || !columns.contains(column)
      else { throw .invalidRequest("Invalid manifest fields") }
      columns.append(column)
    }
    for needed in [BatchManifest.Column.bucket, .key] where !columns.contains(needed) {
      throw .invalidRequest("Required fields are missing in the schema: \(needed.rawValue)")
    }
    return columns
  }
}

extension XMLNode {
  /// Refuses elements that the API does not know.
  fileprivate func refuse(besides known: Set<String>) throws(ServiceError) {
    guard children.allSatisfy({ known.contains($0.name) }), Set(children.map(\.name)).count == children.count else {
      throw .malformedXML
    }
  }

  /// The text of a child that must be there.
  fileprivate func text(_ name: String, lengths: ClosedRange<Int>) throws(ServiceError) -> String {
    guard let text = self[name]?.text, lengths.contains(text.count) else {
      throw .invalidRequest("The element \(name) is missing, or its length is not allowed")
    }
    return text
  }

  fileprivate func flag(_ name: String) throws(ServiceError) -> Bool {
    switch self[name]?.text.lowercased() {
    case nil, "false": return false
    case "true": return true
    default: throw .malformedXML
    }
  }
}

extension String {
  /// The bucket that an ARN names, and nothing in it.
  fileprivate var bucketOfARN: String? {
    guard let object = objectOfARN, object.key.isEmpty, !object.bucket.isEmpty else { return nil }
    return object.bucket
  }

  /// The object that an ARN names; its key is empty where it names a bucket.
  fileprivate var objectOfARN: (bucket: String, key: String)? {
    let parts = split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "s3", parts[3].isEmpty, parts[4].isEmpty else { return nil }
    let names = parts[5].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(names[0]), names.count > 1 ? String(names[1]) : "")
  }
}
