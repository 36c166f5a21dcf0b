package import AWSKit

/// Reads settings of a whole account.
package enum AccountInspector {
  /// The Block Public Access of the caller's account, which applies to its buckets in addition to their own.
  ///
  /// - Parameters:
  ///   - sts: an STS client, which returns the account's number.
  ///   - control: an S3 Control client.
  package static func publicAccessBlock(
    sts: AWSClient, control: AWSClient
  ) async throws(AWSError) -> PublicAccessBlock {
    try await control.accountPublicAccessBlock(try await sts.callerIdentity().account)
  }
}
