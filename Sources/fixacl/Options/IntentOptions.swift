internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

extension Strategy: ExpressibleByArgument {}
extension PublicGrantRule: ExpressibleByArgument {}

/// Who is to be let in, and how.
struct IntentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A CloudFront OAI to let read every object, by its ID or ARN; may be repeated.",
      discussion: "Without any of --oai, --distribution, --grant-read and --grant-full-control, the readers are those"
        + " that the bucket policy lets in.", valueName: "id"),
    transform: { try CloudFrontID(oai: $0) })
  var oai: [CloudFrontID] = []

  @Option(
    help: ArgumentHelp(
      "A CloudFront distribution that reads the bucket: lets in whom it reads as; may be repeated.", valueName: "id"),
    transform: { try CloudFrontID(distribution: $0) })
  var distribution: [CloudFrontID] = []

  @Option(
    help: ArgumentHelp(
      "Whom to let read every object: an account's or a CloudFront OAI's canonical ID; may be repeated.",
      valueName: "id=canonical-id"), transform: { try GranteeArgument($0) })
  var grantRead: [GranteeArgument] = []

  @Option(
    help: ArgumentHelp("Whom to give FULL_CONTROL of every object; may be repeated.", valueName: "id=canonical-id"),
    transform: { try GranteeArgument($0) })
  var grantFullControl: [GranteeArgument] = []

  @Flag(help: "Also give the bucket owner FULL_CONTROL.")
  var bucketOwnerFullControl = false

  @Option(
    help: ArgumentHelp(
      "grant: rewrite ACLs with the object owners' credentials; copy: copy objects in place with the bucket"
        + " owner's, who becomes their owner; auto: grant where it can be done, else copy.",
      valueName: "auto|grant|copy"))
  var strategy: Strategy = .auto

  @Option(
    help: ArgumentHelp(
      "When to leave public grants out of the ACLs that are written: while Block Public Access refuses or"
        + " ignores them, always or never.",
      valueName: "always|when-blocked|never"))
  var dropPublicGrants: PublicGrantRule = .whenBlocked

  @Option(
    help: ArgumentHelp(
      "Leave this account's grants out of ACLs that are written, because the account is gone and S3 takes it no more;"
        + " may be repeated. Readers and owners stay.", valueName: "canonical-id"),
    transform: { try GranteeArgument(id: $0.hasPrefix("id=") ? String($0.dropFirst(3)) : $0) })
  var dropGrantee: [GranteeArgument] = []

  @Flag(help: "With a copy, let whoever owned the object go on reading it.")
  var keepPreviousOwner = false

  @Flag(help: "Old versions too, by grants: a copy can only make a new current version.")
  var allVersions = false

  /// What is to be planned for a bucket; a prefix that is written with it stands for `--prefix`.
  ///
  /// - Throws: `UsageError` if two prefixes are named.
  func request(for bucket: BucketArgument, _ selection: SelectionOptions) throws(UsageError) -> PlanRequest {
    let prefixes = [bucket.prefix, selection.prefix].compactMap { $0 }.filter { !$0.isEmpty }
    // Compared as bytes: a String would merge what Unicode can write in two ways.
    guard prefixes.count < 2 || Array(prefixes[0].utf8) == Array(prefixes[1].utf8) else {
      throw UsageError(
        "'s3://\(bucket.name.escapedForTerminal)/\(prefixes[0].escapedForTerminal)' and --prefix name two prefixes: leave"
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
