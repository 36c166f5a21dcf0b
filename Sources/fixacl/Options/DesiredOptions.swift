internal import ArgumentParser
internal import FixACLKit
internal import S3Kit

/// A grantee as the AWS CLI writes it: `id=CANONICAL_ID`.
struct GranteeArgument: ExpressibleByArgument {
  let id: CanonicalID

  /// IDs are opaque, but they end up in headers between quotation marks.
  init?(argument: String) {
    guard argument.hasPrefix("id=") else { return nil }
    let id = argument.dropFirst(3)
    let isPlain = id.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x2c && $0 != 0x5c }
    guard !id.isEmpty, isPlain else { return nil }
    self.id = CanonicalID(String(id))
  }
}

extension Strategy: ExpressibleByArgument {}
extension PublicGrantRule: ExpressibleByArgument {}

/// The ID of something of CloudFront's: `E` and letters and digits.
struct CloudFrontID: ExpressibleByArgument {
  let id: String

  init?(argument: String) {
    let isPlain = argument.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"): true
      default: false
      }
    }
    guard !argument.isEmpty, isPlain else { return nil }
    id = argument
  }
}

/// Who is to be let in, how, and to which objects.
struct DesiredOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A CloudFront OAI to let read every object; may be repeated.",
      discussion: "Without any of --oai, --distribution, --grant-read and --grant-full-control, the readers are those"
        + " that the bucket policy lets in.", valueName: "id"))
  var oai: [CloudFrontID] = []

  @Option(
    help: ArgumentHelp(
      "A CloudFront distribution that reads the bucket: lets in whom it reads as; may be repeated.", valueName: "id"))
  var distribution: [CloudFrontID] = []

  @Option(
    help: ArgumentHelp(
      "Whom to let read every object: an account's or a CloudFront OAI's canonical ID; may be repeated.",
      valueName: "id=canonical-id"))
  var grantRead: [GranteeArgument] = []

  @Option(
    help: ArgumentHelp("Whom to give FULL_CONTROL of every object; may be repeated.", valueName: "id=canonical-id"))
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
      ("full", grantFullControl.map(\.id.value)), ("include", include), ("exclude", exclude),
      ("prefix", [prefix ?? ""]), ("strategy", [strategy.rawValue]), ("public", [dropPublicGrants.rawValue]),
      ("flags", [bucketOwnerFullControl, keepPreviousOwner, allVersions].map(\.description)),
    ]
    return lists.flatMap { name, values in ["\(name) \(values.count)"] + values }
  }

  /// Whom the options name.
  var readers: ReaderRequest {
    ReaderRequest(
      originAccessIdentities: oai.map(\.id), distributions: distribution.map(\.id), grantRead: grantRead.map(\.id),
      grantFullControl: grantFullControl.map(\.id), wantsOtherGrants: bucketOwnerFullControl)
  }

  func desiredState(bucketOwner: CanonicalID, readers: [Reader]) -> DesiredState {
    DesiredState(
      grants: bucketOwnerFullControl ? [Grant(.canonicalUser(bucketOwner), .fullControl)] : [], readers: readers,
      strategy: strategy, dropPublicGrants: dropPublicGrants,
      keepsPreviousOwner: keepPreviousOwner, allVersions: allVersions,
      filter: KeyFilter(
        prefix: prefix.flatMap { $0.isEmpty ? nil : $0 }, include: include.map(Glob.init),
        exclude: exclude.map(Glob.init)))
  }
}
