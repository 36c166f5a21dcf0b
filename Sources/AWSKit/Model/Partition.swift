/// A partition of AWS's: regions that share accounts, ARNs and domains (botocore's partitions.json).
package struct Partition: Sendable, Hashable {
  /// The second part of its ARNs.
  package let name: String
  /// What the names of its regions begin with; empty for the one that all other regions belong to.
  let regionPrefix: String
  /// The end of the hosts' names.
  package let domain: String
  /// The same of the services, other than S3, that answer by IPv6 too.
  let dualStackDomain: String

  /// Whether S3 has hosts with cryptography validated by FIPS 140 there.
  package var hasFIPS: Bool { name != "aws-cn" }

  /// All of them; the last one is everybody else's.
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

  /// The domains of all of them, each once.
  package static let domains = Set(all.map(\.domain)).sorted()

  /// The partition that a region is in.
  package static func of(_ region: Region) -> Partition {
    all.first { region.name.lowercased().hasPrefix($0.regionPrefix) } ?? standard
  }
}
