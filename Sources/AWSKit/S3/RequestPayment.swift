extension AWSClient {
  /// GetBucketRequestPayment. Needs `s3:GetBucketRequestPayment`.
  ///
  /// - Returns: nil if the server does not know the sub-resource.
  package func requestPayment(bucket: String) async throws(AWSError) -> Payer? {
    try await run(
      AWSOperation("GetBucketRequestPayment", bucket: bucket, query: [("requestPayment", "")]) {
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
