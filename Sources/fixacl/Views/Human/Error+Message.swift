internal import FixACLKit
internal import AWSKit

extension Message {
  /// The message about an error that ended a command, and the exit status: the one place where errors become either.
  ///
  /// - Returns: no message for an error that was told before; nil for an error that is not fixacl's own.
  static func report(on error: any Error) -> (message: Message?, status: ExitStatus)? {
    switch error {
    case WorkflowError.interrupted: (nil, .interrupted)
    case let error as UsageError: (Message(.error, "usage", error.message), .usage)
    case let error as WorkflowError: (error.message, error.status)
    case let error as SessionProblem: (error.message, error.isUsage ? .usage : .failed)
    case let error as OpenFileLimit.TooLow: (error.message, .failed)
    case let error as BucketArgument.Problem: (Message(.error, "usage", error.description), .usage)
    case let error as FileError: (Message(.error, "file", "\(error)."), .failed)
    case let error as FileFormatError: (Message(.error, "file-format", error.description), .failed)
    case let error as CheckpointError: (error.message, .failed)
    case let error as PlanWriter.Unusable:
      (
        Message(
          .error, "plan-unusable", "fixacl wrote no plan, because nobody could use it (\(error.detail)).",
          advice:
            "Run the command again with --fresh. If that does not help, the server's answers contradict each other."),
        .failed
      )
    case let error as AWSError: (Message(.error, "aws", error), .failed)
    case let problem as ReaderProblem: (problem.message, .failed)
    case let problem as BatchProblem: (problem.message, problem.status)
    case let problem as ExplainProblem: (problem.message, .failed)
    case let error as NoLogs: (error.message, .failed)
    case let error as CredentialsError: (Message(.error, "credentials", error.description), .failed)
    default: nil
    }
  }
}

extension WorkflowError {
  fileprivate var status: ExitStatus {
    switch self {
    case .notCanonicalID, .neededGrantee, .ownerIsBucketOwner: .usage
    case .inventory(.otherBucket, _, _, _): .usage
    case .journal(_, changed: 1...): .partlyDone
    case .reconcileBusy: .busy
    default: .failed
    }
  }

  fileprivate var message: Message {
    let untouched = "Nothing was changed."
    switch self {
    case .otherServer(let document, let planned, let now):
      return Message(
        .error, "other-server",
        "this \(document.rawValue) is for \(Self.name(planned)), and this run would use \(Self.name(now)). \(untouched)",
        advice: planned.map { "Use --endpoint-url \($0.escapedForTerminal) if you trust it." }
          ?? "Leave out --endpoint-url, and unset AWS_ENDPOINT_URL.")
    case .badRegion(let document, let region):
      return Message(
        .error, "bad-region",
        "the \(document.rawValue)'s region, '\(region.escapedForTerminal)', is not a region. \(untouched)",
        advice: "Use the file as fixacl wrote it" + (document == .plan ? ", or make a new plan." : "."))
    case .otherOwner(let document, let bucket, let planned, let now):
      return Message(
        .error, "other-owner",
        "this \(document.rawValue) is for bucket \(bucket.escapedForTerminal) of account \(planned), but the bucket now"
          + " belongs to account \(now). \(untouched)",
        advice: "Is it the right server?" + (document == .plan ? " Then make a new plan." : ""))
    case .otherIdentity(let reader, let known):
      return Message(
        .error, "other-identity",
        "the plan gives access to \(reader.canonicalID.map(\.description) ?? "nobody"), and says that this is"
          + " \(reader.name). CloudFront says that it is \(known): somebody has changed the plan. \(untouched)",
        advice: "Make a new plan.")
    case .missingCredentials(let document, let owners):
      return Message(
        .error, "missing-credentials",
        "the \(document.rawValue) needs credentials of the object owner\(owners.count == 1 ? "" : "s") "
          + owners.map(\.description).joined(separator: ", ") + ". \(untouched)",
        advice: "Add --owner-profile with a profile of each, or set FIXACL_OWNER_PROFILE.")
    case .missingBucketOwner(let document, let owner):
      return Message(
        .error, "missing-credentials",
        "the \(document.rawValue) has copies, or grants on the bucket owner's objects, and fixacl cannot tell that the"
          + " credentials belong to the bucket owner \(owner). \(untouched)",
        advice: "Name a profile of that account with --profile, and allow it s3:ListAllMyBuckets.")
    case .surroundings(let changes, let undertaking):
      return Message(
        .error, "bucket-changed",
        "the bucket is not as it was when the plan was made: " + changes.map(\.text).joined(separator: "; ")
          + ". \(untouched)", advice: undertaking == .apply ? "Make a new plan." : nil)
    case .swappedProfiles(let error, let bucketOwner, let other):
      var message = Message(.error, "profiles-swapped", error)
      message.advice =
        "\(bucketOwner.escapedForTerminal.asSentence) (--owner-profile) belongs to the bucket owner, and"
        + " \(other.escapedForTerminal) (--profile) does not. Name the bucket owner's profile with --profile, and those of"
        + " object owners with --owner-profile."
      return message
    case .ownerUnknown(_, let error) where error.kind == .credentials:
      // It names the profile.
      return Message(.error, "owner-unknown", error)
    case .ownerUnknown(let profile, let error):
      // The question does not matter if there were no credentials to ask it with, or none that are any good.
      if error.refusesCredentials { return Message(.error, "credentials", error) }
      return Message(
        .error, "owner-unknown", "fixacl cannot tell which account \(profile) belongs to", error)
    case .requesterPays:
      return Message(
        .error, "requester-pays",
        "the bucket has Requester Pays on: S3 refuses (403) requests of other accounts that do not agree to pay.",
        advice:
          "Add --request-payer requester: the object owners then pay for their requests. Readers of other accounts must"
          + " agree to pay too.")
    case .notCanonicalID(let id, let role):
      let advice = role == .owner ? OwnerArgument.advice(for: id) : CanonicalIDAdvice.text(for: id)
      return Message(.error, "usage", "\(role.option): \(advice)")
    case .ownerIsBucketOwner(let id):
      return Message(
        .error, "usage",
        "--owner \(id) is the bucket owner, whose objects are left alone: add --include-own, or leave the option out.")
    case .keyListUnreadable(let error):
      return Message(
        .error, "key-list", "fixacl cannot read the keys of --keys-from: \(error).",
        advice: "Name a readable file, or - for stdin.")
    case .neededGrantee(let id, let isBucketOwner):
      return Message(
        .error, "usage",
        "--drop-grantee \(id) is \(isBucketOwner ? "the bucket owner" : "a reader") and keeps its grants. Leave the option"
          + " out.")
    case .inventory(let problem, let bucket, let folder, let isChosen):
      return problem.message(bucket: bucket, folder: folder, isFolderChosen: isChosen)
    case .policyMalformed(let bucket):
      return Message(
        .error, "policy",
        "fixacl cannot read the policy of s3://\(bucket.escapedForTerminal), so it adds no statement. \(untouched)",
        advice: "Correct the policy first: 'aws s3api get-bucket-policy' shows it.")
    case .outputUnusable(let path, let problem):
      return Message(.error, "output", problem.text(path: path.escapedForTerminal))
    case .scan(let failure, let checkpoint, let spoolFolder, let isSpoolChosen):
      return Self.message(failure, checkpoint: checkpoint, spoolFolder: spoolFolder, isSpoolChosen: isSpoolChosen)
    case .journal(let error, _):
      return Message(
        .error, "journal",
        "fixacl stopped, because it cannot write the journal: \(error). The journal has all that was done before.",
        advice: "Free some space, and run the same command again.")
    case .reconcileBusy(let bucket, let lock):
      return Message(
        .warning, "busy",
        "another fixacl reconcile of s3://\(bucket.escapedForTerminal) is running (it holds the lock of"
          + " \(lock.escapedForTerminal)). \(untouched)", advice: "Run the command again when it has ended.")
    case .otherState(let folder, let was, let now):
      return Message(
        .error, "other-server",
        "\(folder.escapedForTerminal) is about the bucket of that name on \(Self.name(was)), and this run would use"
          + " \(Self.name(now)). \(untouched)", advice: "Name another folder with --state-dir.")
    case .leftBehind(let plan, let journal, let error):
      return Message(
        .error, "left-behind",
        "an earlier run has left \(plan.escapedForTerminal) unfinished, and it cannot be finished. \(error.description)",
        advice:
          "If the file is damaged, keep \(journal.escapedForTerminal), which is the undo of that run, and move the"
          + " plan away.")
    case .interrupted: return Message(.error, "interrupted", "interrupted.")
    }
  }

  private static func name(_ endpoint: String?) -> String {
    endpoint.map { "the server \($0.escapedForTerminal)" } ?? "Amazon's S3"
  }

  private static func message(
    _ failure: BucketScanner.Failure, checkpoint: String?, spoolFolder: String, isSpoolChosen: Bool
  ) -> Message {
    let incomplete = "the scan did not finish, so fixacl wrote no plan"
    let resumes = checkpoint.map { " The same command resumes from \($0.escapedForTerminal)." } ?? ""
    switch failure {
    case .s3(let error):
      var message = Message(.error, "scan", incomplete, error)
      message.advice = (message.advice ?? "") + resumes
      return message
    case .file(let error):
      return Message(
        .error, "scan",
        "\(incomplete): \(error). A scan keeps what it finds in \((checkpoint ?? spoolFolder).escapedForTerminal), which"
          + " must exist, be writable and have space."
          + (checkpoint == nil && isSpoolChosen ? " TMPDIR names another folder." : resumes))
    case .plan(let error): return Message(.error, "file-format", error.description)
    case .report(let problem):
      return problem.message(bucket: "", folder: spoolFolder, isFolderChosen: isSpoolChosen)
    case .ownerMissing(let key):
      return Message(
        .error, "scan",
        "the server's listing does not name the owner of \(key), so fixacl cannot plan: the server ignores"
          + " fetch-owner=true of ListObjectsV2.", key: key)
    case .hopeless(let stop):
      var message = stop.message(rest: nil)
      message.advice = (message.advice ?? "") + resumes
      return Message(
        .error, message.code, "\(incomplete). \(message.text)", advice: message.advice, failure: message.failure,
        bucket: message.bucket, key: message.key)
    case .interrupted: return Message(.error, "interrupted", "interrupted.")
    }
  }
}

extension WorkflowError.CanonicalIDRole {
  fileprivate var option: String {
    switch self {
    case .grantRead: "--grant-read"
    case .grantFullControl: "--grant-full-control"
    case .dropGrantee: "--drop-grantee"
    case .owner: "--owner"
    }
  }
}

extension WorkflowError.OutputProblem {
  fileprivate func text(path: String) -> String {
    switch self {
    case .isFolder: "\(path) is a folder. Name a file in it with -o."
    case .isSpecial:
      "\(path) is not a regular file, which -o needs. Leave out -o, and redirect stdout to it."
    case .file(let error):
      "fixacl cannot write a plan to \(path): \(error). Name a file in a writable folder."
    }
  }
}

extension SessionProblem {
  fileprivate var isUsage: Bool {
    switch self {
    case .certificatesUnreadable, .otherCertificates: false
    case .noFIPS, .badEndpoint, .otherVariant, .badRegion, .otherPartition: true
    }
  }

  fileprivate var message: Message {
    Message(.error, "configuration", text)
  }

  private var text: String {
    switch self {
    case .certificatesUnreadable(let setting):
      "\(setting.source.escapedForTerminal) names the certificates \(setting.value.escapedForTerminal), which fixacl"
        + " cannot read. Correct or unset it."
    case .otherCertificates(let setting):
      "\(setting.source.escapedForTerminal) names the certificates \(setting.value.escapedForTerminal), and the bucket"
        + " owner's profile does not, but both use the same server. Name them in AWS_CA_BUNDLE."
    case .noFIPS(let source):
      "\(source.escapedForTerminal) asks for FIPS endpoints, which S3 does not have in China. Unset it."
    case .badEndpoint(let url):
      "'\(url.value.escapedForTerminal)' (\(url.source.escapedForTerminal)) is not an endpoint URL. Write it as"
        + " https://HOST[:PORT]."
    case .otherVariant(let variant, let source, let url):
      "\(source.escapedForTerminal) asks for \(variant == .fips ? "FIPS" : "dual-stack") endpoints, and"
        + " \(url.value.escapedForTerminal) (\(url.source.escapedForTerminal)) is not one. Unset one of the two."
    case .badRegion(let region):
      "'\(region.value.escapedForTerminal)' (\(region.source.escapedForTerminal)) is not a region of Amazon's. Write it"
        + " in lower case, like eu-west-1."
    case .otherPartition(let region, let other):
      "the region \(region.value.escapedForTerminal) (\(region.source.escapedForTerminal)) is in another partition than"
        + " \(other.value.escapedForTerminal) (\(other.source.escapedForTerminal)), and no account reaches both. Correct"
        + " one of the two."
    }
  }
}

extension CheckpointError {
  fileprivate var message: Message {
    let path = path.escapedForTerminal
    if reason == .otherFile {
      return Message(
        .error, "checkpoint",
        "\(path) is not a checkpoint, so --fresh does not empty it. Nothing was scanned.",
        advice: "Move it away, or write the plan elsewhere.")
    }
    return Message(
      .error, "checkpoint", "the checkpoint \(path) \(reason.text). Nothing was scanned.",
      advice: "Start over with --fresh.")
  }
}

extension CheckpointError.Reason {
  fileprivate var text: String {
    switch self {
    case .otherFile: "is another file"
    case .unusable(let detail): "cannot be used: \(detail)"
    case .differs(let differences):
      "belongs to another command, or the bucket has changed: \(differences.joined(separator: "; "))"
    case .fromTheFuture: "was begun in the future by this machine's clock, so its age is unknown"
    case .tooOld(let age, let maximum):
      "was begun \(AgeArgument.text(seconds: age)) ago, which is more than --max-age"
        + " (\(AgeArgument.text(seconds: maximum))): the bucket may have changed since"
    }
  }
}

extension FailureStreak.Stop {
  /// What failed, how often, an example, and what to do.
  ///
  /// - Parameters:
  ///   - rest: what is left, and what to do then, as sentences.
  ///   - commands: what to type then.
  func message(rest: String?, commands: [String] = []) -> Message {
    var message: Message
    switch example.cause {
    case .s3(let error): message = Message(.error, "hopeless", error)
    case .object(let name, let detail):
      message = Message(.error, "hopeless", "\(name): \(detail).", key: name.key)
    }
    let text =
      switch cause {
      case .credentialsRefused:
        (message.failure?.status == nil
          ? "stopped: the credentials cannot be renewed. " : "stopped: the credentials were rejected. ") + message.text
      case .alike(let count):
        "stopped: \(Quantity.count(count, "failure")) alike, and nothing succeeded in between. The first: \(message.text)"
      }
    var advice = message.advice ?? ""
    if cause != .credentialsRefused { advice += " --max-failures none never stops." }
    if let rest { advice += " \(rest)" }
    return Message(
      .error, cause == .credentialsRefused ? "credentials-refused" : "hopeless", text,
      advice: advice.trimmedAtStart, failure: message.failure, bucket: message.bucket, key: message.key,
      commands: commands)
  }
}

extension String {
  fileprivate var trimmedAtStart: String { String(drop { $0 == " " }) }
}
