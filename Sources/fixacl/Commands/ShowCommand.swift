internal import ArgumentParser
internal import FixACLKit

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what a plan would do: a summary, the changes of ACLs, the keys.",
    discussion: "Reads nothing but the plan.")

  @Argument(help: "The plan file; - is stdin.", completion: .file())
  var plan: String

  @Option(
    help: ArgumentHelp(
      "text for people; json: one document with the same content; csv: a row a change; html: one page that"
        + " needs no network, for a ticket.",
      valueName: "text|json|csv|html"))
  var format: PlanFormat = .text

  @Option(
    help: ArgumentHelp(
      "How many keys to show under each change of ACLs (text: 10, html: 1000, json: all). csv always has all.",
      valueName: "n|all"))
  var keys: KeyLimit?

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    output.apply()
    let plan = try plan == "-" ? Plan.standardInput() : Plan(path: plan)
    try PlanViews.show(plan, format: format, keys: keys)
  }
}
