internal import ArgumentParser
internal import FixACLKit

struct RollbackCommand: AsyncParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Put back the ACLs that apply has rewritten; run it again to resume.",
    discussion: """
      rollback needs only the journal (PLAN.journal): the plan may be gone. It looks at each object first, and leaves it \
      alone if it is no longer as apply left it. On a bucket with versions, it undoes a copy by removing the version that \
      the copy made. Elsewhere ownership cannot be given back. The journal records what was undone; the plan can be \
      applied again.
      """)

  @Argument(help: "The journal, or the plan that it belongs to.", completion: .file())
  var journal: String

  @Flag(help: "Look at every object, and print what would be undone. Write nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("Stop after this many objects. The next run does the rest.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "How to write stdout. json: a line for each object, and one for the summary.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    try DocumentArgument.refuseStream(journal, "journal", of: "rollback")
  }

  func run() async throws {
    let lines: ResultView.Lines =
      format == .json
      ? .json(.rollback, isDryRun: dryRun) : dryRun ? .text(.rollback, isDryRun: true) : .none
    try await Workflow.run(lines, outputOptions, run) { stop, events in
      var workflow = RollbackWorkflow(journal: journal, session: try credentials.session(run))
      workflow.isDryRun = dryRun
      workflow.limit = limit
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
