/// Who pays for requests to a bucket and what is read from it.
package enum Payer: String, Sendable {
  case bucketOwner = "BucketOwner"
  /// Requester Pays: S3 refuses other accounts than the owner's whose requests do not say that they pay.
  case requester = "Requester"
}

/// What a request says of who pays for it, as the AWS CLI spells it.
package enum RequestPayer: String, Sendable, CaseIterable {
  case requester

  /// The header that says it.
  static let header = "x-amz-request-payer"
}

extension S3Client {
  /// GetBucketRequestPayment. Needs `s3:GetBucketRequestPayment`.
  ///
  /// - Returns: nil where the server does not know the sub-resource.
  package func requestPayment(bucket: String) async throws(S3Error) -> Payer? {
    try await run(
      S3Operation("GetBucketRequestPayment", bucket: bucket, query: [("requestPayment", "")]) {
        response throws(XMLError) in
        guard let configuration = try XMLElement.setting(response.body, root: "RequestPaymentConfiguration") else {
          return nil
        }
        let text = configuration["Payer"]?.text ?? ""
        guard let payer = Payer(rawValue: text) else { throw .invalid("the payer '\(text)'") }
        return payer
      })
  }
}
