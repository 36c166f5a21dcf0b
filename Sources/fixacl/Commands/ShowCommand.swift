internal import ArgumentParser
internal import FixACLKit

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what a plan would do: a summary, the changes of ACLs, the keys.",
    discussion: "Reads nothing but the plan.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv, html
  }

  /// How many keys of each kind of change are shown.
  enum KeyLimit: ExpressibleByArgument {
    case all
    case first(Int)

    init?(argument: String) {
      if argument == "all" {
        self = .all
      } else if let number = Int(argument), number >= 0 {
        self = .first(number)
      } else {
        return nil
      }
    }
  }

  @Argument(help: "The plan file.")
  var plan: String

  @Option(
    help: ArgumentHelp(
      "text for people; json: one document with the same content; csv: a row a change; html: one page that"
        + " needs no network, for a ticket.",
      valueName: "text|json|csv|html"))
  var format: Format = .text

  @Option(
    help: ArgumentHelp(
      "How many keys to show under each change of ACLs (text: 10, html: 1000, json: all). csv always has all.",
      valueName: "n|all"))
  var keys: KeyLimit?

  func run() throws {
    let plan = try Plan(path: plan)
    let writer = try ResultWriter()
    switch format {
    case .text:
      var view = PlanTextView(plan: plan, maximumKeys: maximumKeys(default: .first(10)), writer: writer)
      try view.show()
    case .json:
      var view = PlanJSONView(plan: plan, maximumKeys: maximumKeys(default: .all), writer: writer)
      try view.show()
    case .html:
      var view = PlanHTMLView(plan: plan, maximumKeys: maximumKeys(default: .first(1000)), writer: writer)
      try view.show()
    case .csv:
      var view = PlanCSVView(plan: plan, writer: writer)
      try view.show()
    }
  }

  /// Nil for all.
  private func maximumKeys(default standard: KeyLimit) -> Int? {
    switch keys ?? standard {
    case .all: nil
    case .first(let number): number
    }
  }
}
