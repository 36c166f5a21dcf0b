internal import ArgumentParser
internal import FixACLKit

struct VerifyCommand: AsyncParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read every object of a plan again, and print those that are not as planned.",
    discussion:
      "verify changes nothing. It exits with 0 if all objects are as planned, with 2 if not, with 1 if it could read none."
  )

  @Argument(help: "The plan file.", completion: .file())
  var plan: String

  @Option(help: ArgumentHelp("Look at this many objects only, chosen at random.", valueName: "n"))
  var sample: Int?

  @Flag(
    help:
      "Also ask CloudFront for a sample of the changed objects, as a viewer: --sample of them, else 100. Print those that it does not serve."
  )
  var throughCloudfront = false

  @Option(
    help: ArgumentHelp(
      "How to write stdout. json: a line for each object, and one for the summary.", valueName: "text|json"))
  var format = ResultFormat.text

  @OptionGroup(title: "Credentials and endpoint") var credentials: CredentialOptions
  @OptionGroup(title: "Running") var run: RunOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func validate() throws {
    if let sample, sample < 1 { throw ValidationError("--sample must be at least 1.") }
    try DocumentArgument.refuseStream(plan, "plan", of: "verify")
  }

  func run() async throws {
    let lines: ResultView.Lines =
      format == .json ? .json(.verify, isDryRun: false) : .text(.verify, isDryRun: false)
    try await Workflow.run(lines, outputOptions, run) { stop, events in
      var workflow = VerifyWorkflow(plan: plan, session: try credentials.session(run))
      workflow.sample = sample
      workflow.asksCloudFront = throughCloudfront
      return try await workflow.run(stop: stop, events: events)
    }
  }
}
