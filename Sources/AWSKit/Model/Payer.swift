/// Who pays for requests to a bucket and for downloads.
package enum Payer: String, Sendable {
  case bucketOwner = "BucketOwner"
  /// Requester Pays: S3 rejects requests of other accounts that do not declare that they pay.
  case requester = "Requester"
}

/// A request's declaration of who pays, as the AWS CLI spells it.
package enum RequestPayer: String, Sendable, CaseIterable {
  case requester

  /// The header with the declaration.
  static let header = "x-amz-request-payer"
}
