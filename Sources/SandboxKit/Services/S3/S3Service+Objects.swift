internal import NIOHTTP1
internal import AWSKit

extension S3Service {
  /// The version that a request is about, if the caller may do that to it.
  ///
  /// - Parameter change: the method of a request that changes what is there, or asks for tags: such requests learn that
  ///   the current version is a delete marker.
  /// - Throws: `NoSuchKey` only to callers who may list the bucket; others cannot tell "missing" from "forbidden".
  func existingObject(
    _ key: ObjectKey, versionID: String?, _ bucket: SandboxBucket, _ access: Authorizer, _ action: IAMAction,
    _ permission: Permission.Rights?, change: String? = nil
  ) throws(ServiceError) -> StoredObject {
    let found = versionID.map { bucket.version(key, $0) } ?? bucket.newest(key)
    guard let object = found else {
      try checkMayList(access)
      guard let versionID else {
        throw ServiceError(
          404, "NoSuchKey", "The specified key does not exist.", details: [("Key", key.text.xmlSafe)])
      }
      throw ServiceError(
        404, "NoSuchVersion", "The specified version does not exist.",
        details: [("Key", key.text.xmlSafe), ("VersionId", versionID)])
    }
    if object.isDeleteMarker {
      try checkMayList(access)
      let headers: KeyValuePairs = ["x-amz-delete-marker": "true", "x-amz-version-id": object.versionID]
      guard versionID == nil, change == nil else {
        var error = ServiceError.methodNotAllowed
        error.details = [("Method", change ?? "GET"), ("ResourceType", "DeleteMarker")]
        error.headers = headers
        throw error
      }
      throw ServiceError(
        404, "NoSuchKey", "The specified key does not exist.", details: [("Key", key.text.xmlSafe)], headers: headers)
    }
    let name = action.name(forVersion: versionID)
    var access = access
    access.context.objectTags = object.attributes.tags
    guard access.allowsOnObject(name, key, acl: object.acl, permission: permission) else {
      throw access.refusal(name, access.resource(key))
    }
    return object
  }

  private func checkMayList(_ access: Authorizer) throws(ServiceError) {
    guard access.allowsOnBucket("s3:ListBucket", permission: .read) else {
      throw access.refusal("s3:ListBucket", access.bucketResource)
    }
  }

  /// Tells the version of an object that was just made: S3 returns those that it has generated, and none while versions
  /// are suspended (API Reference: PutObject, `x-amz-version-id`).
  func addNewVersion(of object: StoredObject, _ bucket: SandboxBucket, to response: inout SandboxResponse) {
    if bucket.versioning == .enabled { response.headers.add(name: "x-amz-version-id", value: object.versionID) }
  }

  /// Tells the version where the bucket has versions.
  func addVersion(of object: StoredObject, _ bucket: SandboxBucket, to response: inout SandboxResponse) {
    if bucket.versioning != .unversioned {
      response.headers.add(name: "x-amz-version-id", value: object.versionID)
    }
  }
}

extension String {
  /// Whether a header such as If-Match names that ETag: in a list, quoted or not, or `*`.
  func matches(etag: String) -> Bool {
    split(separator: ",").contains { part in
      let value = part.filter { $0 != " " && $0 != "\"" }
      return value == "*" || value == etag
    }
  }

  /// Without the characters that no XML 1.0 document can hold.
  var xmlSafe: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          let isAllowed =
            scalar == "\t" || scalar == "\n" || scalar == "\r"
            || (scalar.value >= 0x20 && scalar.value & 0xfffe != 0xfffe)
          return isAllowed ? scalar : "\u{fffd}"
        }))
  }
}
