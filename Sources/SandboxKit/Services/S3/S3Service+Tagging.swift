internal import AWSKit

/// Tags, retention and legal holds of a version.
extension S3Service {
  func performTagging(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    var object = try existingObject(
      call, bucket, authorizer(call, bucket), action: "s3:" + call.operation.rawValue, permission: nil)
    var response: SandboxResponse
    switch call.operation {
    case .getObjectTagging:
      response = .xml("Tagging", attributes: Self.namespace) { writer in
        writer.element("TagSet") { writer in
          for tag in object.attributes.tags {
            writer.element("Tag") {
              $0.element("Key", text: tag.key)
              $0.element("Value", text: tag.value)
            }
          }
        }
      }
    case .putObjectTagging:
      try checkDigest(call)
      guard let set = try call.document("Tagging")["TagSet"] else { throw .malformedXML }
      object.attributes.tags = try Self.checked(
        tags: set.all("Tag").map { ObjectTag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "") })
      bucket.replace(object)
      response = SandboxResponse()
    default:
      object.attributes.tags = []
      bucket.replace(object)
      response = SandboxResponse(204)
    }
    addVersion(of: object, bucket, to: &response)
    return response
  }

  func performLock(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) -> SandboxResponse {
    guard bucket.hasObjectLock else { throw .invalidRequest("Bucket is missing Object Lock Configuration") }
    var object = try existingObject(
      call, bucket, authorizer(call, bucket), action: "s3:" + call.operation.rawValue, permission: nil)
    let missing = ServiceError(
      404, "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration")
    switch call.operation {
    case .getObjectRetention:
      guard let retention = object.attributes.lock.retention else { throw missing }
      return .xml("Retention", attributes: Self.namespace) {
        $0.element("Mode", text: retention.mode)
        $0.element("RetainUntilDate", text: retention.until.s3Date)
      }
    case .getObjectLegalHold:
      guard let hold = object.attributes.lock.legalHold else { throw missing }
      return .xml("LegalHold", attributes: Self.namespace) { $0.element("Status", text: hold) }
    case .putObjectRetention:
      object.attributes.lock.retention = try retention(call, replacing: object.attributes.lock.retention)
    default:
      guard let status = try call.document("LegalHold")["Status"]?.text, ["ON", "OFF"].contains(status) else {
        throw .malformedXML
      }
      object.attributes.lock.legalHold = status
    }
    bucket.replace(object)
    return SandboxResponse()
  }

  /// A retention may be made longer by anybody who may set one; made shorter or taken away only in governance mode,
  /// by who says so.
  private func retention(
    _ call: S3Call, replacing old: ObjectLock.Retention?
  ) throws(ServiceError) -> ObjectLock.Retention? {
    let document = try call.document("Retention")
    var new: ObjectLock.Retention?
    if let mode = document["Mode"]?.text {
      guard ["GOVERNANCE", "COMPLIANCE"].contains(mode),
        let until = (document["RetainUntilDate"]?.text).flatMap(Timestamp.init(extended:))
      else { throw .malformedXML }
      guard until > call.now else { throw .invalidArgument("The retain until date must be in the future!") }
      new = ObjectLock.Retention(mode: mode, until: until)
    }
    guard let old, old.until > call.now else { return new }
    let isWeaker = new.map { $0.until < old.until || ($0.mode != old.mode && old.mode == "COMPLIANCE") } ?? true
    let bypasses = call.header("x-amz-bypass-governance-retention")?.lowercased() == "true"
    guard !isWeaker || (old.mode == "GOVERNANCE" && bypasses) else {
      throw ServiceError(403, "AccessDenied", "Access Denied because object protected by object lock.")
    }
    return new
  }
}
