internal import ArgumentParser
internal import FixACLKit

struct PlanCommand: AsyncParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Scan a bucket, and write a plan of what would change.",
    discussion: """
      plan changes nothing. It writes the plan to stdout, or with -o to a file. If stdout is a terminal, it saves the plan \
      in the state folder, and prints what 'fixacl show' would. An incomplete scan writes no plan, but leaves a checkpoint: \
      run the same command again to resume.
      """)

  @Argument(help: "The bucket: its name, s3://NAME[/PREFIX], or its ARN, arn:aws:s3:::NAME[/PREFIX*].")
  var bucket: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write the plan to this file. - is stdout.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "How to write stdout. json: with -o, a line for the summary; on a terminal, what 'fixacl show --format json' prints.",
      valueName: "text|json"))
  var format = ResultFormat.text

  @Flag(help: "Exit with 2 if there are changes, 0 if there are none, 1 on errors.")
  var detailedExitcode = false

  @OptionGroup(title: "Readers and changes") var intent: IntentOptions
  @OptionGroup(title: "Objects") var selection: SelectionOptions
  @OptionGroup(title: "S3 Inventory") var inventory: InventoryOptions
  @OptionGroup(title: "S3 Inventory") var inventorySetup: InventorySetupOptions
  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Resuming an earlier run") var checkpoint: CheckpointOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions
  @OptionGroup(title: "Costs") var priceOptions: PriceOptions

  func validate() throws {
    guard inventory.inventory == nil || inventorySetup.inventorySetup == nil else {
      throw ValidationError("--inventory and --inventory-setup exclude each other.")
    }
  }

  func run() async throws {
    let place = try BucketArgument(bucket)
    var request = try intent.request(for: place, selection)
    if let destination = inventorySetup.inventorySetup { return try await setUp(destination, request, in: place) }
    request.output = destination
    try inventory.apply(to: &request, selection)
    request.startsOver = checkpoint.fresh
    request.maximumAge = checkpoint.maxAge.seconds
    let prices = try priceOptions.table()
    request.prices = prices
    var isSummaryWanted = false
    if case .file = request.output { isSummaryWanted = format == .json }
    try await Workflow.run(
      isSummaryWanted ? .planJSON(isDetailed: detailedExitcode) : .none, outputOptions, run,
      status: { ExitStatus(ofPlan: $0, isDetailed: detailedExitcode) }
    ) { stop, events in
      var session = try credentials.session(run)
      session.partition = place.partition
      let workflow = PlanWorkflow(
        request, session: session, tool: "fixacl \(FixACL.version)")
      return try await workflow.run(stop: stop) { event in
        if case .planned(let report) = event, report.isSaved {
          PlanViews.showSaved(report, format: format, prices: prices)
        }
        events(event)
      }
    }
  }

  private var destination: PlanRequest.Output {
    switch output {
    case let path? where path != "-": .file(path)
    case nil where ResultWriter.isTerminal: .stateFolder
    default: .standardOutput
    }
  }
}
