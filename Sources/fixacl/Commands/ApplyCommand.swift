internal import ArgumentParser
internal import FixACLKit

struct ApplyCommand: AsyncParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Make the changes of a plan; run it again to resume.",
    discussion: """
      apply looks at each object first, and leaves it alone if it is no longer what the plan saw. It records its work in \
      PLAN.journal, from which it resumes. After Ctrl-C it waits for the writes in flight. Even a kill loses nothing.
      """)

  @Argument(help: "The plan file.", completion: .file())
  var plan: String

  @Flag(help: "Look at every object, and print what would change. Write nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "How to write stdout. json: a line for each object, and one for the summary.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Making changes") var changes: ApplyOptions
  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func validate() throws {
    try DocumentArgument.refuseStream(plan, "plan", of: "apply")
    if changes.wait, dryRun { throw ValidationError("--dry-run invalidates nothing, so leave out --wait.") }
  }

  func run() async throws {
    let lines: ResultView.Lines =
      format == .json
      ? .json(.apply, isDryRun: dryRun) : dryRun ? .text(.apply, isDryRun: true) : .none
    try await Workflow.run(lines, outputOptions, run) { stop, events in
      var workflow = ApplyWorkflow(plan: plan, session: try credentials.session(run))
      workflow.isDryRun = dryRun
      workflow.limit = changes.limit
      workflow.maximumCopySize = changes.multipartThreshold
      workflow.invalidation = try changes.invalidation
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
