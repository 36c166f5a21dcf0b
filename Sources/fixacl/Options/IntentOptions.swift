internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

extension Strategy: ExpressibleByArgument {}
extension PublicGrantRule: ExpressibleByArgument {}

/// Who gets access, and how.
struct IntentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Let this CloudFront OAI read every object: its ID or ARN; repeatable.",
      discussion: "Without --oai, --distribution, --grant-read and --grant-full-control, the readers are those that the"
        + " bucket policy allows.", valueName: "id"),
    transform: { try CloudFrontID(oai: $0) })
  var oai: [CloudFrontID] = []

  @Option(
    help: ArgumentHelp(
      "Let this CloudFront distribution read every object: its ID or ARN; repeatable.", valueName: "id"),
    transform: { try CloudFrontID(distribution: $0) })
  var distribution: [CloudFrontID] = []

  @Option(
    help: ArgumentHelp(
      "Let this account or OAI read every object: its canonical ID; repeatable.",
      valueName: "id=canonical-id"), transform: { try GranteeArgument($0) })
  var grantRead: [GranteeArgument] = []

  @Option(
    help: ArgumentHelp("Give this account FULL_CONTROL of every object; repeatable.", valueName: "id=canonical-id"),
    transform: { try GranteeArgument($0) })
  var grantFullControl: [GranteeArgument] = []

  @Flag(help: "Also give the bucket owner FULL_CONTROL.")
  var bucketOwnerFullControl = false

  @Option(
    help: ArgumentHelp(
      "grant: the object's owner rewrites the ACL. copy: the bucket owner copies the object over itself, and then owns"
        + " it. auto: grant if the owner's credentials are given, else copy.",
      valueName: "auto|grant|copy"))
  var strategy: Strategy = .auto

  @Option(
    help: ArgumentHelp(
      "When to drop public grants from rewritten ACLs. when-blocked: while Block Public Access refuses or ignores them.",
      valueName: "always|when-blocked|never"))
  var dropPublicGrants: PublicGrantRule = .whenBlocked

  @Option(
    help: ArgumentHelp(
      "Drop this account's grants from rewritten ACLs, because the account is gone and S3 rejects its ID; repeatable."
        + " Readers and owners keep theirs.", valueName: "canonical-id"),
    transform: { try GranteeArgument(withOrWithoutName: $0) })
  var dropGrantee: [GranteeArgument] = []

  @Flag(help: "A copy grants READ to the previous owner.")
  var keepPreviousOwner = false

  @Flag(help: "Include old versions. Grants only: a copy would create a new current version.")
  var allVersions = false

  /// What to plan for a bucket. A prefix in the bucket argument means the same as `--prefix`.
  ///
  /// - Throws: `UsageError` if two prefixes are named.
  func request(for bucket: BucketArgument, _ selection: SelectionOptions) throws(UsageError) -> PlanRequest {
    let prefixes = [bucket.prefix, selection.prefix].compactMap { $0 }.filter { !$0.isEmpty }
    // Compared as bytes: a String would merge what Unicode can write in two ways.
    guard prefixes.count < 2 || Array(prefixes[0].utf8) == Array(prefixes[1].utf8) else {
      throw UsageError(
        "'s3://\(bucket.name.escapedForTerminal)/\(prefixes[0].escapedForTerminal)' and --prefix name two prefixes. Leave"
          + " one of them out.")
    }
    var request = PlanRequest(
      bucket: bucket.name,
      readers: ReaderRequest(
        originAccessIdentities: oai.map(\.id), distributions: distribution.map(\.id), grantRead: grantRead.map(\.id),
        grantFullControl: grantFullControl.map(\.id), wantsOtherGrants: bucketOwnerFullControl))
    request.bucketOwnerFullControl = bucketOwnerFullControl
    request.strategy = strategy
    request.dropPublicGrants = dropPublicGrants
    request.droppedGrantees = dropGrantee.map(\.id)
    request.keepsPreviousOwner = keepPreviousOwner
    request.allVersions = allVersions
    request.filter = KeyFilter(
      prefix: prefixes.first, include: selection.include.map(Glob.init), exclude: selection.exclude.map(Glob.init))
    request.selection = selection.request
    return request
  }
}
