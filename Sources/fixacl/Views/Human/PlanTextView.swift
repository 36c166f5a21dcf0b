internal import FixACLKit
internal import AWSKit

/// A plan for people: what bucket, what is wanted, how much, and then each change of ACLs with its keys.
struct PlanTextView: PlanDisplay {
  private let plan: Plan
  private let transitions: TransitionList
  private let cost: CostEstimate
  private var writer: ResultWriter
  private var style: Style { writer.style }

  init(plan: Plan, transitions: TransitionList, cost: CostEstimate, writer: ResultWriter) {
    self.plan = plan
    self.cost = cost
    self.transitions = transitions
    self.writer = writer
  }

  mutating func show() throws {
    try showHeader()
    try showSummary()
    if let alternative = plan.header.alternative {
      try writer.line()
      for paragraph in AlternativeView.paragraphs(for: alternative, of: plan.header) {
        try writer.paragraph(paragraph.text.asSentence, hanging: 2)
        for command in paragraph.commands { try writer.line("  " + command) }
      }
      for consequence in AlternativeView.consequences(for: plan.header) {
        try writer.paragraph(consequence, hanging: 2)
      }
    }
    for group in transitions.groups { try show(group) }
    try writer.finish()
  }

  private mutating func showHeader() throws {
    let bucket = plan.header.bucket
    try writer.line(styled: style.bold("s3://\(bucket.name)"))
    let facts = PlanView.origin(of: plan.header) + PlanView.facts(about: bucket) + PlanView.wanted(plan)
    for fact in facts {
      try writer.paragraph(fact.value, prefix: "  " + fact.label.padded(to: 21), hanging: 23)
    }
    try writer.line()
  }

  private mutating func showSummary() throws {
    let summary = plan.header.summary
    try writer.line(PlanView.sentence(for: summary) + ".")
    for (id, owner) in summary.owners.sorted(by: { $0.key < $1.key }) {
      try writer.line("  owner \(id):")
      try writer.line(
        "    \(Quantity.count(owner.objects, "object")), \(Quantity.bytes(owner.bytes)), "
          + "\(Quantity.count(owner.changes)) to change")
    }
    for reason in ChangeReason.allCases {
      guard let count = summary.blockedReasons[reason] else { continue }
      try writer.line("  blocked, \(reason.rawValue): \(Quantity.count(count))")
    }
    if summary.bytesToCopy > 0 {
      try writer.line("  to copy: \(Quantity.bytes(summary.bytesToCopy)), by the server itself")
    }
    if cost.apply.requests > 0 {
      for line in CostView.lines(cost) { try writer.paragraph(line, prefix: "  ", hanging: 4) }
    }
    for note in PlanView.notes(on: plan.header) { try writer.paragraph(note.asSentence, hanging: 2) }
  }

  private mutating func show(_ group: TransitionGroup) throws {
    let (transition, style) = (group.transition, style)
    try writer.line()
    let title = style.bold("\(transition.action.rawValue): \(PlanView.count(of: group))")
    let owner = PlanView.shortened(transition.owner)
    try writer.line(
      styled: "\(symbol(for: transition.action)) \(title), \(Quantity.bytes(group.bytes)), of owner \(owner)")
    try writer.paragraph(transition.reason.explanation, prefix: "  ", hanging: 2) { style.dim($0) }
    if let example = group.example { try writer.paragraph("\(example)", prefix: "      ", hanging: 6) }
    if transition.from == nil { try writer.line("      (their present ACL is not known)") }
    for line in PlanView.diff(of: group, plan: plan) {
      let what = line.what.padded(to: 14)
      switch line.kind {
      case .removed: try writer.paragraph(line.who, prefix: "    - " + what, hanging: 8) { style.red($0) }
      case .added: try writer.paragraph(line.who, prefix: "    + " + what, hanging: 8) { style.green($0) }
      case .kept: try writer.paragraph(line.who, prefix: "      " + what, hanging: 8)
      }
    }
    try showKeys(of: group)
  }

  private mutating func showKeys(of group: TransitionGroup) throws {
    try transitions.forEachObject(of: group) { name, _ in try writer.line("  \(name)") }
    let rest = group.count - transitions.shown(of: group)
    if rest > 0 { try writer.line(styled: style.dim("  … and \(Quantity.count(rest)) more (--keys all)")) }
  }

  private func symbol(for action: ChangeAction) -> StyledText {
    let symbol = PlanView.symbol(for: action)
    return switch action {
    case .grant: style.green(symbol)
    case .copy: style.yellow(symbol)
    case .blocked: style.red(symbol)
    }
  }
}
