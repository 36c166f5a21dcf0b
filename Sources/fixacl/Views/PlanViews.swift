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
  init(plan: Plan, transitions: TransitionList, cost: CostEstimate, writer: ResultWriter)
  mutating func show() throws
}

/// Where a plan is read from to be shown.
enum PlanSource {
  case file(String)
  case standardInput

  /// Opens the plan.
  ///
  /// - Parameter sight: gets each change as it is read; nothing is shown before the plan is open.
  func open(_ sight: (Change) -> Void = { _ in }) throws(FileFormatError) -> Plan {
    switch self {
    case .file(let path): try Plan(path: path, sight)
    case .standardInput: try Plan.standardInput(sight)
    }
  }
}

enum PlanViews {
  static func show(
    _ source: PlanSource, format: PlanFormat, keys: KeyLimit? = nil, prices: PriceTable
  ) throws {
    switch format {
    case .text: try show(PlanTextView.self, source, keys ?? .first(10), prices)
    case .json: try show(PlanJSONView.self, source, keys ?? .all, prices)
    case .html: try show(PlanHTMLView.self, source, keys ?? .first(1000), prices, hasFolders: true)
    case .csv:
      var view = PlanCSVView(plan: try source.open(), writer: try ResultWriter())
      try view.show()
    }
  }

  /// Shows a plan that was just saved; that it cannot be shown is no reason to lose it.
  static func showSaved(_ report: PlanReport, format: ResultFormat, prices: PriceTable) {
    guard let path = report.path else { return }
    do {
      try show(.file(path), format: format == .json ? .json : .text, prices: prices)
    } catch {
      if let message = Message.report(on: error)?.message { Console.shared.say(message) }
    }
  }

  /// Reads the plan once, and shows it.
  private static func show<View: PlanDisplay>(
    _ type: View.Type, _ source: PlanSource, _ keys: KeyLimit, _ prices: PriceTable, hasFolders: Bool = false
  ) throws {
    let writer = try ResultWriter()
    var gathering = TransitionGathering(maximumKeys: keys.count, hasFolders: hasFolders)
    let plan = try source.open { gathering.take($0) }
    let transitions = try gathering.finish(plan)
    let cost = CostEstimate(plan.header.summary, prices: prices, jobs: transitions.batchJobs)
    var view = View(plan: plan, transitions: transitions, cost: cost, writer: writer)
    try view.show()
  }
}
