internal import ArgumentParser
internal import FixACLKit

/// The forms in which a plan is shown.
enum PlanFormat: String, ExpressibleByArgument, CaseIterable {
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

  /// Nil for all.
  fileprivate var count: Int? {
    switch self {
    case .all: nil
    case .first(let number): number
    }
  }
}

/// A plan on its way to stdout.
protocol PlanDisplay {
  /// - Parameter maximumKeys: of each transition; nil for all.
  init(plan: Plan, maximumKeys: Int?, writer: ResultWriter)
  mutating func show() throws
}

enum PlanViews {
  static func show(_ plan: Plan, format: PlanFormat, keys: KeyLimit? = nil) throws {
    switch format {
    case .text: try show(PlanTextView.self, plan, keys ?? .first(10))
    case .json: try show(PlanJSONView.self, plan, keys ?? .all)
    case .html: try show(PlanHTMLView.self, plan, keys ?? .first(1000))
    case .csv: try show(PlanCSVView.self, plan, .all)
    }
  }

  /// Shows a plan that was just saved; that it cannot be shown is no reason to lose it.
  static func showSaved(_ report: PlanReport, format: ResultFormat) {
    guard let path = report.path else { return }
    do {
      try show(try Plan(path: path), format: format == .json ? .json : .text)
    } catch {
      if let message = Message.report(on: error)?.message { Console.shared.say(message) }
    }
  }

  private static func show<View: PlanDisplay>(_ type: View.Type, _ plan: Plan, _ keys: KeyLimit) throws {
    var view = View(plan: plan, maximumKeys: keys.count, writer: try ResultWriter())
    try view.show()
  }
}
