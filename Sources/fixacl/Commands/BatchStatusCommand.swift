internal import ArgumentParser
internal import FixACLKit

struct BatchStatusCommand: AsyncParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how far the jobs of a plan have come.",
    discussion: "status changes nothing. It exits with 0 if all jobs are complete without failures, else with 3.")

  @Argument(help: "The plan file.", completion: .file())
  var plan: String

  @Option(
    help: ArgumentHelp(
      "How to write stdout. json: a line for each job, and one for the summary.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func validate() throws { try DocumentArgument.refuseStream(plan, "plan", of: "batch status") }

  func run() async throws {
    try await Workflow.run(.jobs(format), outputOptions, run) { stop, events in
      try await BatchStatusWorkflow(plan: plan, session: try credentials.session(run)).run(stop: stop, events: events)
    }
  }
}
