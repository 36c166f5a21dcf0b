/// The AWS services that fixacl calls.
package enum AWSService: String, Sendable, Hashable, CaseIterable {
  case s3
  case cloudFront = "cloudfront"
  case sts
  /// S3's settings of a whole account.
  case s3Control = "s3_control"

  /// Its name in a `services` section of the shared files.
  package var settingName: String { rawValue }

  /// The service name in signatures.
  var signingName: String {
    switch self {
    case .s3, .s3Control: "s3"
    case .cloudFront: "cloudfront"
    case .sts: "sts"
    }
  }

  /// The region in signatures: CloudFront is one service for all regions of a partition.
  func signingRegion(_ region: Region) -> Region {
    switch self {
    case .cloudFront: Partition.of(region).name == "aws-cn" ? .ningxia : .standard
    case .s3, .sts, .s3Control: region
    }
  }

  /// Amazon's own host (botocore's endpoint rule sets).
  func host(region: Region, _ variant: EndpointVariant = []) -> String {
    let partition = Partition.of(region)
    let (fips, isDualStack) = (variant.contains(.fips) ? "-fips" : "", variant.contains(.dualStack))
    switch self {
    case .s3, .s3Control:
      let name = self == .s3 ? "s3" : "s3-control"
      return "\(name)\(fips)\(isDualStack ? ".dualstack" : "").\(region).\(partition.domain)"
    case .cloudFront where partition.name == "aws-cn": return "cloudfront\(fips).cn-northwest-1.amazonaws.com.cn"
    case .cloudFront: return isDualStack ? "cloudfront\(fips).global.api.aws" : "cloudfront\(fips).amazonaws.com"
    // GovCloud's standard endpoint is FIPS-validated.
    case .sts where partition.name == "aws-us-gov" && !isDualStack: return "sts.\(region).amazonaws.com"
    case .sts: return "sts\(fips).\(region).\(isDualStack ? partition.dualStackDomain : partition.domain)"
    }
  }

  /// The environment variable for its endpoint.
  var endpointVariable: EnvironmentVariable {
    switch self {
    case .s3: .endpointURLS3
    case .cloudFront: .endpointURLCloudFront
    case .sts: .endpointURLSTS
    case .s3Control: .endpointURLS3Control
    }
  }
}
