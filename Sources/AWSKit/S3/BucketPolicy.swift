extension AWSClient {
  /// GetBucketPolicy. Needs `s3:GetBucketPolicy`.
  ///
  /// - Returns: the unchanged document; nil if the bucket has no policy.
  package func bucketPolicy(bucket: String) async throws(AWSError) -> [UInt8]? {
    do {
      return try await run(
        AWSOperation("GetBucketPolicy", bucket: bucket, query: [("policy", "")]) {
          response throws(XMLError) -> [UInt8]? in
          let isBlank: (UInt8) -> Bool = { (0x09...0x0d).contains($0) || $0 == 0x20 }
          let text = response.body.drop(while: isBlank)
          // A server that does not know the sub-resource answers in XML, for example with a listing of the bucket.
          guard text.first == UInt8(ascii: "<") else { return text.isEmpty ? nil : response.body }
          guard try XMLElement.setting(response.body, root: "Error") != nil else { return nil }
          throw .unexpectedRoot("Error")
        })
    } catch {
      guard error.code == "NoSuchBucketPolicy" else { throw error }
      return nil
    }
  }
}
