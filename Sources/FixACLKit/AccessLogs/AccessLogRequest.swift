package import AWSKit

/// Which logs to read, and what to look for in them.
package struct AccessLogRequest: Sendable {
  /// S3's server access logs.
  package var accessLogs: [LogPlace] = []
  /// CloudFront's standard logs.
  package var cloudFrontLogs: [LogPlace] = []
  /// The bucket that is asked about; nil for all that are in the logs.
  package var bucket: String?
  /// The distribution's own domain name, `d….cloudfront.net`; nil for all that are in the logs.
  package var domainName: String?
  /// Whether a key is asked about; nil for all keys.
  package var isWantedKey: (@Sendable (ObjectKey) -> Bool)?
  /// Whether a path of CloudFront's is asked about, decoded and with its first slash; nil for all.
  package var isWantedPath: (@Sendable (ObjectKey) -> Bool)?
  /// The key that CloudFront asks the bucket for, by such a path: then refused keys are found in its logs too. It gives nil
  /// for a path that is another origin's.
  package var keyOfPath: (@Sendable (ObjectKey) -> ObjectKey?)?

  package init() {}
}
