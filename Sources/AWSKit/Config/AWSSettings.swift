/// Where requests are sent, and which credentials sign them.
package struct AWSSettings: Sendable {
  /// The requested profile, or `default`, which need not exist.
  package let profileName: String
  /// The keys to sign with.
  package let credentials: Credentials
  /// The source of the keys, for messages: `environment`, or `profile tools in /root/.aws/credentials`.
  package let credentialsSource: String
  /// The region, if one is set.
  package let region: Setting<Region>?
  /// The URL of the S3 service, if one is set. It is not validated here.
  package let endpointURL: Value?
  /// The URLs of the other services, if set.
  package let otherEndpointURLs: [AWSService: Value]
  /// The requested variants of Amazon's hosts, each with its source.
  package let variants: [Setting<EndpointVariant>]
  /// A file of certificates to trust instead of the system's.
  package let certificateBundle: Value?

  /// All of the variants together.
  package var variant: EndpointVariant { EndpointVariant(variants.map(\.value)) }

  /// A setting, and where it was set.
  package struct Setting<Content: Sendable & Equatable>: Sendable, Equatable {
    /// The setting itself.
    package let value: Content
    /// Its source, for messages: `--region`, `AWS_REGION`, or `profile tools in /root/.aws/config`.
    package let source: String
  }

  /// A setting as it was written.
  package typealias Value = Setting<String>
}
