internal import ArgumentParser
internal import FixACLKit
internal import AWSKit

/// A grantee as the AWS CLI writes it: `id=CANONICAL_ID`.
struct GranteeArgument: Equatable {
  let id: CanonicalID

  /// IDs are opaque until the server is known, but they end up in headers between quotation marks.
  ///
  /// - Throws: what else it is, and what to write instead.
  init(_ argument: String) throws(ValidationError) {
    guard argument.hasPrefix("id=") else {
      if AmazonCanonicalID.normalized(CanonicalID(argument)) != nil { throw ValidationError("write id=\(argument).") }
      throw ValidationError("a grantee is written id=CANONICAL_ID. " + AmazonCanonicalID.advice(for: argument))
    }
    try self.init(id: String(argument.dropFirst(3)))
  }

  /// - Parameter id: without `id=`.
  init(id: String) throws(ValidationError) {
    let isPlain = id.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x2c && $0 != 0x5c }
    guard !id.isEmpty else { throw ValidationError("the ID is missing: write id=CANONICAL_ID.") }
    guard isPlain else { throw ValidationError(AmazonCanonicalID.advice(for: id)) }
    self.id = CanonicalID(id)
  }
}

extension Strategy: ExpressibleByArgument {}
extension PublicGrantRule: ExpressibleByArgument {}

/// The ID of something of CloudFront's, alone or in its ARN.
struct CloudFrontID: Equatable {
  let id: String

  /// An OAI's ID, its ARN, or the form in which distributions name it.
  init(oai argument: String) throws(ValidationError) {
    if AmazonCanonicalID.normalized(CanonicalID(argument)) != nil {
      throw ValidationError("this is a canonical ID: use --grant-read id=\(argument).")
    }
    if let known = AmazonCanonicalID.originAccessIdentity(in: argument) {
      id = known
    } else {
      id = try Self.plain(argument, "an OAI's ID is written E…, and its ARN can be given too.")
    }
  }

  /// A distribution's ID or ARN.
  init(distribution argument: String) throws(ValidationError) {
    if let known = AmazonCanonicalID.distribution(in: argument) {
      id = known
    } else {
      id = try Self.plain(
        argument, "a distribution's ID is written E…: 'aws cloudfront list-distributions' shows it.")
    }
  }

  private static func plain(_ argument: String, _ advice: String) throws(ValidationError) -> String {
    let isPlain = argument.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"): true
      default: false
      }
    }
    let isAccount = argument.utf8.count == 12 && argument.utf8.allSatisfy { (0x30...0x39).contains($0) }
    guard !argument.isEmpty, isPlain, !isAccount else { throw ValidationError(advice) }
    return argument
  }
}

/// Who is to be let in, how, and to which objects.
struct DesiredOptions: ParsableArguments {
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

  @Option(help: ArgumentHelp("Only keys that begin with this.", valueName: "prefix"))
  var prefix: String?

  @Option(
    help: ArgumentHelp(
      "Only keys that fit; may be repeated. * is any characters, slashes too; ? is one, [a-z] one of a set.",
      valueName: "glob"))
  var include: [String] = []

  @Option(help: ArgumentHelp("No keys that fit; may be repeated, and wins over --include.", valueName: "glob"))
  var exclude: [String] = []

  func validate() throws {
    guard include.allSatisfy({ !$0.isEmpty }), exclude.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("--include and --exclude need a pattern.")
    }
  }

  /// What tells one command on a bucket from another, each with its name.
  var identifyingOptions: [String] {
    let lists = [
      ("oai", oai.map(\.id)), ("distribution", distribution.map(\.id)), ("read", grantRead.map(\.id.value)),
      ("full", grantFullControl.map(\.id.value)), ("drop", dropGrantee.map(\.id.value)), ("include", include),
      ("exclude", exclude),
      ("prefix", [prefix ?? ""]), ("strategy", [strategy.rawValue]), ("public", [dropPublicGrants.rawValue]),
      ("flags", [bucketOwnerFullControl, keepPreviousOwner, allVersions].map(\.description)),
    ]
    return lists.flatMap { name, values in ["\(name) \(values.count)"] + values }
  }

  /// The same with the IDs as Amazon writes them, where the server is Amazon's.
  ///
  /// - Throws: at one that can be no canonical ID, with the option or the command that gives the right one.
  func normalizedForAmazon() throws(CommandFailure) -> DesiredOptions {
    func normalized(_ grantees: [GranteeArgument], _ option: String) throws(CommandFailure) -> [GranteeArgument] {
      var result: [GranteeArgument] = []
      for grantee in grantees {
        guard let id = AmazonCanonicalID.normalized(grantee.id), let argument = try? GranteeArgument(id: id.value)
        else { throw CommandFailure("\(option): \(AmazonCanonicalID.advice(for: grantee.id.value))", status: .usage) }
        result.append(argument)
      }
      return result
    }
    var options = self
    options.grantRead = try normalized(grantRead, "--grant-read")
    options.grantFullControl = try normalized(grantFullControl, "--grant-full-control")
    options.dropGrantee = try normalized(dropGrantee, "--drop-grantee")
    return options
  }

  /// Whom the options name.
  var readers: ReaderRequest {
    ReaderRequest(
      originAccessIdentities: oai.map(\.id), distributions: distribution.map(\.id), grantRead: grantRead.map(\.id),
      grantFullControl: grantFullControl.map(\.id), wantsOtherGrants: bucketOwnerFullControl)
  }

  func desiredState(
    bucketOwner: CanonicalID, readers: [Reader], requestPayer: RequestPayer?
  ) -> Intent {
    Intent(
      grants: bucketOwnerFullControl ? [Grant(.canonicalUser(bucketOwner), .fullControl)] : [], readers: readers,
      strategy: strategy, dropPublicGrants: dropPublicGrants,
      keepsPreviousOwner: keepPreviousOwner, allVersions: allVersions, droppedGrantees: dropGrantee.map(\.id),
      requestPayer: requestPayer,
      filter: KeyFilter(
        prefix: prefix.flatMap { $0.isEmpty ? nil : $0 }, include: include.map(Glob.init),
        exclude: exclude.map(Glob.init)))
  }
}
