extension AWSClient {
  /// GetObjectTagging. Needs `s3:GetObjectTagging`.
  ///
  /// - Parameter versionID: nil for the current version; another one needs `s3:GetObjectVersionTagging`.
  package func objectTags(
    bucket: String, key: ObjectKey, versionID: String? = nil
  ) async throws(AWSError) -> [ObjectTag] {
    try await run(
      AWSOperation("GetObjectTagging", bucket: bucket, key: key, versionID: versionID, query: [("tagging", "")]) {
        response throws(XMLError) in
        // Ceph RadosGW's answer for an object that lost its tags in a copy.
        guard !response.body.isEmpty else { return [] }
        let tagging = try XMLElement(parsing: response.body, root: "Tagging")
        guard let set = tagging["TagSet"] else { throw .invalid("tags without a set of them") }
        return set.all("Tag").map { ObjectTag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "") }
      })
  }

  /// PutObjectTagging: replaces all tags. Needs `s3:PutObjectTagging`.
  ///
  /// - Parameter versionID: nil for the current version; another one needs `s3:PutObjectVersionTagging`.
  package func putObjectTags(
    bucket: String, key: ObjectKey, versionID: String? = nil, tags: [ObjectTag]
  ) async throws(AWSError) {
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
      AWSOperation(
        "PutObjectTagging", .put, bucket: bucket, key: key, versionID: versionID, query: [("tagging", "")],
        headers: [("Content-Type", "application/xml")], document: writer,
        parse: AWSOperation<Void>.expectNoError))
  }
}
