/// An AWS partition: regions that share accounts, ARNs and domains (botocore's partitions.json).
package struct Partition: Sendable, Hashable {
  /// The second part of its ARNs.
  package let name: String
  /// The prefix of its region names; empty for the partition of all other regions.
  let regionPrefix: String
  /// The domain of its hosts.
  package let domain: String
  /// The domain of dual-stack hosts of services other than S3.
  let dualStackDomain: String

  /// Whether S3 has FIPS-validated hosts there.
  package var hasFIPS: Bool { name != "aws-cn" }

  /// All partitions; the last one matches every other region.
  package static let all = [
    Partition(
      name: "aws-cn", regionPrefix: "cn-", domain: "amazonaws.com.cn", dualStackDomain: "api.amazonwebservices.com.cn"),
    Partition(name: "aws-us-gov", regionPrefix: "us-gov-", domain: "amazonaws.com", dualStackDomain: "api.aws"),
    Partition(
      name: "aws-iso", regionPrefix: "us-iso-", domain: "c2s.ic.gov", dualStackDomain: "api.aws.ic.gov"),
    Partition(
      name: "aws-iso-b", regionPrefix: "us-isob-", domain: "sc2s.sgov.gov", dualStackDomain: "api.aws.scloud"),
    Partition(
      name: "aws-iso-e", regionPrefix: "eu-isoe-", domain: "cloud.adc-e.uk", dualStackDomain: "api.cloud-aws.adc-e.uk"),
    Partition(
      name: "aws-iso-f", regionPrefix: "us-isof-", domain: "csp.hci.ic.gov", dualStackDomain: "api.aws.hci.ic.gov"),
    Partition(
      name: "aws-eusc", regionPrefix: "eusc-", domain: "amazonaws.eu", dualStackDomain: "api.amazonwebservices.eu"),
    standard,
  ]

  private static let standard = Partition(
    name: "aws", regionPrefix: "", domain: "amazonaws.com", dualStackDomain: "api.aws")

  /// The domains of all partitions, each once.
  package static let domains = Set(all.map(\.domain)).sorted()

  /// The partition that a region is in.
  package static func of(_ region: Region) -> Partition {
    all.first { region.name.lowercased().hasPrefix($0.regionPrefix) } ?? standard
  }
}
