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
      valueName: "name"), completion: .profiles)
  var profile: String?

  @Option(
    help: ArgumentHelp(
      "A profile of an account that owns objects; repeatable.",
      discussion:
        "fixacl asks S3 which account it belongs to (ListBuckets). Default: FIXACL_OWNER_PROFILE (names separated by commas).",
      valueName: "name"), completion: .profiles)
  var ownerProfile: [String] = []

  @Option(
    help: ArgumentHelp(
      "A role of an account that owns objects; repeatable.",
      discussion: "The bucket owner's credentials assume it (sts:AssumeRole).", valueName: "arn"),
    transform: { try RoleARN($0) })
  var ownerRoleArn: [RoleARN] = []

  @Option(
    name: .customLong("owner-external-id"),
    help: ArgumentHelp(
      "The external ID that the roles of --owner-role-arn ask for.",
      discussion: "Give it once for all of them, or once for each in their order.", valueName: "id"))
  var ownerExternalID: [String] = []

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
    options.credentials = CredentialNames(
      profile: profile, ownerProfiles: ownerProfiles, ownerRoles: ownerRoles)
    options.askMFACode = MFAPrompt.ask
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

  func validate() throws {
    guard ownerExternalID.isEmpty || ownerExternalID.count == 1 || ownerExternalID.count == ownerRoleArn.count else {
      throw ValidationError(
        "There are \(ownerExternalID.count) --owner-external-id for \(ownerRoleArn.count) --owner-role-arn. Give one for"
          + " all roles, or one for each.")
    }
    guard !ownerRoleArn.isEmpty || ownerExternalID.isEmpty else {
      throw ValidationError("--owner-external-id belongs to a role: name it with --owner-role-arn.")
    }
  }

  private var ownerRoles: [OwnerRole] {
    ownerRoleArn.indices.map { index in
      OwnerRole(
        arn: ownerRoleArn[index].arn,
        externalID: ownerExternalID.count > 1 ? ownerExternalID[index] : ownerExternalID.first)
    }
  }

  private var ownerProfiles: [String] {
    guard ownerProfile.isEmpty, ownerRoleArn.isEmpty, let names = getenv("FIXACL_OWNER_PROFILE") else {
      return ownerProfile
    }
    return Self.ownerProfiles(in: String(cString: names))
  }

  /// The names in `FIXACL_OWNER_PROFILE`.
  static func ownerProfiles(in names: String) -> [String] { names.split(separator: ",").map(String.init) }
}
