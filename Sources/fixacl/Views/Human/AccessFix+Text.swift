internal import FixACLKit
internal import AWSKit

extension AccessFix {
  /// What to do: a sentence without its full stop.
  var text: String {
    let isOnlyShown = command.starts(with: ["aws", "cloudfront", "get-distribution-config"])
    return isOnlyShown ? "\(advice); this shows its settings" : advice
  }

  private var advice: String {
    switch action {
    case .planRepair:
      SameCommand.namesOwners
        ? "plan the repair of all objects like this one"
        : "plan the repair of all objects like this one; add --owner-profile with a profile of the account that owns them,"
          + " if you have one"
    case .applyRepair: "make the changes of the plan"
    case .allowInPolicy(let statement):
      statement.map { "add this statement to the bucket policy: \($0)" }
        ?? "add a statement for the reader to the bucket policy"
    case .showPolicy(let names):
      "exempt the reader from statement\(names.count == 1 ? "" : "s") \(names.joined(separator: ", ")), if it may read"
    case .showKeys: "find the right key"
    case .removeDeleteMarker: "remove the delete marker: the version before it becomes current again"
    case .askForVersion: "leave out --version-id, or name a version that is no delete marker"
    case .setDefaultRootObject: "give the distribution a default root object"
    case .invalidate: "invalidate the error in CloudFront's cache"
    case .payAsBucketOwner: "let the bucket owner pay for requests"
    case .restore: "restore the object from its archive"
    case .switchOff(let flag):
      command.isEmpty ? flag.otherWay : "turn \(flag.rawValue) off, for everybody; \(flag.saferWay) is safer"
    case .encryptWithS3Keys: "copy the object over itself with SSE-S3 encryption, or read it with its key"
    case .useAccessControl: "give the origin an origin access control that always signs, and the bucket's REST endpoint"
    case .showKeyPolicy: "allow the reader kms:Decrypt in the key's policy, and enable the key"
    case .useRegionalEndpoint: "give the origin the bucket's regional domain name"
    case .showDistribution: "correct the distribution's configuration"
    case .signURL: "sign the URL, or let the behaviour serve unsigned requests"
    case .useHTTPS: "use https"
    case .enableDistribution: "enable the distribution"
    case .allowIdentity(let action): "allow \(action) on the object in the reader's own policies, in its account"
    case .useDistribution:
      "serve the object by a CloudFront distribution with an origin access control: Block Public Access forbids a bucket"
        + " policy that allows everybody"
    }
  }

  /// The words of the command, with the options of the running one that make it work here; empty for none.
  var words: [String] {
    switch action {
    case .planRepair(let bucket, let reader):
      ["fixacl", "plan", SameCommand.bucketOfObject(bucket)] + (reader?.options ?? []) + ["-o", Self.planName]
        + SameCommand.credentialWords
    case .applyRepair: ["fixacl", "apply", Self.planName] + SameCommand.wordsBesidePlan
    default: command.count > 1 ? command + SameCommand.cliWords(for: command[1]) : command
    }
  }

  private static let planName = "plan.json"
}

extension AccessFix.PublicAccessBlockFlag {
  /// What helps where the bucket's own setting does not count.
  fileprivate var otherWay: String {
    switch self {
    case .ignorePublicAcls: "grant READ to the reader itself, not to a group: the whole account ignores public grants"
    case .restrictPublicBuckets:
      "remove the public statement from the bucket policy: the whole account has the restriction"
    }
  }

  /// What gives nobody else access.
  fileprivate var saferWay: String {
    switch self {
    case .ignorePublicAcls: "a grant to the reader itself"
    case .restrictPublicBuckets: "removing the public statement from the bucket policy"
    }
  }
}

extension AccessFix.PlannedReader {
  /// As `plan` is told of it.
  var options: [String] {
    switch self {
    case .distribution(let id): ["--distribution", id]
    case .originAccessIdentity(let id): ["--oai", id]
    case .canonicalID(let id): ["--grant-read", "id=\(id)"]
    }
  }
}

extension ReadSubject {
  /// Whom people know it as, within a sentence.
  var name: String {
    let own: String =
      switch caller.kind {
      case .anonymous: "an anonymous reader"
      case .originAccessIdentity(let id): "OAI \(id)"
      case .service(let name): name
      case .account: "canonical ID \(caller.canonicalID.map { "\($0)" } ?? "")"
      case .principal(let arn): arn.text
      }
    guard let distribution else { return own.escapedForTerminal }
    switch caller.kind {
    case .anonymous: return "distribution \(distribution) (without credentials)".escapedForTerminal
    default: return "distribution \(distribution) (\(own))".escapedForTerminal
    }
  }
}
