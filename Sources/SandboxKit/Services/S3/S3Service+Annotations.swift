internal import NIOHTTP1
internal import AWSKit

/// Annotations of a version: named texts beside its content (API Reference: PutObjectAnnotation and its kin).
extension S3Service {
  /// The most annotations of a version, and the longest one in bytes.
  private static let maximumAnnotations = 1000
  private static let maximumAnnotationSize = 1 << 20
  private static let maximumAnnotationName = 512

  func listObjectAnnotations(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    let (prefix, after) = (call.text("annotation-prefix") ?? "", call.text("continuation-token") ?? "")
    guard let maximum = Int(call.text("max-annotation-results") ?? "1000"), maximum > 0 else {
      throw .invalidArgument("max-annotation-results must be an integer between 1 and 1000", "max-annotation-results")
    }
    let rest = object.annotations.filter {
      $0.name.hasPrefix(prefix) && after.utf8.lexicographicallyPrecedes($0.name.utf8)
    }
    let page = rest.prefix(min(maximum, Self.maximumAnnotations))
    var response = SandboxResponse.xml("ListObjectAnnotationsResult", attributes: Self.namespace) { writer in
      writer.element("Bucket", text: bucket.name)
      writer.element("Key", text: object.key.text.xmlSafe)
      if !prefix.isEmpty { writer.element("AnnotationPrefix", text: prefix.xmlSafe) }
      writer.element("MaxAnnotationResults", text: String(min(maximum, Self.maximumAnnotations)))
      writer.element("AnnotationCount", text: String(page.count))
      writer.element("Annotations") { writer in
        for annotation in page {
          writer.element("AnnotationEntry") { writer in
            writer.element("AnnotationName", text: annotation.name.xmlSafe)
            writer.element("LastModified", text: annotation.lastModified.s3Date)
            writer.element("ETag", text: "\"\(annotation.etag)\"")
            writer.element("Size", text: String(annotation.payload.count))
          }
        }
      }
      if page.count < rest.count, let last = page.last {
        writer.element("NextContinuationToken", text: last.name.xmlSafe)
      }
    }
    response.headers.add(name: "x-amz-object-version-id", value: object.versionID)
    return response
  }

  func getObjectAnnotation(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    let annotation = try existingAnnotation(call, of: object)
    return SandboxResponse(
      headers: [
        "ETag": "\"\(annotation.etag)\"", "Last-Modified": annotation.lastModified.httpDate,
        "x-amz-object-version-id": object.versionID,
      ], body: annotation.payload)
  }

  func putObjectAnnotation(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    let name = call.text("annotationName") ?? ""
    guard !name.isEmpty, !["aws", "s3"].contains(where: { name.lowercased().hasPrefix($0) }) else {
      throw ServiceError(400, "InvalidAnnotationName", "The annotation name is not valid.")
    }
    guard name.utf8.count <= Self.maximumAnnotationName else {
      throw ServiceError(400, "AnnotationNameTooLong", "The annotation name is too long.")
    }
    guard object.attributes.customerKeyMD5 == nil, (1...Self.maximumAnnotationSize).contains(call.body.count) else {
      throw .invalidRequest("The annotation cannot be attached to this object, or is empty or too long.")
    }
    guard String(validating: call.body, as: UTF8.self) != nil else {
      throw ServiceError(415, "UnsupportedMediaType", "The annotation payload must be UTF-8 encoded text.")
    }
    try checkObjectMatch(call, object)
    _ = try checkDigest(call)
    var object = object
    object.annotations.removeAll { $0.name == name }
    guard object.annotations.count < Self.maximumAnnotations else {
      throw ServiceError(400, "AnnotationLimitExceeded", "The object has the maximum number of annotations.")
    }
    let annotation = ObjectAnnotation(name: name, payload: call.body, lastModified: call.now)
    object.annotations.append(annotation)
    object.annotations.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    bucket.replace(object)
    return .xml("PutObjectAnnotationResult", attributes: Self.namespace) { writer in
      writer.element("Key", text: object.key.text.xmlSafe)
      writer.element("AnnotationName", text: name.xmlSafe)
    }
  }

  func deleteObjectAnnotation(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    let annotation = try existingAnnotation(call, of: object)
    try checkObjectMatch(call, object)
    var object = object
    object.annotations.removeAll { $0.name == annotation.name }
    bucket.replace(object)
    return SandboxResponse(204)
  }

  private func existingAnnotation(_ call: S3Call, of object: StoredObject) throws(ServiceError) -> ObjectAnnotation {
    let name = call.text("annotationName") ?? ""
    guard let annotation = object.annotations.first(where: { $0.name == name }) else {
      throw ServiceError(404, "NoSuchAnnotation", "The specified annotation does not exist.")
    }
    return annotation
  }

  private func checkObjectMatch(_ call: S3Call, _ object: StoredObject) throws(ServiceError) {
    guard let wanted = call.header("x-amz-object-if-match"), !wanted.matches(etag: object.etag) else { return }
    throw .preconditionFailed("x-amz-object-if-match")
  }

  /// The annotations of a copy: those of its source, unless it says `EXCLUDE`, for a caller that may read and write them.
  func copiedAnnotations(
    _ call: S3Call, _ bucket: SandboxBucket, of original: StoredObject, in sourceBucket: SandboxBucket
  ) throws(ServiceError) -> [ObjectAnnotation] {
    let directive = call.header("x-amz-object-annotation-directive")?.uppercased() ?? "COPY"
    guard ["COPY", "EXCLUDE"].contains(directive) else { throw .invalidArgument("Unknown annotation directive.") }
    guard directive == "COPY", !original.annotations.isEmpty else { return [] }
    guard
      authorizer(call, sourceBucket).allowsOnObject(
        "s3:GetObjectAnnotation", original.key, acl: original.acl, permission: nil),
      authorizer(call, bucket).allowsOnKey("s3:PutObjectAnnotation", call.key)
    else { throw .accessDenied }
    return original.annotations
  }
}
