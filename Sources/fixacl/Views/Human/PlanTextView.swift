internal import FixACLKit
internal import AWSKit

/// A plan for people: what bucket, what is wanted, how much, and then each change of ACLs with its keys.
struct PlanTextView: PlanDisplay {
  private let plan: Plan
  /// Nil for all.
  private let maximumKeys: Int?
  private var writer: ResultWriter
  private var style: Style { writer.style }

  init(plan: Plan, maximumKeys: Int?, writer: ResultWriter) {
    self.plan = plan
    self.maximumKeys = maximumKeys
    self.writer = writer
  }

  mutating func show() throws {
    try showHeader()
    try showSummary()
    if let alternative = plan.header.alternative {
      try writer.line()
      for line in AlternativeView.lines(for: alternative) { try writer.line(line) }
      for note in OwnershipAlternative.notes(hasReadOwn: plan.header.desired.looksAtOwn) { try writer.line(note) }
    }
    for group in try plan.transitions(maximumKeys: maximumKeys ?? 0) { try show(group) }
    try writer.finish()
  }

  private mutating func showHeader() throws {
    let bucket = plan.header.bucket
    let place = bucket.endpoint.map { " at \($0)" } ?? ""
    try writer.line(
      styled:
        "\(style.bold("s3://\(bucket.name)"))\(place), region \(bucket.region), planned \(plan.header.createdAt)")
    for fact in PlanView.facts(about: bucket) + PlanView.wanted(plan) {
      try writer.line("  \(padded(fact.label, to: 21))\(fact.value)")
    }
    try writer.line()
  }

  private mutating func showSummary() throws {
    let summary = plan.header.summary
    try writer.line(PlanView.sentence(for: summary) + ".")
    for note in PlanView.notes(on: plan.header) { try writer.line(note.asSentence) }
    for (id, owner) in summary.owners.sorted(by: { $0.key < $1.key }) {
      try writer.line(
        "  owner \(id): \(Quantity.count(owner.objects, "object")), \(Quantity.bytes(owner.bytes)), "
          + "\(Quantity.count(owner.changes)) to change")
    }
    for reason in ChangeReason.allCases {
      guard let count = summary.blockedReasons[reason] else { continue }
      try writer.line("  blocked, \(reason.rawValue): \(Quantity.count(count))")
    }
    if summary.bytesToCopy > 0 {
      try writer.line("  to copy: \(Quantity.bytes(summary.bytesToCopy)), by the server itself")
    }
    if summary.requests > 0 {
      try writer.line("  an apply makes about \(Quantity.count(summary.requests, "request"))")
    }
  }

  private mutating func show(_ group: TransitionGroup) throws {
    let transition = group.transition
    try writer.line()
    let title = style.bold("\(transition.action.rawValue): \(PlanView.count(of: group))")
    try writer.line(
      styled:
        "\(symbol(for: transition.action)) \(title), \(Quantity.bytes(group.bytes)), of \(transition.owner.value)")
    try writer.line(styled: style.dim("  \(transition.reason.explanation)"))
    if let example = group.example { try writer.line("      \(example)") }
    if transition.from == nil { try writer.line("      (the ACL they have now is not known)") }
    for line in PlanView.diff(of: group, plan: plan) {
      let text = padded(line.what, to: 14) + line.who
      switch line.kind {
      case .removed: try writer.line(styled: "    \(style.red("- " + text))")
      case .added: try writer.line(styled: "    \(style.green("+ " + text))")
      case .kept: try writer.line("      " + text)
      }
    }
    try showKeys(of: group)
  }

  private mutating func showKeys(of group: TransitionGroup) throws {
    guard maximumKeys != nil else {
      try plan.forEachName(of: group.transition) { try writer.line("  \($0)") }
      return
    }
    for name in group.names { try writer.line("  \(name)") }
    let rest = group.count - group.names.count
    if rest > 0 { try writer.line(styled: style.dim("  … and \(Quantity.count(rest)) more (--keys all)")) }
  }

  private func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
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
