internal import ArgumentParser
internal import FixACLKit
internal import Glibc
internal import AWSKit

extension RequestPayer: ExpressibleByArgument {}

/// Which credentials and which server to use, spelled as the AWS CLI spells them.
struct CredentialOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The bucket owner's profile.",
      discussion: "Default: credentials as the AWS CLI finds them, in the environment and the shared files.",
      valueName: "name"))
  var profile: String?

  @Option(
    help: ArgumentHelp(
      "A profile of an account that owns objects; repeatable.",
      discussion:
        "fixacl asks S3 which account it belongs to (ListBuckets). Default: FIXACL_OWNER_PROFILE (names separated by commas).",
      valueName: "name"))
  var ownerProfile: [String] = []

  @Option(
    help: ArgumentHelp(
      "Agree to pay for requests, which a bucket with Requester Pays demands of other accounts. The plan remembers it.",
      valueName: "requester"))
  var requestPayer: RequestPayer?

  @Option(help: ArgumentHelp("The bucket's region. Default: fixacl asks S3.", valueName: "region"))
  var region: String?

  @Option(
    name: .customLong("endpoint-url"),
    help: ArgumentHelp("The URL of another S3 server, or of a VPC endpoint of Amazon S3.", valueName: "url"))
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
