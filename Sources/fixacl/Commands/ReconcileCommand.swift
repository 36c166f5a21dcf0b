internal import ArgumentParser
internal import FixACLKit

struct ReconcileCommand: AsyncParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Repair what has drifted since the last run, within guard rails. For timers.",
    discussion: """
      reconcile plans, stops if a guard rail trips, applies, looks again at a sample, and removes old runs. It says \
      nothing if there is nothing to do and nothing is wrong. A plan that a rail has stopped is kept to look at, and is \
      never applied by itself. It exits with 0 if all is well, with 3 if something is left, with 4 if a rail stopped it. \
      If another run of this bucket is in progress, it exits with 75.
      """)

  @Argument(help: "The bucket: its name, s3://NAME[/PREFIX], or its ARN, arn:aws:s3:::NAME[/PREFIX*].")
  var bucket: String

  @Flag(help: "Only plan: exit with 2 if there are changes, with 0 if there are none.")
  var planOnly = false

  @Option(
    help: ArgumentHelp(
      "Look again at this many of the changed objects, chosen at random.", valueName: "n"))
  var sample = 100

  @OptionGroup var state: StateOptions

  @Option(
    help: ArgumentHelp(
      "How to write stdout. json: a line for each object, and one for the summary.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Guard rails") var rails: RailOptions
  @OptionGroup(title: "Readers and changes") var intent: IntentOptions
  @OptionGroup(title: "Objects") var selection: SelectionOptions
  @OptionGroup(title: "S3 Inventory") var inventory: InventoryOptions
  @OptionGroup(title: "Making changes") var apply: ApplyOptions
  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Resuming an earlier run") var checkpoint: CheckpointOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func validate() throws {
    guard sample >= 0 else { throw ValidationError("--sample must not be negative.") }
  }

  func run() async throws {
    let place = try BucketArgument(bucket)
    var request = try intent.request(for: place, selection)
    try inventory.apply(to: &request, selection)
    request.startsOver = checkpoint.fresh
    request.maximumAge = checkpoint.maxAge.seconds
    try await Workflow.run(.reconcile(format), outputOptions, run) { stop, events in
      var session = try credentials.session(run)
      session.partition = place.partition
      // Nobody is there to be asked.
      session.askMFACode = { _, _ in nil }
      var workflow = ReconcileWorkflow(
        request, session: session, tool: "fixacl \(FixACL.version)", version: FixACL.version,
        exitStatus: ExitStatus.number)
      workflow.rails = rails.rails
      workflow.maximumDuration = rails.maxDuration.seconds
      workflow.stateFolder = state.stateDir ?? StateDirectory.ofService
      workflow.keptRuns = state.keep
      workflow.isPlanOnly = planOnly
      workflow.sample = sample
      workflow.limit = apply.limit
      workflow.maximumCopySize = apply.multipartThreshold
      workflow.invalidation = try apply.invalidation
      workflow.metricsPath = state.metricsFile
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
