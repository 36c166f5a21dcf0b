/// An AWS partition: regions that share accounts, ARNs and domains (botocore's partitions.json).
package struct Partition: Sendable, Hashable {
  /// The second part of its ARNs.
  package let name: String
  /// The prefix of its region names; empty for the partition of all other regions.
  let regionPrefix: String
  /// The region that services with one host in the partition sign for, and the default where none is set.
  package let mainRegion: Region
  /// The domain of its hosts.
  package let domain: String
  /// The domain of dual-stack hosts of services other than S3.
  let dualStackDomain: String
  /// The domain below which `REGION.` is AWS Sign-In.
  let signInDomain: String

  /// The region that IAM is in, for signatures.
  var iamRegion: Region { name == "aws-cn" ? Region(known: "cn-north-1") : mainRegion }

  /// Whether S3 has FIPS-validated hosts there.
  package var hasFIPS: Bool { name != "aws-cn" }

  private init(
    _ name: String, regions regionPrefix: String, main: StaticString, _ domain: String, dualStack: String,
    signIn: String
  ) {
    self.name = name
    self.regionPrefix = regionPrefix
    mainRegion = Region(known: "\(main)")
    self.domain = domain
    dualStackDomain = dualStack
    signInDomain = signIn
  }

  /// All partitions; the last one matches every other region.
  package static let all = [
    Partition(
      "aws-cn", regions: "cn-", main: "cn-northwest-1", "amazonaws.com.cn",
      dualStack: "api.amazonwebservices.com.cn", signIn: "signin.amazonaws.cn"),
    Partition(
      "aws-us-gov", regions: "us-gov-", main: "us-gov-west-1", "amazonaws.com",
      dualStack: "api.aws", signIn: "signin.amazonaws-us-gov.com"),
    Partition(
      "aws-iso", regions: "us-iso-", main: "us-iso-east-1", "c2s.ic.gov",
      dualStack: "api.aws.ic.gov", signIn: "signin.c2shome.ic.gov"),
    Partition(
      "aws-iso-b", regions: "us-isob-", main: "us-isob-east-1", "sc2s.sgov.gov",
      dualStack: "api.aws.scloud", signIn: "signin.sc2shome.sgov.gov"),
    Partition(
      "aws-iso-e", regions: "eu-isoe-", main: "eu-isoe-west-1", "cloud.adc-e.uk",
      dualStack: "api.cloud-aws.adc-e.uk", signIn: "signin.csphome.adc-e.uk"),
    Partition(
      "aws-iso-f", regions: "us-isof-", main: "us-isof-south-1", "csp.hci.ic.gov",
      dualStack: "api.aws.hci.ic.gov", signIn: "signin.csphome.hci.ic.gov"),
    Partition(
      "aws-eusc", regions: "eusc-", main: "eusc-de-east-1", "amazonaws.eu",
      dualStack: "api.amazonwebservices.eu", signIn: "signin.amazonaws-eusc.eu"),
    standard,
  ]

  private static let standard = Partition(
    "aws", regions: "", main: "us-east-1", "amazonaws.com", dualStack: "api.aws",
    signIn: "signin.aws.amazon.com")

  /// The domains of all partitions, each once.
  package static let domains = Set(all.map(\.domain)).sorted()

  /// The partition that a region is in.
  package static func of(_ region: Region) -> Partition {
    all.first { region.name.lowercased().hasPrefix($0.regionPrefix) } ?? standard
  }

  /// The partition that an ARN names; nil if the text is not an ARN of a known partition.
  package static func of(arn: String) -> Partition? {
    let parts = arn.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "arn" else { return nil }
    return all.first { $0.name == parts[1] }
  }
}
