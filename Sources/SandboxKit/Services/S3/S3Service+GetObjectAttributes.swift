internal import NIOHTTP1
internal import AWSKit

extension S3Service {
  /// Who asks needs the right to read the object too (API Reference: GetObjectAttributes).
  func getObjectAttributes(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    var access = authorizer(call, bucket)
    access.context.objectTags = object.attributes.tags
    let action = call.versionID == nil ? "s3:GetObject" : "s3:GetObjectVersion"
    guard access.allowsOnObject(action, object.key, acl: object.acl, permission: .read) else {
      throw access.refusal(action, access.resource(object.key))
    }
    try checkCustomerKey(call, of: object, prefix: "x-amz-server-side-encryption-customer-")
    if object.attributes.encryption.algorithm != "AES256" { try checkDecryption(of: object, call) }
    let wanted = Set(
      call.request.headers["x-amz-object-attributes"].flatMap { $0.split(separator: ",") }.map {
        String($0.filter { $0 != " " })
      })
    guard !wanted.isEmpty, wanted.isSubset(of: Self.attributeNames) else {
      throw .invalidArgument("Invalid attribute name specified.")
    }
    let parts = wanted.contains("ObjectParts") ? try PartsPage(call, object) : nil
    var response = SandboxResponse.xml("GetObjectAttributesResponse", attributes: Self.namespace) { writer in
      if wanted.contains("ETag") { writer.element("ETag", text: object.etag) }
      if wanted.contains("Checksum"), let checksum = object.checksum {
        writer.element("Checksum") { writer in
          // That of a whole object of parts has no number of parts here.
          writer.element(checksum.elementName, text: String(checksum.value.prefix { $0 != "-" }))
          writer.element("ChecksumType", text: checksum.type)
        }
      }
      if let parts, !object.partSizes.isEmpty { writer.element("ObjectParts", parts.write) }
      if wanted.contains("StorageClass") { writer.element("StorageClass", text: object.attributes.storageClass) }
      if wanted.contains("ObjectSize") { writer.element("ObjectSize", text: String(object.content.size)) }
    }
    response.headers.add(name: "Last-Modified", value: object.lastModified.httpDate)
    addVersion(of: object, bucket, to: &response)
    return response
  }

  private static let attributeNames: Set<String> = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]

  /// The parts that a request asks for. S3 lists them only where the object's checksum is made of theirs; of others it
  /// tells their number.
  private struct PartsPage {
    private let object: StoredObject
    private let marker: Int
    private let maximum: Int

    init(_ call: S3Call, _ object: StoredObject) throws(ServiceError) {
      let marker = Int(call.header("x-amz-part-number-marker") ?? "0")
      let maximum = Int(call.header("x-amz-max-parts") ?? "1000")
      guard let marker, let maximum, marker >= 0, maximum >= 0 else {
        throw .invalidArgument("Argument max-parts must be an integer between 0 and 2147483647")
      }
      (self.object, self.marker, self.maximum) = (object, marker, min(maximum, 1000))
    }

    func write(to writer: inout DocumentWriter) {
      let sizes = object.partSizes
      writer.element("PartsCount", text: String(sizes.count))
      guard let whole = object.checksum, whole.type == "COMPOSITE" else { return }
      let algorithm = whole.algorithm
      let page = sizes.indices.dropFirst(marker).prefix(maximum)
      writer.element("PartNumberMarker", text: String(marker))
      writer.element("NextPartNumberMarker", text: String(page.last.map { $0 + 1 } ?? marker))
      writer.element("MaxParts", text: String(maximum))
      writer.element("IsTruncated", text: String(page.endIndex < sizes.count && !page.isEmpty))
      for index in page {
        let start = sizes[..<index].reduce(0, +)
        let checksum = ObjectChecksum(algorithm, of: object.content.slice(start..<(start + sizes[index])).bytes)
        writer.element("Part") { writer in
          writer.element(checksum.elementName, text: checksum.value)
          writer.element("PartNumber", text: String(index + 1))
          writer.element("Size", text: String(sizes[index]))
        }
      }
    }
  }
}
