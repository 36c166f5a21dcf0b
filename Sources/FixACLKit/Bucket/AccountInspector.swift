package import AWSKit

/// Asks for what is set for all buckets of an account.
package enum AccountInspector {
  /// The Block Public Access of the caller's account, which counts for its buckets besides their own.
  ///
  /// - Parameters:
  ///   - sts: a client of STS's, which tells the account's number.
  ///   - control: a client of S3 Control's.
  package static func publicAccessBlock(
    sts: AWSClient, control: AWSClient
  ) async throws(AWSError) -> PublicAccessBlock {
    try await control.accountPublicAccessBlock(try await sts.callerAccountID())
  }
}
