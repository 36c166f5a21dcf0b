internal import AWSKit

/// The tags of a version.
extension S3Service {
  func getObjectTagging(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    var response = SandboxResponse.xml("Tagging", attributes: Self.namespace) { writer in
      writer.element("TagSet") { writer in
        for tag in object.attributes.tags {
          writer.element("Tag") {
            $0.element("Key", text: tag.key)
            $0.element("Value", text: tag.value)
          }
        }
      }
    }
    addVersion(of: object, bucket, to: &response)
    return response
  }

  func putObjectTagging(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    guard let set = try call.document("Tagging")["TagSet"] else { throw .malformedXML }
    return setTags(try Self.checked(tags: Self.tags(set.all("Tag"))), of: object, bucket, SandboxResponse())
  }

  func deleteObjectTagging(
    _ call: S3Call, _ bucket: SandboxBucket, _ object: StoredObject
  ) throws(ServiceError) -> SandboxResponse {
    setTags([], of: object, bucket, SandboxResponse(204))
  }

  private func setTags(
    _ tags: [ObjectTag], of object: StoredObject, _ bucket: SandboxBucket, _ response: SandboxResponse
  ) -> SandboxResponse {
    var (object, response) = (object, response)
    object.attributes.tags = tags
    bucket.replace(object)
    addVersion(of: object, bucket, to: &response)
    return response
  }
}
