internal import ArgumentParser

struct ShowCommand: ParsableCommand, OutputCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what a plan would do: summary, ACL changes, keys.",
    discussion: "show reads nothing but the plan.")

  @Argument(help: "The plan file; - is stdin.", completion: .file())
  var plan: String

  @Option(
    help: ArgumentHelp(
      "How to write stdout. text: for people; json: one document; csv: a row for each change; html: one page for a"
        + " ticket, which needs no network.",
      valueName: "text|json|csv|html"))
  var format: PlanFormat = .text

  @Option(
    help: ArgumentHelp(
      "How many keys to show for each ACL change (text: 10, html: 1000, json: all). csv always has all.",
      valueName: "n|all"))
  var keys: KeyLimit?

  @OptionGroup(title: "Output") var outputOptions: OutputOptions
  @OptionGroup(title: "Costs") var priceOptions: PriceOptions

  func run() throws {
    try PlanViews.show(
      plan == "-" ? .standardInput : .file(plan), format: format, keys: keys, prices: priceOptions.table())
  }
}
