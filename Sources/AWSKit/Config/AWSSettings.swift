/// As whom, and where, requests are sent.
package struct AWSSettings: Sendable {
  /// The profile that was asked for, or `default`, which need not exist.
  package let profileName: String
  /// The keys to sign with.
  package let credentials: Credentials
  /// Where the keys come from, for people: `environment`, or `profile tools in /root/.aws/credentials`.
  package let credentialsSource: String
  /// The region, where one is set.
  package let region: Setting<Region>?
  /// The URL of the S3 service, where one is set; whether it is a URL is not checked here.
  package let endpointURL: Value?
  /// The URLs of the other services, where they are set.
  package let otherEndpointURLs: [AWSService: Value]
  /// Which of Amazon's hosts are wanted, each with the place where it is said.
  package let variants: [Setting<EndpointVariant>]
  /// A file of certificates to trust in place of the system's.
  package let certificateBundle: Value?

  /// All of the variants together.
  package var variant: EndpointVariant { EndpointVariant(variants.map(\.value)) }

  /// A setting, and which of the places where it can be set it comes from.
  package struct Setting<Content: Sendable & Equatable>: Sendable, Equatable {
    /// The setting itself.
    package let value: Content
    /// For people: `--region`, `AWS_REGION`, or `profile tools in /root/.aws/config`.
    package let source: String
  }

  /// A setting as it was written.
  package typealias Value = Setting<String>
}
