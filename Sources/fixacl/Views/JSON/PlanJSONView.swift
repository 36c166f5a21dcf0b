internal import FixACLKit
internal import AWSKit

/// A plan's content by transition, as one JSON document for programs.
struct PlanJSONView: PlanDisplay {
  private let plan: Plan
  private let transitions: TransitionList
  private let cost: CostEstimate
  private var writer: ResultWriter

  init(plan: Plan, transitions: TransitionList, cost: CostEstimate, writer: ResultWriter) {
    self.plan = plan
    self.cost = cost
    self.transitions = transitions
    self.writer = writer
  }

  /// Writes the members that are short at once, and the keys one after the other.
  mutating func show() throws {
    var json = JSONWriter()
    json.object { json in
      json.member("format", "fixacl-show/1")
      json.member("plan", plan.digest)
      json.member("createdAt", plan.header.createdAt)
      json.name("bucket")
      plan.header.bucket.write(to: &json)
      if !plan.header.credentials.isEmpty {
        json.name("credentials")
        plan.header.credentials.write(to: &json)
      }
      if let inventory = plan.header.inventory {
        json.name("inventory")
        inventory.write(to: &json)
      }
      json.name("desired")
      plan.header.desired.write(to: &json)
      json.name("summary")
      plan.header.summary.write(to: &json)
      json.name("cost")
      cost.write(to: &json)
      json.name("alternative")
      plan.header.writeAlternative(to: &json)
      json.member("irreversibleCopies", PlanView.irreversibleCopies(in: plan.header))
      json.name("notes")
      json.array { json in
        for note in PlanView.notes(on: plan.header) { json.string(note.asSentence) }
      }
    }
    try writer.writeJSON(json.bytes.dropLast())
    try writer.write(",\"transitions\":[".utf8)
    for (index, group) in transitions.groups.enumerated() {
      if index > 0 { try writer.write(",".utf8) }
      try writer.write("\n".utf8)
      try show(group)
    }
    try writer.write("\n]}\n".utf8)
    try writer.finish()
  }

  private mutating func show(_ group: TransitionGroup) throws {
    let transition = group.transition
    var json = JSONWriter()
    json.object { json in
      json.member("action", transition.action.rawValue)
      json.member("reason", transition.reason.rawValue)
      json.member("explanation", transition.reason.explanation)
      if let example = group.example {
        json.name("error")
        example.write(to: &json)
      }
      json.member("owner", transition.owner.value)
      for (name, acl) in [("from", plan.acl(transition.from)), ("to", plan.acl(transition.to))] {
        json.name(name)
        if let acl { acl.write(to: &json) } else { json.null() }
      }
      for (name, grants) in [("added", group.diff.added), ("removed", group.diff.removed)] {
        json.name(name)
        json.array { json in
          for grant in grants { grant.write(to: &json) }
        }
      }
      json.member("noncurrent", transition.isNoncurrent)
      json.member("objects", group.count)
      json.member("bytes", group.bytes)
    }
    try writer.writeJSON(json.bytes.dropLast())
    try writer.write(",\"keys\":[".utf8)
    var isFirst = true
    try transitions.forEachObject(of: group) { name, _ in
      var json = JSONWriter()
      name.write(to: &json)
      try writer.write((isFirst ? "\n" : ",\n").utf8)
      try writer.writeJSON(json.bytes)
      isFirst = false
    }
    try writer.write("]}".utf8)
  }
}
