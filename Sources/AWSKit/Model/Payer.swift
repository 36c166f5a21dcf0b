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
