extension AWSClient {
  /// GetBucketPolicyStatus: whether S3 takes the bucket policy for public. Needs `s3:GetBucketPolicyStatus`.
  ///
  /// - Returns: false if the bucket has no policy.
  package func policyIsPublic(bucket: String) async throws(AWSError) -> Bool {
    do {
      return try await run(
        AWSOperation("GetBucketPolicyStatus", bucket: bucket, query: [("policyStatus", "")]) {
          response throws(XMLError) in
          let status = try XMLElement(parsing: response.body, root: "PolicyStatus")
          return status["IsPublic"]?.text.lowercased() == "true"
        })
    } catch {
      guard error.code == "NoSuchBucketPolicy" else { throw error }
      return false
    }
  }

  /// GetBucketCors: how many rules there are. Needs `s3:GetBucketCORS`.
  package func corsRuleCount(bucket: String) async throws(AWSError) -> Int {
    do {
      return try await run(
        AWSOperation("GetBucketCors", bucket: bucket, query: [("cors", "")]) { response throws(XMLError) in
          guard let configuration = try XMLElement.setting(response.body, root: "CORSConfiguration") else { return 0 }
          return Array(configuration.all("CORSRule")).count
        })
    } catch {
      guard error.code == "NoSuchCORSConfiguration" else { throw error }
      return 0
    }
  }

  /// GetBucketAbac: whether tags of the bucket count in policies. Needs `s3:GetBucketAbac`.
  package func bucketTagsCount(bucket: String) async throws(AWSError) -> Bool {
    try await run(
      AWSOperation("GetBucketAbac", bucket: bucket, query: [("abac", "")]) { response throws(XMLError) in
        guard let status = try XMLElement.setting(response.body, root: "AbacStatus") else { return false }
        return status["Status"]?.text == "Enabled"
      })
  }

  /// GetObject of the first byte: whether an object can be read. Needs `s3:GetObject`; a GET, because the answer to a
  /// HEAD does not say why.
  package func probeObject(
    bucket: String, key: ObjectKey, versionID: String? = nil
  ) async throws(AWSError) -> ProbeAnswer {
    var operation = AWSOperation("GetObject", bucket: bucket, key: key, versionID: versionID) {
      response throws(XMLError) in ProbeAnswer(response)
    }
    operation.headers.append(("Range", "bytes=0-0"))
    return try await run(operation)
  }
}
