internal import ArgumentParser
internal import FixACLKit
internal import Glibc
internal import S3Kit

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Scan a bucket and write what would be changed.",
    discussion: """
      The plan goes to stdout, or with -o to a file; on a terminal you see what 'fixacl show' would show. Nothing is \
      changed, and nothing is written unless the scan was complete.
      """)

  @Argument(help: "The bucket's name.")
  var bucket: String

  @Option(
    name: [.short, .long], help: ArgumentHelp("Write the plan to this file instead of stdout.", valueName: "file"))
  var output: String?

  @OptionGroup(title: "Who is let in, how, and to what") var desired: DesiredOptions
  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions

  @Flag(help: "Exit with 2 when there are changes, 0 when there are none, 1 on errors.")
  var detailedExitcode = false

  func run() async throws {
    let start = Clock.seconds()
    let name = try bucketName(bucket)
    try checkOutput()
    let configuration = try Configuration(credentials: credentials, run: run)
    let (bucket, omissions) = try await BucketInspector.inspect(name, with: configuration.mainClient)
    for omission in omissions {
      Console.shared.note("fixacl: \(omission.consequence). \(omission.error). \(Advice.text(for: omission.error))")
    }
    let accounts = try await configuration.accounts(bucketOwner: bucket.owner)
    let desired = desired.desiredState(bucketOwner: bucket.owner)
    warn(about: bucket, desired: desired)

    let governor = configuration.governor
    let interruption = Interruption(
      announcement: "interrupted; no plan is written. Run the command again for one.",
      onStop: { governor.stopRetrying() })
    // Until the plan is written: an object can end after its last use.
    defer { withExtendedLifetime(interruption) {} }
    let result = try await scan(
      bucket, desired: desired, accounts: accounts, configuration: configuration, stop: interruption.stop)
    let header = PlanHeader(
      tool: "fixacl \(FixACL.version)", createdAt: Timestamp.now().extended, bucket: bucket, desired: desired,
      summary: result.summary)
    do {
      try write(header, result, stop: interruption.stop)
    } catch is PlanWriter.Interrupted {
      throw CommandFailure("", status: .interrupted)
    }
    let statistics = governor.statistics
    Console.shared.note(
      "fixacl: \(PlanView.sentence(for: result.summary)); \(Quantity.count(statistics.requests, "request"))"
        + (statistics.throttled > 0 ? ", throttled \(Quantity.count(statistics.throttled)) times" : "")
        + " in \(Quantity.duration(seconds: Clock.seconds() - start)).")
    for reason in ChangeReason.allCases {
      guard let count = result.summary.blockedReasons[reason] else { continue }
      Console.shared.note("fixacl: \(Quantity.count(count)) blocked: \(reason.explanation).")
    }
    if detailedExitcode, result.summary.changes > 0 { throw ExitCode(ExitStatus.changes.rawValue) }
  }

  private func scan(
    _ bucket: PlanBucket, desired: DesiredState, accounts: Accounts, configuration: Configuration,
    stop: StopSignal
  ) async throws -> BucketScanner.Result {
    let governor = configuration.governor
    let scanner = BucketScanner(
      bucket: bucket, desired: desired, accounts: accounts, concurrency: configuration.concurrency, stop: stop)
    let reporter = ProgressReporter(isQuiet: run.quiet) { seconds in
      let progress = scanner.progress
      return "scanning: \(Quantity.count(progress.listed)) listed, \(Quantity.count(progress.foreign)) foreign, "
        + "\(Quantity.count(progress.changes)) to change"
        + ProgressReporter.rate(done: progress.listed, of: nil, seconds: seconds)
        + Self.throttling(governor)
    }
    defer { reporter.finish() }
    do throws(BucketScanner.Failure) {
      return try await scanner.scan(spoolFolder: spoolFolder)
    } catch {
      throw describe(error)
    }
  }

  static func throttling(_ governor: RequestGovernor) -> String {
    let statistics = governor.statistics
    return statistics.throttled == 0
      ? "" : ", throttled \(Quantity.count(statistics.throttled)) times, \(governor.limit) in flight at most"
  }

  private func describe(_ failure: BucketScanner.Failure) -> any Error {
    switch failure {
    case .s3(let error):
      CommandFailure(
        "the scan was not completed, so no plan is written. \(error). \(Advice.text(for: error))")
    case .file(let error):
      CommandFailure(
        "the scan was not completed, so no plan is written: \(error). What is found is kept in"
          + " \(spoolFolder) meanwhile, which must be there, writable and not full"
          + (output == nil ? "; TMPDIR names another folder." : "."))
    case .ownerMissing(let key):
      CommandFailure(
        "the server's listing does not say who owns \(key), so nothing can be planned: it does not heed"
          + " fetch-owner=true of ListObjectsV2.")
    case .interrupted:
      CommandFailure("", status: .interrupted)
    }
  }

  /// Beside the plan where it goes to a file, so that a full /tmp is no obstacle.
  private var spoolFolder: String {
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

  private func write(_ header: PlanHeader, _ result: BucketScanner.Result, stop: StopSignal) throws {
    if let output {
      try PlanWriter.write(
        header: header, acls: result.acls, spool: result.spool, to: .file(output), stop: stop)
      Console.shared.note(
        "fixacl: the plan is in \(output). See it with 'fixacl show \(output)', do it with 'fixacl apply \(output)'.")
    } else if ResultWriter.isTerminal {
      try showOnTerminal(header, result)
    } else {
      try PlanWriter.write(
        header: header, acls: result.acls, spool: result.spool,
        to: .descriptor(try OpenFile.standardOutput()), stop: stop)
    }
  }

  /// Shows a plan that is not saved, through a file that is gone afterwards.
  private func showOnTerminal(_ header: PlanHeader, _ result: BucketScanner.Result) throws {
    let path = "\(spoolFolder)/fixacl-\(getpid()).plan.json"
    defer { unlink(path) }
    try PlanWriter.write(header: header, acls: result.acls, spool: result.spool, to: .file(path))
    var view = PlanTextView(plan: try Plan(path: path), maximumKeys: 10, writer: try ResultWriter())
    try view.show()
    Console.shared.note("fixacl: this plan is not saved. Save it with -o plan.json, or redirect stdout to a file.")
  }

  private func warn(about bucket: PlanBucket, desired: DesiredState) {
    if bucket.objectOwnership == .bucketOwnerEnforced {
      Console.shared.note(
        "fixacl: the bucket's Object Ownership is BucketOwnerEnforced: ACLs are off and the bucket owner owns every"
          + " object, so there is nothing for fixacl to repair. Look at the bucket policy instead.")
    }
    if bucket.publicAccessBlock?.ignorePublicAcls == true {
      Console.shared.note(
        "fixacl: IgnorePublicAcls is on, so S3 does not show public grants that are stored: they are not in the"
          + " plan, and an ACL that is rewritten loses them for good.")
    }
  }
}
