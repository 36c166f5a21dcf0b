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
          .error, "plan-unusable", "no plan is written: nobody could use it (\(error.detail)).",
          advice: "Run the command again with --fresh; if that does not help, the server's answers make no sense."),
        .failed
      )
    case let error as AWSError: (Message(.error, "aws", error), .failed)
    case let problem as ReaderProblem: (problem.message, .failed)
    case let error as CredentialsError: (Message(.error, "credentials", error.description), .failed)
    default: nil
    }
  }
}

extension WorkflowError {
  fileprivate var status: ExitStatus {
    switch self {
    case .notCanonicalID, .neededGrantee, .ownerIsBucketOwner: .usage
    case .journal(_, changed: 1...): .partlyDone
    default: .failed
    }
  }

  fileprivate var message: Message {
    let untouched = "Nothing was touched."
    switch self {
    case .otherServer(let document, let planned, let now):
      return Message(
        .error, "other-server",
        "this \(document.rawValue) is for \(Self.name(planned)), and this run would go to \(Self.name(now)). \(untouched)",
        advice: planned.map { "Use --endpoint-url \($0.escapedForTerminal) if you trust it." }
          ?? "Leave out --endpoint-url, and unset AWS_ENDPOINT_URL.")
    case .badRegion(let document, let region):
      return Message(
        .error, "bad-region",
        "the \(document.rawValue)'s region, '\(region.escapedForTerminal)', cannot be one. \(untouched)")
    case .otherOwner(let document, let bucket, let planned, let now):
      return Message(
        .error, "other-owner",
        "this \(document.rawValue) is for the bucket \(bucket.escapedForTerminal) of \(planned), and the one that has this"
          + " name now belongs to \(now). \(untouched)")
    case .missingCredentials(let document, let owners):
      return Message(
        .error, "missing-credentials",
        "the \(document.rawValue) needs credentials of the account\(owners.count == 1 ? "" : "s") that the objects belong"
          + " to: " + owners.map(\.description).joined(separator: ", ") + ". \(untouched)",
        advice: "Name a profile of each with --owner-profile, or set FIXACL_OWNER_PROFILE.")
    case .missingBucketOwner(let document, let owner):
      return Message(
        .error, "missing-credentials",
        "the \(document.rawValue) has copies, or grants on the bucket owner's objects, and the credentials in use are not known to be the bucket owner's"
          + " (\(owner)). \(untouched)", advice: "Name a profile of that account with --profile.")
    case .surroundings(let changes, let undertaking):
      return Message(
        .error, "bucket-changed",
        "the bucket is not as it was when the plan was made: " + changes.map(\.text).joined(separator: "; ")
          + ". Nothing was touched" + (undertaking == .apply ? "; make a new plan." : "."))
    case .swappedProfiles(let error, let bucketOwner, let other):
      var message = Message(.error, "profiles-swapped", error)
      message.advice =
        "\(bucketOwner.escapedForTerminal), which --owner-profile names, is the bucket owner's, and"
        + " \(other.escapedForTerminal) is not: give the bucket owner's with --profile, and with --owner-profile those"
        + " of the accounts that own objects."
      return message
    case .ownerUnknown(let profile, let error):
      return Message(
        .error, "owner-unknown", "fixacl cannot find out which account \(profile) belongs to", error)
    case .requesterPays:
      return Message(
        .error, "requester-pays",
        "the bucket is set to Requester Pays: S3 refuses (403) all requests of other accounts than its owner's that do"
          + " not say that they pay.",
        advice:
          "Add --request-payer requester, with which the accounts that own objects pay for their requests. Readers"
          + " of other accounts have to say so too.")
    case .notCanonicalID(let id, let role):
      let advice = role == .owner ? OwnerArgument.advice(for: id) : CanonicalIDAdvice.text(for: id)
      return Message(.error, "usage", "\(role.option): \(advice)")
    case .ownerIsBucketOwner(let id):
      return Message(
        .error, "usage",
        "--owner \(id) is the bucket owner, whose objects are left alone: add --include-own, or leave the option out.")
    case .keyListUnreadable(let error):
      return Message(.error, "key-list", "the keys of --keys-from cannot be read: \(error).")
    case .neededGrantee(let id, let isBucketOwner):
      return Message(
        .error, "usage",
        "--drop-grantee \(id) is \(isBucketOwner ? "the bucket owner" : "a reader"), whose grants stay: leave the option"
          + " out.")
    case .outputUnusable(let path, let problem):
      return Message(.error, "output", problem.text(path: path.escapedForTerminal))
    case .scan(let failure, let checkpoint, let spoolFolder, let isSpoolChosen):
      return Self.message(failure, checkpoint: checkpoint, spoolFolder: spoolFolder, isSpoolChosen: isSpoolChosen)
    case .journal(let error, _):
      return Message(
        .error, "journal",
        "the journal cannot be written, so nothing more was begun: \(error). What was done is not lost:",
        advice: "free some space and run the same command again.")
    case .interrupted: return Message(.error, "interrupted", "interrupted.")
    }
  }

  private static func name(_ endpoint: String?) -> String {
    endpoint.map { "the server \($0.escapedForTerminal)" } ?? "Amazon's S3"
  }

  private static func message(
    _ failure: BucketScanner.Failure, checkpoint: String?, spoolFolder: String, isSpoolChosen: Bool
  ) -> Message {
    let incomplete = "the scan was not completed, so no plan is written"
    let resumes = checkpoint.map { " The same command resumes from \($0.escapedForTerminal)." } ?? ""
    switch failure {
    case .s3(let error):
      var message = Message(.error, "scan", incomplete, error)
      message.advice = (message.advice ?? "") + resumes
      return message
    case .file(let error):
      return Message(
        .error, "scan",
        "\(incomplete): \(error). What is found is kept in \((checkpoint ?? spoolFolder).escapedForTerminal) meanwhile,"
          + " which must be there, writable and not full"
          + (checkpoint == nil && isSpoolChosen ? "; TMPDIR names another folder." : ".\(resumes)"))
    case .plan(let error): return Message(.error, "file-format", error.description)
    case .ownerMissing(let key):
      return Message(
        .error, "scan",
        "the server's listing does not say who owns \(key), so nothing can be planned: it does not heed"
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
    case .isFolder: "\(path) is a folder: name a file in it with -o."
    case .isSpecial:
      "\(path) is no regular file, which -o needs: leave out -o, and redirect stdout to it."
    case .file(let error):
      "no plan can be written to \(path): \(error). Name a file in a folder that is writable."
    }
  }
}

extension SessionProblem {
  fileprivate var isUsage: Bool {
    switch self {
    case .certificatesUnreadable, .otherCertificates: false
    case .noFIPS, .badEndpoint, .otherVariant, .badRegion: true
    }
  }

  fileprivate var message: Message {
    Message(.error, "configuration", text)
  }

  private var text: String {
    switch self {
    case .certificatesUnreadable(let setting):
      "\(setting.source.escapedForTerminal) names \(setting.value.escapedForTerminal) for certificates, which cannot be"
        + " read: correct or unset it."
    case .otherCertificates(let setting):
      "\(setting.source.escapedForTerminal) names certificates (\(setting.value.escapedForTerminal)) that the bucket"
        + " owner's profile does not, and there is one server for both: name them in AWS_CA_BUNDLE."
    case .noFIPS(let source):
      "\(source.escapedForTerminal) asks for FIPS endpoints, which S3 does not have in China: unset it."
    case .badEndpoint(let url):
      "'\(url.value.escapedForTerminal)' (\(url.source.escapedForTerminal)) is no endpoint URL: write it as"
        + " https://HOST[:PORT]."
    case .otherVariant(let variant, let source, let url):
      "\(source.escapedForTerminal) asks for \(variant == .fips ? "FIPS" : "dual-stack") endpoints, and"
        + " \(url.value.escapedForTerminal) (\(url.source.escapedForTerminal)) is none: unset one of them."
    case .badRegion(let region):
      "'\(region.value.escapedForTerminal)' (\(region.source.escapedForTerminal)) is no region of Amazon's: write it in"
        + " lower case, like eu-west-1."
    }
  }
}

extension CheckpointError {
  fileprivate var message: Message {
    let path = path.escapedForTerminal
    if reason == .otherFile {
      return Message(
        .error, "checkpoint",
        "\(path) is no checkpoint of fixacl's, so --fresh does not empty it. Nothing was scanned.",
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
      "is of another command, or of another state of the bucket: \(differences.joined(separator: "; "))"
    case .fromTheFuture: "was begun in the future by this machine's clock, so nobody knows how old it is"
    case .tooOld(let age, let maximum):
      "was begun \(AgeArgument.text(seconds: age)) ago, which is longer than --max-age"
        + " (\(AgeArgument.text(seconds: maximum))): the bucket may be another by now"
    }
  }
}

extension FailureStreak.Stop {
  /// What failed, how often, an example, and what to do.
  ///
  /// - Parameter rest: what is left, as a sentence.
  func message(rest: String?) -> Message {
    var message: Message
    switch example.cause {
    case .s3(let error): message = Message(.error, "hopeless", error)
    case .object(let name, let detail):
      message = Message(.error, "hopeless", "\(name): \(detail).", key: name.key)
    }
    let text =
      switch cause {
      case .credentialsRefused: "stopped: the credentials are refused. \(message.text)"
      case .alike(let count):
        "stopped: \(Quantity.count(count, "failure")) alike, and nothing succeeded in between. The first: \(message.text)"
      }
    var advice = message.advice ?? ""
    if cause != .credentialsRefused { advice += " --max-failures none goes on whatever fails." }
    if let rest { advice += " \(rest)" }
    return Message(
      .error, cause == .credentialsRefused ? "credentials-refused" : "hopeless", text,
      advice: advice.trimmedAtStart, failure: message.failure, bucket: message.bucket, key: message.key)
  }
}

extension String {
  fileprivate var trimmedAtStart: String { String(drop { $0 == " " }) }
}
