internal import FixACLKit
internal import AWSKit

extension AccessFix {
  /// What to do: a sentence without its full stop.
  var text: String {
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
      "take the reader out of statement\(names.count == 1 ? "" : "s") \(names.joined(separator: ", ")), as far as it may read"
    case .showKeys: "find the key that is meant"
    case .removeDeleteMarker: "remove the delete marker, so that the version before it is back"
    case .setDefaultRootObject: "give the distribution a default root object"
    case .invalidate: "have CloudFront forget the error"
    case .payAsBucketOwner: "let the bucket owner pay for requests"
    case .restore: "restore the object for some days"
    case .switchOff(.ignorePublicAcls):
      command.isEmpty
        ? "grant the reader itself, and no group: public grants are ignored for the whole account"
        : "make public grants count again, for everybody; better grant the reader itself"
    case .switchOff(.restrictPublicBuckets):
      command.isEmpty
        ? "take the public statement out of the bucket policy: the restriction is the whole account's"
        : "lift the restriction, for everybody; better take the public statement out of the bucket policy"
    case .encryptWithS3Keys: "copy the object over itself with SSE-S3 encryption, or read it with its key"
    case .useAccessControl: "give the origin an origin access control that signs always, and the bucket's REST endpoint"
    case .showKeyPolicy: "let the reader use kms:Decrypt in the key's policy, and enable the key"
    case .useRegionalEndpoint: "give the origin the bucket's regional domain name"
    case .showDistribution: "correct the distribution's configuration"
    case .signURL: "sign the URL, or open the behaviour to viewers without signatures"
    case .useHTTPS: "ask by https"
    case .enableDistribution: "enable the distribution"
    case .allowIdentity: "let the reader's own policies, in its account, allow s3:GetObject on the object"
    }
  }

  /// The words of the command, with the options of the running one that make it work here.
  var words: [String] {
    guard command.count > 1 else { return command }
    switch (command[0], command[1]) {
    case ("fixacl", "plan"): return command + SameCommand.credentialWords
    case ("fixacl", "apply"): return command + SameCommand.wordsBesidePlan
    case ("aws", let service): return command + SameCommand.cliWords(for: service)
    default: return command
    }
  }
}

extension ReadSubject {
  /// Whom people know it as, within a sentence.
  var name: String {
    let own: String =
      switch caller.kind {
      case .anonymous: "anybody without credentials"
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
