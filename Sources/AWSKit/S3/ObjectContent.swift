extension AWSClient {
  /// GetObject: some bytes of an object. Needs `s3:GetObject`.
  ///
  /// - Parameters:
  ///   - range: not empty, and within the object.
  ///   - etag: the object's, without quotation marks; if it has another one by now, S3 answers 412. Nil for any.
  package func objectBytes(
    bucket: String, key: ObjectKey, range: Range<Int>, etag: String?
  ) async throws(AWSError) -> [UInt8] {
    var operation = AWSOperation(
      "GetObject", bucket: bucket, key: key,
      headers: [("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
    ) { response throws(XMLError) -> [UInt8] in
      guard response.body.count == range.count else {
        throw .invalid("\(response.body.count) bytes of an object, where \(range.count) were asked for")
      }
      return response.body
    }
    if let etag { operation.headers.append(("If-Match", "\"\(etag)\"")) }
    operation.maximumResponseBytes = max(range.count, 64 << 10)
    operation.deadlineSeconds = 300
    return try await run(operation)
  }

  /// GetObject: a whole object, if it is not longer than so many bytes. Needs `s3:GetObject`.
  package func wholeObject(bucket: String, key: ObjectKey, maximumBytes: Int) async throws(AWSError) -> [UInt8] {
    var operation = AWSOperation("GetObject", bucket: bucket, key: key) { response throws(XMLError) in response.body }
    operation.maximumResponseBytes = maximumBytes
    operation.deadlineSeconds = 300
    return try await run(operation)
  }
}
