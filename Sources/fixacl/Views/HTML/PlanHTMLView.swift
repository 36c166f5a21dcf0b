internal import FixACLKit
internal import AWSKit

/// A plan as one page that needs nothing else: no network, no files beside it, no JavaScript but for the search.
struct PlanHTMLView: PlanDisplay {
  /// These of a transition's keys are seen at once; the others are folded away.
  private static let keysAtOnce = 10

  let plan: Plan
  /// Nil for all.
  private let maximumKeys: Int?
  private var writer: ResultWriter

  init(plan: Plan, maximumKeys: Int?, writer: ResultWriter) {
    self.plan = plan
    self.maximumKeys = maximumKeys
    self.writer = writer
  }

  mutating func show() throws {
    let groups = try plan.transitions(maximumKeys: maximumKeys ?? 0)
    try write(HTMLPage.beginning(title: "fixacl plan of s3://\(plan.header.bucket.name)"))
    try write(pageHeader)
    try write("<main>\n")
    try write(summarySection)
    try write(wantedSection)
    try write(bucketSection)
    try write(notesSection)
    try write(alternativeSection)
    if !groups.isEmpty {
      try write(changesSection(groups))
      for (index, group) in groups.enumerated() { try show(group, number: index + 1) }
      try write("</section>\n")
    }
    try write("</main>\n")
    try write(pageFooter)
    try write(HTMLPage.end)
    try writer.finish()
  }

  private mutating func write(_ html: HTML) throws {
    try writer.write(html.markup.utf8)
  }

  // MARK: Transitions

  private mutating func show(_ group: TransitionGroup, number: Int) throws {
    let transition = group.transition
    let lines = PlanView.diff(of: group, plan: plan).map(row)
    let said: HTML = group.example.map { "<p class=\"note\">\($0.description)</p>\n" } ?? ""
    let unknown: HTML = transition.from == nil ? "<p class=\"note\">Their present ACL is not known.</p>\n" : ""
    let table: HTML = """
      <table class="diff"><caption class="unseen">What changes in the ACL</caption>
      <thead><tr><th scope="col">Change</th><th scope="col">Permission</th><th scope="col">Who</th></tr></thead>
      <tbody>\(lines)</tbody></table>

      """
    try write(
      """
      <article class="transition \(transition.action.rawValue)" id="change-\(number)" \
      aria-labelledby="change-\(number)-title">
      <h3 id="change-\(number)-title">\(badge(transition.action)) \(PlanView.count(of: group)) \
      <small>\(Quantity.bytes(group.bytes))</small></h3>
      <p class="reason">\(transition.reason.explanation)</p>
      <p class="owner">Object owner <code>\(transition.owner.value)</code></p>
      \(said)\(unknown)\(lines.isEmpty ? "" : table)
      """)
    try showKeys(of: group)
    try write("</article>\n")
  }

  private func row(_ line: PlanView.DiffLine) -> HTML {
    let (style, sign): (HTML, HTML) =
      switch line.kind {
      case .removed: ("removed", "<span class=\"sign\">−</span> removed")
      case .added: ("added", "<span class=\"sign\">+</span> added")
      case .kept: ("kept", "<span class=\"sign\"></span> kept")
      }
    return """
      <tr class="\(style)"><td>\(sign)</td><td><code>\(line.what)</code></td><td><code>\(line.who)</code></td></tr>

      """
  }

  private mutating func showKeys(of group: TransitionGroup) throws {
    let shown = min(group.count, maximumKeys ?? group.count)
    try write("<h4>Keys <span class=\"found\"></span></h4>\n")
    if shown > 0 {
      try write("<ul class=\"keys\">\n")
      var count = 0
      func show(_ name: ObjectName, to writer: inout ResultWriter) throws {
        if count == Self.keysAtOnce {
          let fold: HTML = """
            </ul>
            <details><summary>\(Quantity.count(shown - count)) more</summary>
            <ul class="keys">

            """
          try writer.write(fold.markup.utf8)
        }
        let item: HTML = "<li>\(name.description)</li>\n"
        try writer.write(item.markup.utf8)
        count += 1
      }
      if maximumKeys == nil {
        try plan.forEachName(of: group.transition) { try show($0, to: &writer) }
      } else {
        for name in group.names { try show(name, to: &writer) }
      }
      try write(count > Self.keysAtOnce ? "</ul></details>\n" : "</ul>\n")
    }
    guard shown < group.count else { return }
    try write(
      """
      <p class="rest">\(Quantity.count(group.count - shown)) more are not in this page. \
      For all of them: <code>fixacl show PLAN --format html --keys all</code></p>

      """)
  }
}
