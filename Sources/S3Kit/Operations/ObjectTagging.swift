/// One tag of an object.
package struct ObjectTag: Hashable, Sendable {
  package let key: String
  package let value: String

  package init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  /// Tags as `x-amz-tagging` has them: a query string.
  static func header(_ tags: [ObjectTag]) -> String {
    tags.map { PercentEncoding.encode($0.key) + "=" + PercentEncoding.encode($0.value) }.joined(separator: "&")
  }
}

extension S3Client {
  /// GetObjectTagging. Needs `s3:GetObjectTagging`.
  ///
  /// - Parameter versionID: nil for the current version; for another, `s3:GetObjectVersionTagging` is needed.
  package func objectTags(
    bucket: String, key: ObjectKey, versionID: String? = nil
  ) async throws(S3Error) -> [ObjectTag] {
    try await run(
      S3Operation("GetObjectTagging", bucket: bucket, key: key, versionID: versionID, query: [("tagging", "")]) {
        response throws(XMLError) in
        // Ceph RadosGW's answer for an object that a copy has robbed of its tags.
        guard !response.body.isEmpty else { return [] }
        let tagging = try XMLElement(parsing: response.body, root: "Tagging")
        guard let set = tagging["TagSet"] else { throw .invalid("tags without a set of them") }
        return set.all("Tag").map { ObjectTag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "") }
      })
  }

  /// PutObjectTagging: replaces all tags. Needs `s3:PutObjectTagging`.
  ///
  /// - Parameter versionID: nil for the current version; for another, `s3:PutObjectVersionTagging` is needed.
  package func putObjectTags(
    bucket: String, key: ObjectKey, versionID: String? = nil, tags: [ObjectTag]
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
        "PutObjectTagging", .put, bucket: bucket, key: key, versionID: versionID, query: [("tagging", "")],
        headers: [("Content-Type", "application/xml")], document: writer,
        parse: S3Operation<Void>.expectNoError))
  }
}
