internal import ArgumentParser
internal import FixACLKit
internal import Glibc
internal import AWSKit

extension RequestPayer: ExpressibleByArgument {}

/// Whose credentials, and which server: spelled as the AWS CLI spells them.
struct CredentialOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The profile of the bucket owner's credentials.",
      discussion: "Default: as the AWS CLI finds them, by environment and shared files.",
      valueName: "name"))
  var profile: String?

  @Option(
    help: ArgumentHelp(
      "A profile of an account that owns objects; may be repeated.",
      discussion: "fixacl finds its account with ListBuckets. Default: FIXACL_OWNER_PROFILE (names with commas).",
      valueName: "name"))
  var ownerProfile: [String] = []

  @Option(
    help: ArgumentHelp(
      "Say in every request that the requester pays, as buckets with Requester Pays demand of other accounts than"
        + " their owner's; the plan remembers it.", valueName: "requester"))
  var requestPayer: RequestPayer?

  @Option(help: ArgumentHelp("The bucket's region; found out if it is not given.", valueName: "region"))
  var region: String?

  @Option(
    name: .customLong("endpoint-url"),
    help: ArgumentHelp("The URL of an S3 server, or of Amazon's S3 in a network of your own.", valueName: "url"))
  var endpointURL: String?

  /// How a session is opened.
  ///
  /// - Throws: `OpenFileLimit.TooLow`.
  func session(_ run: RunOptions) throws -> Session.Options {
    var options = Session.Options()
    options.profile = profile
    options.ownerProfiles = ownerProfiles
    options.region = region
    options.endpointURL = endpointURL
    options.requestPayer = requestPayer
    options.requestsPerSecond = run.maxRps
    options.maximumFailures = run.maxFailures.count
    options.userAgent = "fixacl/\(FixACL.version)"
    options.logger = RequestLog.logger
    options.concurrency = try OpenFileLimit.raise(toHold: run.concurrency)
    return options
  }

  private var ownerProfiles: [String] {
    guard ownerProfile.isEmpty, let names = getenv("FIXACL_OWNER_PROFILE") else { return ownerProfile }
    return String(cString: names).split(separator: ",").map(String.init)
  }
}
