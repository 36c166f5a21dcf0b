internal import ArgumentParser
internal import FixACLKit

struct BatchSubmitCommand: AsyncParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Create the jobs of a plan, suspended; with --run confirm them.",
    discussion: """
      submit changes no object by itself. It writes a manifest for each job, records in PLAN.journal what the job will \
      change, and creates the job, which waits for confirmation. Run it again with --run and the same options to confirm \
      the jobs: no job is created twice.
      """)

  @Argument(help: "The plan file.", completion: .file())
  var plan: String

  @Option(
    help: ArgumentHelp(
      "The role that jobs assume; repeatable. Give one for each account that owns objects of the plan.",
      valueName: "arn"), transform: { try RoleARN($0) })
  var roleArn: [RoleARN] = []

  @Option(
    help: ArgumentHelp("Where S3 writes the completion reports.", valueName: "s3://bucket/prefix"),
    transform: { try BatchPlace(argument: $0) })
  var report: BatchPlace?

  @Option(
    help: ArgumentHelp(
      "Where fixacl writes the manifests. Default: where the reports go.", valueName: "s3://bucket/prefix"),
    transform: { try BatchPlace(argument: $0) })
  var manifest: BatchPlace?

  @Flag(name: .customLong("run"), help: "Confirm the jobs that wait, so that they run.")
  var runs = false

  @Flag(help: "Print the policies that roles, profiles and buckets need, and do nothing else.")
  var printPolicies = false

  @Option(
    help: ArgumentHelp(
      "How to write stdout. json: a line for each job, and one for the summary.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func validate() throws {
    try DocumentArgument.refuseStream(plan, "plan", of: "batch submit")
    guard !printPolicies else {
      guard !runs else { throw ValidationError("--print-policies does nothing else: leave out --run.") }
      guard format == .text else { throw ValidationError("--print-policies prints text: leave out --format json.") }
      return
    }
    guard !roleArn.isEmpty else {
      throw ValidationError("--role-arn is missing. --print-policies shows what the role needs.")
    }
    guard report != nil else {
      throw ValidationError("--report is missing. Write --report s3://BUCKET/PREFIX, in a bucket of your own.")
    }
  }

  func run() async throws {
    guard !printPolicies else {
      let policies = try Plan(path: plan).batchPolicies(
        roles: roleArn.map(\.arn), report: report ?? manifest, manifest: manifest ?? report)
      return try BatchPoliciesView.show(policies)
    }
    guard let report else { return }
    try await Workflow.run(.jobs(format), outputOptions, run) { stop, events in
      var workflow = BatchSubmitWorkflow(
        plan: plan, session: try credentials.session(run), roles: roleArn.map(\.arn), report: report,
        manifest: manifest ?? report)
      workflow.runs = runs
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
