/// An uploaded part of a multipart upload.
package struct UploadedPart: Sendable {
  package let number: Int
  /// As the server wrote it.
  package let etag: String
}

extension AWSClient {
  /// What a file of fixacl's own is stored as: under S3's keys, since S3 Batch Operations reads no manifest under KMS.
  private static func uploadHeaders(_ type: String) -> [(name: String, value: String)] {
    [("Content-Type", type), ("x-amz-server-side-encryption", "AES256")]
  }

  /// PutObject of some bytes. Needs `s3:PutObject`.
  ///
  /// - Returns: the ETag, without quotation marks.
  package func putObject(
    bucket: String, key: ObjectKey, type: String, body: [UInt8]
  ) async throws(AWSError) -> String {
    var operation = AWSOperation(
      "PutObject", .put, bucket: bucket, key: key, headers: Self.uploadHeaders(type), body: body
    ) { response throws(XMLError) in try response.etag }
    operation.repetition = .always
    operation.deadlineSeconds = 600
    return try await run(operation)
  }

  /// CreateMultipartUpload. Needs `s3:PutObject`.
  ///
  /// - Returns: the upload's ID.
  package func createUpload(bucket: String, key: ObjectKey, type: String) async throws(AWSError) -> String {
    var operation = AWSOperation(
      "CreateMultipartUpload", .post, bucket: bucket, key: key, query: [("uploads", "")],
      headers: Self.uploadHeaders(type)
    ) { response throws(XMLError) in try Self.uploadID(in: response) }
    operation.repetition = .always
    return try await run(operation)
  }

  /// UploadPart.
  package func uploadPart(
    _ number: Int, bucket: String, key: ObjectKey, uploadID: String, body: [UInt8]
  ) async throws(AWSError) -> UploadedPart {
    var operation = AWSOperation(
      "UploadPart", .put, bucket: bucket, key: key, query: [("partNumber", "\(number)"), ("uploadId", uploadID)],
      body: body
    ) { response throws(XMLError) in UploadedPart(number: number, etag: try response.etag) }
    operation.repetition = .always
    operation.deadlineSeconds = 600
    return try await run(operation)
  }

  /// CompleteMultipartUpload. S3 may answer 200 and send an error afterwards, which is thrown.
  ///
  /// - Returns: the ETag of the whole object, without quotation marks.
  package func completeUpload(
    bucket: String, key: ObjectKey, uploadID: String, parts: [UploadedPart]
  ) async throws(AWSError) -> String {
    let document = Self.completion(of: parts, number: \.number) { part, writer in
      writer.element("ETag", text: "\"\(part.etag)\"")
    }
    var operation = AWSOperation(
      "CompleteMultipartUpload", .post, bucket: bucket, key: key, query: [("uploadId", uploadID)],
      headers: [("Content-Type", "application/xml")], document: document
    ) { response throws(XMLError) in
      let result = try XMLElement(parsing: response.body, root: "CompleteMultipartUploadResult")
      return try HTTPResponse.plain(etag: result["ETag"]?.text)
    }
    operation.deadlineSeconds = 600
    return try await run(operation)
  }
}

extension HTTPResponse {
  /// The ETag of what was stored, without quotation marks.
  fileprivate var etag: String {
    get throws(XMLError) { try Self.plain(etag: headers["etag"]) }
  }

  fileprivate static func plain(etag: String?) throws(XMLError) -> String {
    let plain = String(decoding: (etag ?? "").utf8.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    guard (1...1024).contains(plain.utf8.count) else { throw .invalid("an object without a usable ETag") }
    return plain
  }
}
