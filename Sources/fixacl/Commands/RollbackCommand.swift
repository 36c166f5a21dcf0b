internal import ArgumentParser
internal import FixACLKit

struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Put back the ACLs that a journal says were rewritten; run it again to resume.",
    discussion: """
      The journal (PLAN.journal) is all that is needed: the plan may be gone. Each object is looked at first; one that is \
      no longer as apply left it is left alone. A copy on a bucket with versions is undone by removing the version that it \
      made; elsewhere ownership cannot be given back. What was undone is recorded in the journal, and the next apply of \
      the plan would do it anew.
      """)

  @Argument(help: "The journal, or the plan that it belongs to.", completion: .file())
  var journal: String

  @Flag(help: "Look at every object and say what would be undone; write nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("Stop after so many objects. The next run does the rest.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "json: a line on stdout for each object, and one for the summary.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    try DocumentArgument.refuseStream(journal, "journal", of: "rollback")
  }

  func run() async throws {
    let lines: ResultView.Lines =
      format == .json
      ? .json(.rollback, isDryRun: dryRun) : dryRun ? .text(.rollback, isDryRun: true) : .none
    try await Workflow.run(lines, output, run) { stop, events in
      var workflow = RollbackWorkflow(journal: journal, session: try credentials.session(run))
      workflow.isDryRun = dryRun
      workflow.limit = limit
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
