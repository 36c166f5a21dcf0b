/// One tag of an object.
package struct ObjectTag: Hashable, Sendable {
  package let key: String
  package let value: String

  package init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

extension S3Client {
  /// GetObjectTagging. Needs `s3:GetObjectTagging`.
  package func objectTags(bucket: String, key: ObjectKey) async throws(S3Error) -> [ObjectTag] {
    try await run(
      S3Operation("GetObjectTagging", bucket: bucket, key: key, query: [("tagging", "")]) {
        response throws(XMLError) in
        // Ceph RadosGW's answer for an object that a copy has robbed of its tags.
        guard !response.body.isEmpty else { return [] }
        let tagging = try XMLElement(parsing: response.body, root: "Tagging")
        guard let set = tagging["TagSet"] else { throw .invalid("tags without a set of them") }
        return set.all("Tag").map { ObjectTag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "") }
      })
  }

  /// PutObjectTagging: replaces all tags. Needs `s3:PutObjectTagging`.
  package func putObjectTags(
    bucket: String, key: ObjectKey, tags: [ObjectTag]
  ) async throws(S3Error) {
    var writer = XMLWriter()
    writer.element("Tagging", attributes: " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"") { writer in
      writer.element("TagSet") { writer in
        for tag in tags {
          writer.element("Tag") { writer in
            writer.element("Key", text: tag.key)
            writer.element("Value", text: tag.value)
          }
        }
      }
    }
    try await run(
      S3Operation(
        "PutObjectTagging", .put, bucket: bucket, key: key, query: [("tagging", "")],
        headers: [("Content-Type", "application/xml")], body: writer.bytes,
        parse: S3Operation<Void>.expectNoError))
  }
}
