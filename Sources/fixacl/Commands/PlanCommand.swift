internal import ArgumentParser
internal import FixACLKit
internal import Glibc
internal import AWSKit

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Scan a bucket and write what would be changed.",
    discussion: """
      The plan goes to stdout, or with -o to a file; on a terminal you see what 'fixacl show' would show. Nothing is \
      changed, and no plan is written unless the scan was complete. A scan that ends early leaves a checkpoint, and the \
      same command goes on from there.
      """)

  @Argument(help: "The bucket: its name, s3://NAME[/PREFIX], or its ARN.")
  var bucket: String

  @Option(
    name: [.short, .long], help: ArgumentHelp("Write the plan to this file instead of stdout.", valueName: "file"))
  var output: String?

  @OptionGroup(title: "Who is let in, how, and to what") var desired: DesiredOptions
  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions

  @Flag(help: "Exit with 2 when there are changes, 0 when there are none, 1 on errors.")
  var detailedExitcode = false

  @OptionGroup(title: "Going on from an earlier run") var checkpointOptions: CheckpointOptions

  mutating func run() async throws {
    let start = Clock.seconds()
    let name = try takeBucket()
    try checkOutput()
    let configuration = try Configuration(credentials: credentials, run: run)
    if configuration.endpoint.isAmazons { desired = try desired.normalizedForAmazon() }
    var inspection = try await configuration.inspect(name)
    for omission in inspection.omissions { note(omission.consequence, omission.error) }
    guard inspection.bucket.objectOwnership != .bucketOwnerEnforced else {
      try writeEmptyPlan(for: inspection.bucket)
      return
    }
    let accounts = try await configuration.accounts(bucketOwner: inspection.bucket.owner)
    for note in accounts.notes { Console.shared.note("fixacl: \(note)") }
    inspection.bucket.accountPublicAccessBlock = await configuration.accountPublicAccessBlock(of: accounts)
    try checkPayer(of: inspection.bucket, accounts: accounts)
    let bucket = inspection.bucket
    let desired = try await desiredState(for: inspection, configuration: configuration)
    for note in PlanView.notes(on: bucket) { Console.shared.note("fixacl: \(note)") }
    warnOfDenials(inspection, desired: desired, accounts: accounts)

    let throttle = configuration.throttle
    let goesOn = StopSignal()
    let interruption = Interruption(
      announcement: "interrupted; no plan is written. "
        + (goesOn.isSet ? "The same command goes on from here." : "Run the command again for one."),
      onStop: { configuration.stopRequests() })
    // Until the plan is written: an object can end after its last use.
    defer { withExtendedLifetime(interruption) {} }
    let checkpoint = try openCheckpoint(bucket, desired: desired, accounts: accounts)
    if checkpoint != nil { goesOn.set() }
    let result = try await scan(
      bucket, desired: desired, accounts: accounts, configuration: configuration, checkpoint: checkpoint,
      stop: interruption.stop)
    let alternative = alternative(to: result, inspection: inspection, desired: desired)
    let header = header(bucket, desired: desired, summary: result.summary, alternative: alternative)
    do {
      try write(header, acls: result.acls, spool: result.spool, stop: interruption.stop)
    } catch is PlanWriter.Interrupted {
      throw CommandFailure("", status: .interrupted)
    }
    checkpoint?.remove()
    let figures = RunFigures.summary(
      throttle.statistics, objects: result.summary.listed - (checkpoint?.state.summary.listed ?? 0),
      seconds: Clock.seconds() - start)
    Console.shared.note("fixacl: \(PlanView.sentence(for: result.summary)); \(figures).")
    for reason in ChangeReason.allCases {
      guard let count = result.summary.blockedReasons[reason] else { continue }
      Console.shared.note("fixacl: \(Quantity.count(count)) blocked: \(reason.explanation).")
    }
    noteMissingOwners(result.summary, accounts: accounts)
    for note in accounts.notes(onOwners: Set(result.summary.owners.keys)) { Console.shared.note("fixacl: \(note)") }
    for note in PlanView.notes(on: result.summary, versioning: bucket.versioning) {
      Console.shared.note("fixacl: \(note)")
    }
    if let alternative, result.summary.changes > 0, !run.quiet {
      for line in AlternativeView.lines(for: alternative) { Console.shared.note("fixacl: \(line)") }
    }
    if detailedExitcode, result.summary.changes > 0 { throw ExitCode(ExitStatus.changes.rawValue) }
  }

  /// The bucket's name; a prefix that is written behind it is taken for `--prefix`.
  private mutating func takeBucket() throws(CommandFailure) -> String {
    let argument: BucketArgument
    do throws(BucketArgument.Problem) {
      argument = try BucketArgument(bucket)
    } catch {
      throw CommandFailure(error.description, status: .usage)
    }
    if let prefix = argument.prefix {
      // Compared as bytes: a String would merge what Unicode can write in two ways.
      guard desired.prefix.map({ Array($0.utf8) == Array(prefix.utf8) }) ?? true else {
        throw CommandFailure(
          "'\(bucket.escapedForTerminal)' and --prefix name two prefixes: leave one of them out.", status: .usage)
      }
      desired.prefix = prefix
    }
    return argument.name
  }

  /// Names the accounts whose credentials would unblock objects, the ones with the most objects first.
  private func noteMissingOwners(_ summary: PlanSummary, accounts: Accounts) {
    guard let blocked = summary.blockedReasons[.ownerCredentialsMissing], blocked > 0 else { return }
    let missing = summary.owners.filter { $0.value.changes > 0 && accounts.client(of: $0.key) == nil }
      .sorted { ($1.value.changes, $0.key) < ($0.value.changes, $1.key) }
    for (id, owner) in missing.prefix(10) {
      Console.shared.note(
        "fixacl: no credentials of \(id) (\(Quantity.count(owner.changes, "object")) to change): add --owner-profile with"
          + " a profile of that account.")
    }
    if missing.count > 10 {
      Console.shared.note("fixacl: … and \(Quantity.count(missing.count - 10, "account")) more.")
    }
  }

  private func note(_ consequence: String, _ error: AWSError) {
    Console.shared.note("fixacl: \(consequence). \(error). \(Advice.text(for: error))")
  }

  private func header(
    _ bucket: BucketSettings, desired: Intent, summary: PlanSummary, alternative: OwnershipAlternative?
  ) -> PlanHeader {
    PlanHeader(
      tool: "fixacl \(FixACL.version)", createdAt: Timestamp.now().extended, bucket: bucket, desired: desired,
      summary: summary, alternative: alternative)
  }

  /// Where ACLs are off nothing is listed, and nobody needs to be let in.
  private func writeEmptyPlan(for bucket: BucketSettings) throws {
    for note in PlanView.notes(on: bucket) { Console.shared.note("fixacl: \(note)") }
    let desired = desired.desiredState(
      bucketOwner: bucket.owner, readers: desired.readers.explicitReaders, requestPayer: credentials.requestPayer)
    try write(
      header(bucket, desired: desired, summary: PlanSummary(), alternative: nil), acls: ACLTable(),
      spool: try PlanSpool(folder: spoolFolder), stop: StopSignal())
  }

  /// Sees that a bucket with Requester Pays is asked as it demands, before everything is refused for a reason that S3 does
  /// not tell.
  private func checkPayer(of bucket: BucketSettings, accounts: Accounts) throws {
    guard bucket.payer == .requester, credentials.requestPayer == nil,
      !accounts.canonicalIDs.subtracting([bucket.owner]).isEmpty || accounts.main.canonicalID != bucket.owner
    else { return }
    throw CommandFailure(
      "the bucket is set to Requester Pays: S3 refuses (403) all requests of other accounts than its owner's that do not"
        + " say that they pay. Add --request-payer requester, with which the accounts that own objects pay for their"
        + " requests. Readers of other accounts have to say so too.")
  }

  /// Warns of what the bucket policy refuses of the repair itself.
  private func warnOfDenials(_ inspection: BucketInspection, desired: Intent, accounts: Accounts) {
    guard case .document(let document) = inspection.policy else { return }
    let actors = accounts.repairActors(
      strategy: desired.needsBucketOwnership ? .copy : desired.strategy, allVersions: desired.allVersions,
      hasObjectLock: inspection.bucket.objectLock?.isEnabled ?? false)
    let scope = PolicyScope(bucket: inspection.bucket.name, prefix: desired.filter.prefix)
    for denial in document.repairDenials(of: actors, in: scope, usesTLS: true) {
      Console.shared.note("fixacl: \(denial.text).")
    }
  }

  /// Finds out who is to be let in, and says it.
  private func desiredState(
    for inspection: BucketInspection, configuration: Configuration
  ) async throws -> Intent {
    let bucket = inspection.bucket
    let finder = ReaderFinder(
      bucket: bucket.name, prefix: desired.prefix, policy: inspection.policy,
      cloudFront: configuration.client(of: .cloudFront))
    let findings = try await finder.find(desired.readers)
    let state = desired.desiredState(
      bucketOwner: bucket.owner, readers: findings.readers, requestPayer: credentials.requestPayer)
    if !run.quiet {
      for reader in state.readers { Console.shared.note("fixacl: \(reader.announcement).") }
    }
    for id in state.droppedGrantees {
      guard id != bucket.owner, !state.grants.contains(where: { $0.grantee == .canonicalUser(id) }) else {
        throw CommandFailure(
          "--drop-grantee \(id) is \(id == bucket.owner ? "the bucket owner" : "a reader"), whose grants stay: leave the"
            + " option out.", status: .usage)
      }
      Console.shared.note(
        "fixacl: grants to \(id) are left out of every ACL that is written. Where S3 knows the account no more, a"
          + " rollback cannot bring them back.")
    }
    for warning in findings.warnings { Console.shared.note("fixacl: \(warning).") }
    return state
  }

  /// Nil where the server has not shown that it knows Object Ownership.
  private func alternative(
    to result: BucketScanner.Result, inspection: BucketInspection, desired: Intent
  ) -> OwnershipAlternative? {
    guard inspection.supportsOwnershipControls else { return nil }
    let scope = PolicyScope(bucket: inspection.bucket.name, prefix: desired.filter.prefix)
    let policyReaders: Set<PolicyPrincipal>? =
      switch inspection.policy {
      case .none: []
      case .document(let document): Set(document.readers(of: scope).readers.map(\.principal))
      case .malformed, .unreadable: nil
      }
    let options = [("--profile", credentials.profile), ("--endpoint-url", credentials.endpointURL)]
    return OwnershipAlternative(
      bucket: inspection.bucket, bucketACL: inspection.acl, policyReaders: policyReaders, desired: desired,
      foreign: result.summary.foreign, grantees: result.grantees,
      cliOptions: options.flatMap { name, value in value.map { [name, $0] } ?? [] })
  }

  /// Beside the plan where it goes to a file, so that a full /tmp is no obstacle.
  var spoolFolder: String {
    guard let output else { return getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }
    guard let slash = output.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == output.startIndex ? "/" : String(output[..<slash])
  }

  /// Sees that the plan will find its place, before a long scan is made for it.
  private func checkOutput() throws {
    guard let output else {
      _ = try OpenFile.standardOutput()
      return
    }
    // The plan takes the place of what is there, which must not be a device.
    switch FileKind(ofPath: output) {
    case .folder: throw CommandFailure("\(output) is a folder: name a file in it with -o.")
    case .special:
      throw CommandFailure("\(output) is no regular file, which -o needs: leave out -o, and redirect stdout to it.")
    case .missing, .regular: break
    }
    do throws(FileError) {
      try PlanWriter.checkFile(output)
    } catch {
      throw CommandFailure("no plan can be written to \(output): \(error). Name a file in a folder that is writable.")
    }
  }

  private func write(_ header: PlanHeader, acls: ACLTable, spool: PlanSpool, stop: StopSignal) throws {
    try PlanWriter.check(header: header, acls: acls, spool: spool)
    if let output {
      try PlanWriter.write(
        header: header, acls: acls, spool: spool, to: .file(output), stop: stop)
      Console.shared.note(
        "fixacl: the plan is in \(output). See it with 'fixacl show \(output)', do it with 'fixacl apply \(output)'.")
    } else if ResultWriter.isTerminal {
      try showOnTerminal(header, acls: acls, spool: spool)
    } else {
      try PlanWriter.write(
        header: header, acls: acls, spool: spool,
        to: .descriptor(try OpenFile.standardOutput()), stop: stop)
    }
  }

  /// Shows a plan that is not saved, through a file that is gone afterwards.
  private func showOnTerminal(_ header: PlanHeader, acls: ACLTable, spool: PlanSpool) throws {
    let path = "\(spoolFolder)/fixacl-\(getpid()).plan.json"
    defer { unlink(path) }
    try PlanWriter.write(header: header, acls: acls, spool: spool, to: .file(path))
    var view = PlanTextView(plan: try Plan(path: path), maximumKeys: 10, writer: try ResultWriter())
    try view.show()
    Console.shared.note("fixacl: this plan is not saved. Save it with -o plan.json, or redirect stdout to a file.")
  }
}
