internal import NIOHTTP1
internal import AWSKit

/// DeleteObject, DeleteObjects and RestoreObject.
extension S3Service {
  func deleteObject(
    _ call: S3Call, _ bucket: SandboxBucket, _ action: IAMAction
  ) throws(ServiceError) -> SandboxResponse {
    try checkBypass(call, bucket)
    let deleted = try delete(
      call.key, versionID: call.versionID, ifMatch: call.header("if-match"), call, bucket, action)
    var response = SandboxResponse(204)
    if deleted.isMarker { response.headers.add(name: "x-amz-delete-marker", value: "true") }
    if let version = deleted.versionID { response.headers.add(name: "x-amz-version-id", value: version) }
    return response
  }

  /// A header that bypasses a lock is refused if nothing can be locked, with any value.
  private func checkBypass(_ call: S3Call, _ bucket: SandboxBucket) throws(ServiceError) {
    let name = "x-amz-bypass-governance-retention"
    guard bucket.hasObjectLock || call.header(name) == nil else {
      throw .invalidArgument("\(name) is only applicable to Object Lock enabled buckets.", name)
    }
  }

  private func delete(
    _ key: ObjectKey, versionID: String?, ifMatch wanted: String?, _ call: S3Call, _ bucket: SandboxBucket,
    _ action: IAMAction
  ) throws(ServiceError) -> (versionID: String?, isMarker: Bool) {
    let existing = versionID.map { bucket.version(key, $0) } ?? bucket.newest(key)
    let name = action.name(forVersion: versionID)
    // The bucket's owner can always delete, even foreign objects.
    let access = authorizer(call, bucket)
    guard access.allowsOnKey(name, key, over: existing?.owner) else { throw access.refusal(name, access.resource(key)) }
    if let wanted { try checkDeletion(of: key, ifMatch: wanted, bucket, access) }
    if let versionID {
      guard let object = bucket.version(key, versionID) else { return (versionID, false) }
      let bypasses = call.header("x-amz-bypass-governance-retention")?.lowercased() == "true"
      guard !object.isLocked(at: call.now, bypassingGovernance: bypasses) else {
        throw ServiceError(403, "AccessDenied", "Access Denied because object protected by object lock.")
      }
      bucket.remove(key, versionID: versionID)
      return (versionID, object.isDeleteMarker)
    }
    guard bucket.versioning != .unversioned else {
      bucket.remove(key, versionID: "null")
      return (nil, false)
    }
    let owner = call.caller.canonicalID ?? bucket.owner.canonicalID
    var marker = StoredObject(key: key, lastModified: call.now, acl: .owned(by: owner))
    marker.isDeleteMarker = true
    marker.versionID = bucket.versioning == .enabled ? state.newID(length: 32) : "null"
    bucket.put(marker)
    return (marker.versionID, true)
  }

  /// If-Match of a deletion is about the current version, whichever version is deleted, and reading its ETag needs
  /// the right to read the object (User Guide: "How to perform conditional deletes").
  private func checkDeletion(
    of key: ObjectKey, ifMatch wanted: String, _ bucket: SandboxBucket, _ access: Authorizer
  ) throws(ServiceError) {
    let current = bucket.newest(key)
    if wanted != "*", let current, !current.isDeleteMarker,
      !access.allowsOnObject("s3:GetObject", key, acl: current.acl, permission: .read)
    {
      throw access.refusal("s3:GetObject", access.resource(key))
    }
    guard let current else {
      throw ServiceError(
        404, "NoSuchKey", "The specified key does not exist.", details: [("Key", key.text.xmlSafe)])
    }
    guard !current.isDeleteMarker, wanted.matches(etag: current.etag) else {
      throw .preconditionFailed("If-Match")
    }
  }

  func deleteObjects(
    _ call: S3Call, _ bucket: SandboxBucket, _ action: IAMAction
  ) throws(ServiceError) -> SandboxResponse {
    try demandDigest(call)
    try verifyDigest(call)
    try checkBypass(call, bucket)
    let document = try call.document("Delete")
    let objects = document.all("Object")
    guard (1...1000).contains(objects.count) else { throw .malformedXML }
    // Only directory buckets know these (API Reference: ObjectIdentifier).
    for name in ["LastModifiedTime", "Size"] where objects.contains(where: { $0[name] != nil }) {
      throw .notImplemented("\(name) of an object that is to be deleted")
    }
    var answer = DocumentWriter()
    answer.element("DeleteResult", attributes: Self.namespace) { writer in
      for object in objects {
        let key = ObjectKey(object["Key"]?.text ?? "")
        let versionID = object["VersionId"]?.text
        do throws(ServiceError) {
          // DeleteObject calls such an ID an invalid argument.
          guard versionID.map(SandboxBucket.isValid(versionID:)) ?? true else {
            throw ServiceError(404, "NoSuchVersion", "The specified version does not exist.")
          }
          let deleted = try delete(
            key, versionID: versionID, ifMatch: object["ETag"]?.text, call, bucket, action)
          guard document["Quiet"]?.text != "true" else { continue }
          writer.element("Deleted") { writer in
            writer.element("Key", text: key.text.xmlSafe)
            if let versionID { writer.element("VersionId", text: versionID) }
            guard deleted.isMarker, let marker = deleted.versionID else { return }
            writer.element("DeleteMarker", text: "true")
            writer.element("DeleteMarkerVersionId", text: marker)
          }
        } catch {
          writer.element("Error") { writer in
            writer.element("Key", text: key.text.xmlSafe)
            if let versionID { writer.element("VersionId", text: versionID) }
            writer.element("Code", text: error.code)
            writer.element("Message", text: error.message)
          }
        }
      }
    }
    return .xml(document: answer.bytes)
  }

  // MARK: RestoreObject

  /// Restores at once: nobody wants to wait for hours in a rehearsal.
  func restoreObject(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    var object = object
    guard StorageClass.archives.contains(object.attributes.storageClass) else {
      throw ServiceError(
        403, "InvalidObjectState", "Restore is not allowed for the object's current storage class")
    }
    let days = try call.document("RestoreRequest")["Days"].flatMap { Int($0.text) } ?? 1
    let isRestored = object.isReadable(at: call.now)
    object.attributes.restoredUntil = Timestamp(seconds: call.now.seconds + days * 86_400)
    bucket.replace(object)
    return SandboxResponse(isRestored ? 200 : 202)
  }
}
