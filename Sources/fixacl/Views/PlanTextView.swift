internal import FixACLKit
internal import S3Kit

/// A plan for people: what bucket, what is wanted, how much, and then each change of ACLs with its keys.
struct PlanTextView {
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
      for line in AlternativeView.lines(for: alternative) { try writer.line(line) }
      for note in OwnershipSwitch.notes { try writer.line(note) }
    }
    for group in try plan.transitions(maximumKeys: maximumKeys ?? 0) { try show(group) }
    try writer.finish()
  }

  private mutating func showHeader() throws {
    let bucket = plan.header.bucket
    let desired = plan.header.desired
    let place = bucket.endpoint.map { " at \($0.escapedForTerminal)" } ?? ""
    try writer.line(
      style.bold("s3://\(bucket.name.escapedForTerminal)")
        + "\(place), region \(bucket.region.escapedForTerminal), planned \(plan.header.createdAt.escapedForTerminal)")
    try writer.line("  bucket owner         \(bucket.owner)")
    try writer.line("  Object Ownership     \(bucket.objectOwnership?.rawValue ?? "unknown")")
    try writer.line("  versioning           \(bucket.versioning?.rawValue ?? "unknown")")
    try writer.line("  Block Public Access  \(PlanView.text(for: bucket.publicAccessBlock)) (of the bucket)")
    if let block = bucket.accountPublicAccessBlock {
      try writer.line("                       \(PlanView.text(for: block)) (of its account)")
    }
    for grant in desired.grants {
      let name = PlanView.name(grant.grantee, plan: plan, objectOwner: nil)
      try writer.line("  wanted               \(grant.permission.rawValue) \(name)")
    }
    for reader in desired.readers { try writer.line("  reader               \(reader.announcement)") }
    try writer.line("  strategy             \(desired.strategy.rawValue)")
    var filters = desired.filter.prefix.map { ["prefix \($0)"] } ?? []
    filters += desired.filter.include.map { "include \($0.pattern)" }
    filters += desired.filter.exclude.map { "exclude \($0.pattern)" }
    if !filters.isEmpty {
      try writer.line("  only                 \(filters.joined(separator: ", ").escapedForTerminal)")
    }
    try writer.line()
  }

  private mutating func showSummary() throws {
    let summary = plan.header.summary
    try writer.line(PlanView.sentence(for: summary) + ".")
    for note in PlanView.notes(on: plan.header.bucket) { try writer.line(note) }
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
    try writer.line(
      "\(symbol(for: transition.action)) "
        + style.bold("\(transition.action.rawValue): \(Quantity.count(group.count, "object"))")
        + ", \(Quantity.bytes(group.bytes)), of \(transition.owner)")
    try writer.line(style.dim("  \(transition.reason.explanation)"))
    if transition.from == nil { try writer.line("      (the ACL they have now is not known)") }
    if let before = plan.acl(transition.from), let after = plan.acl(transition.to), before.owner != after.owner {
      try writer.line("    " + style.red("- owner         \(before.owner)"))
      try writer.line("    " + style.green("+ owner         \(after.owner) (bucket owner)"))
    } else if transition.from == nil, let after = plan.acl(transition.to) {
      try writer.line("    " + style.green("+ owner         \(after.owner) (bucket owner)"))
    }
    for grant in group.diff.removed { try writer.line("    " + style.red("- " + text(grant, transition))) }
    for grant in group.diff.added { try writer.line("    " + style.green("+ " + text(grant, transition))) }
    for grant in group.diff.kept { try writer.line("      " + text(grant, transition)) }
    try showKeys(of: group)
  }

  private mutating func showKeys(of group: TransitionGroup) throws {
    guard maximumKeys != nil else {
      try plan.forEachKey(of: group.transition) { try writer.line("  \($0)") }
      return
    }
    for key in group.keys { try writer.line("  \(key)") }
    let rest = group.count - group.keys.count
    if rest > 0 { try writer.line(style.dim("  … and \(Quantity.count(rest)) more (--keys all)")) }
  }

  private func text(_ grant: Grant, _ transition: Transition) -> String {
    let permission = grant.permission.rawValue
    return permission + String(repeating: " ", count: max(1, 14 - permission.count))
      + PlanView.name(grant.grantee, plan: plan, objectOwner: transition.owner)
  }

  private func symbol(for action: ChangeAction) -> String {
    switch action {
    case .grant: style.green("~")
    case .copy: style.yellow(">")
    case .blocked: style.red("!")
    }
  }
}
