internal import AWSKit

extension S3Service {
  /// What S3's own condition keys can ask of a request (Service Authorization Reference: "Condition keys for Amazon S3").
  func addRequestValues(of call: S3Call, _ bucket: SandboxBucket, to context: inout RequestContext) {
    for name in RequestContext.headers { context.s3Values["s3:" + name] = call.header(name) }
    for name in ["if-match", "if-none-match"] { context.s3Values["s3:" + name] = call.header(name) }
    for name in ["prefix", "delimiter", "max-keys"] { context.s3Values["s3:" + name] = call.text(name) }
    context.s3Values["s3:versionid"] = call.versionID
    switch call.method {
    case .header: break
    case .query(let age):
      if call.header("x-amz-content-sha256") == nil {
        context.s3Values["s3:x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
      }
      context.s3Values["s3:authtype"] = "REST-QUERY-STRING"
      context.s3Values["s3:signatureage"] = String(age)
    case .oldQuery:
      context.s3Values["s3:authtype"] = "REST-QUERY-STRING"
      context.s3Values["s3:signatureversion"] = "AWS"
    }
    if let source = call.header("x-amz-copy-source") {
      // As conditions have it: `bucket/key`.
      let decoded =
        PercentCoding.decode(source.utf8, plusIsBlank: false).map { String(decoding: $0, as: UTF8.self) } ?? source
      context.s3Values["s3:x-amz-copy-source"] = String(decoded.drop { $0 == "/" })
    }
    context.s3Values["aws:requestedregion"] = bucket.region
    switch call.operation.name {
    case "PutObject", "CopyObject", "CompleteMultipartUpload": context.s3Values["s3:objectcreationoperation"] = "true"
    case "CreateMultipartUpload", "UploadPart", "UploadPartCopy":
      context.s3Values["s3:objectcreationoperation"] = "false"
    default: break
    }
    context.requestTags = requestTags(call)
  }

  private func requestTags(_ call: S3Call) -> [ObjectTag] {
    if let header = call.header("x-amz-tagging") { return (try? Self.tags(queryString: header)) ?? [] }
    guard call.operation.name == "PutObjectTagging", let set = try? call.document("Tagging")["TagSet"] else {
      return []
    }
    return set.all("Tag").map { ObjectTag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "") }
  }
}
