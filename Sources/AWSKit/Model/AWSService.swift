/// The AWS services that fixacl calls.
package enum AWSService: String, Sendable, Hashable, CaseIterable {
  case s3
  case cloudFront = "cloudfront"
  case sts
  /// S3's settings of a whole account.
  case s3Control = "s3_control"
  /// The portal of IAM Identity Center, which gives credentials for a role.
  case sso
  /// IAM Identity Center's OpenID Connect service, which renews the tokens of the portal.
  case ssoOIDC = "sso_oidc"
  /// AWS Sign-In, which renews the credentials of `aws login`.
  case signIn = "signin"
  case kms
  case organizations
  case iam

  /// Its name in a `services` section of the shared files.
  package var settingName: String { rawValue }

  /// The service name in signatures.
  var signingName: String {
    switch self {
    case .s3, .s3Control: "s3"
    case .cloudFront: "cloudfront"
    case .sts: "sts"
    case .sso: "awsssoportal"
    case .ssoOIDC: "sso-oauth"
    case .signIn: "signin"
    case .kms: "kms"
    case .organizations: "organizations"
    case .iam: "iam"
    }
  }

  /// The region in signatures: some are one service for all regions of a partition.
  func signingRegion(_ region: Region) -> Region {
    switch self {
    case .cloudFront, .organizations: Partition.of(region).mainRegion
    case .iam: Partition.of(region).iamRegion
    default: region
    }
  }

  /// Amazon's own host (botocore's endpoint rule sets).
  func host(region: Region, _ variant: EndpointVariant = []) -> String {
    let partition = Partition.of(region)
    let isDualStack = variant.contains(.dualStack)
    var fips = variant.contains(.fips) ? "-fips" : ""
    let domain = isDualStack ? partition.dualStackDomain : partition.domain
    let isGovCloud = partition.name == "aws-us-gov"
    switch self {
    case .s3, .s3Control:
      let name = self == .s3 ? "s3" : "s3-control"
      return "\(name)\(fips)\(isDualStack ? ".dualstack" : "").\(region).\(partition.domain)"
    case .cloudFront:
      switch (partition.name, isDualStack) {
      case ("aws", true): return "cloudfront\(fips).global.api.aws"
      case ("aws-cn", false): return "cloudfront\(fips).\(partition.mainRegion).\(domain)"
      default: return "cloudfront\(fips).\(domain)"
      }
    case .sts, .sso, .ssoOIDC:
      // GovCloud's standard hosts of these are FIPS-validated.
      if isGovCloud, !isDualStack { fips = "" }
      let name = self == .sts ? "sts" : self == .sso ? "portal.sso" : "oidc"
      return "\(name)\(fips).\(region).\(domain)"
    case .signIn:
      if isGovCloud, !fips.isEmpty, !isDualStack {
        // Sign-In's first FIPS host there has no region in its name.
        return (region == partition.mainRegion ? "" : "\(region).") + "signin-fips.amazonaws-us-gov.com"
      }
      return variant.isEmpty ? "\(region).\(partition.signInDomain)" : "signin\(fips).\(region).\(domain)"
    case .kms: return "kms\(fips).\(region).\(domain)"
    case .organizations:
      if isGovCloud { fips = "" }
      return "organizations\(fips).\(partition.mainRegion).\(domain)"
    case .iam: return Self.iamHost(partition, fips: fips, domain: domain, isDualStack: isDualStack)
    }
  }

  /// IAM is one service for a partition, and its hosts follow no rule.
  private static func iamHost(_ partition: Partition, fips: String, domain: String, isDualStack: Bool) -> String {
    switch (partition.name, isDualStack) {
    case ("aws-us-gov", _): "iam.us-gov.\(domain)"
    case ("aws", false): "iam\(fips).\(domain)"
    case ("aws", true): "iam\(fips).global.\(domain)"
    case ("aws-iso", false), ("aws-iso-b", false): "iam\(fips).\(partition.iamRegion).\(domain)"
    case (_, false): fips.isEmpty ? "iam.\(partition.iamRegion).\(domain)" : "iam\(fips).\(domain)"
    case ("aws-cn", true), ("aws-eusc", true): fips.isEmpty ? "iam.global.\(domain)" : "iam\(fips).\(domain)"
    case (_, true): "iam\(fips).\(domain)"
    }
  }

  /// The environment variable for its endpoint.
  var endpointVariable: EnvironmentVariable {
    switch self {
    case .s3: .endpointURLS3
    case .cloudFront: .endpointURLCloudFront
    case .sts: .endpointURLSTS
    case .s3Control: .endpointURLS3Control
    case .sso: .endpointURLSSO
    case .ssoOIDC: .endpointURLSSOOIDC
    case .signIn: .endpointURLSignIn
    case .kms: .endpointURLKMS
    case .organizations: .endpointURLOrganizations
    case .iam: .endpointURLIAM
    }
  }
}
