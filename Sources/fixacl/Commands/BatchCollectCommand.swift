internal import ArgumentParser
internal import FixACLKit

struct BatchCollectCommand: AsyncParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect",
    abstract: "Read the reports of jobs that have ended into the plan's journal.",
    discussion: """
      collect changes no object. It looks again at a sample of the objects whose tasks succeeded; with --verify at all. What \
      failed, or is not as planned, is left for apply.
      """)

  @Argument(help: "The plan file.", completion: .file())
  var plan: String

  @Flag(help: "Look at every object again, and not only at a sample.")
  var verify = false

  @Option(
    help: ArgumentHelp(
      "How to write stdout. json: a line for each object, and one for the summary.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func validate() throws { try DocumentArgument.refuseStream(plan, "plan", of: "batch collect") }

  func run() async throws {
    let lines: ResultView.Lines =
      format == .json ? .json(.collect, isDryRun: false) : .text(.collect, isDryRun: false)
    try await Workflow.run(lines, outputOptions, run) { stop, events in
      var workflow = BatchCollectWorkflow(plan: plan, session: try credentials.session(run))
      workflow.looksAtAll = verify
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
