internal import FixACLKit
internal import AWSKit

/// A plan as one page that needs nothing else: no network, no files beside it, no JavaScript but to search and to copy.
///
/// The answer comes first, then what to run; what somebody looks up later is at the end.
struct PlanHTMLView: PlanDisplay {
  /// These of a transition's keys are seen at once; the others are folded away.
  private static let keysAtOnce = 10
  /// The first transitions are shown like that. Where there are more, these have fewer elements, which are what makes a
  /// page slow: two keys at once, and the diff as one text.
  private static let maximumElaborate = 100

  let plan: Plan
  let transitions: TransitionList
  let cost: CostEstimate
  private var writer: ResultWriter

  init(plan: Plan, transitions: TransitionList, cost: CostEstimate, writer: ResultWriter) {
    self.plan = plan
    self.cost = cost
    self.transitions = transitions
    self.writer = writer
  }

  mutating func show() throws {
    try write(HTMLPage.beginning(title: "fixacl plan of s3://\(plan.header.bucket.name)"))
    try write(pageHeader)
    try write("<main>\n")
    try write(answerSection)
    try write(commandSection)
    try write(summarySection)
    try write(changesSection)
    try write(folderSection)
    if !transitions.groups.isEmpty {
      try write(keysBeginning)
      for (index, group) in transitions.groups.enumerated() { try show(group, number: index + 1) }
      try write("</section>\n")
    }
    try write(notesSection)
    try write(alternativeSection)
    try write(accountSection)
    try write(wantedSection)
    try write(bucketSection)
    try write(planSection)
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
    let isElaborate = number <= Self.maximumElaborate
    let said: HTML = group.example.map { "<p class=\"note\">\($0.description)</p>\n" } ?? ""
    let unknown: HTML = transition.from == nil ? "<p class=\"note\">Their present ACL is not known.</p>\n" : ""
    try write(
      """
      <article class="transition \(transition.action.rawValue)" id="change-\(number)" \
      aria-labelledby="change-\(number)-title">
      <h3 id="change-\(number)-title">\(badge(transition.action)) \(PlanView.count(of: group)) \
      <small>\(Quantity.bytes(group.bytes))</small></h3>
      <p class="reason">\(transition.reason.explanation)</p>
      <p class="owner">Object owner \(account(transition.owner, isPlain: true))</p>
      \(said)\(unknown)\(diff(of: group, isElaborate: isElaborate))
      """)
    try showKeys(of: group, atOnce: isElaborate ? Self.keysAtOnce : 2)
    try write("</article>\n")
  }

  /// What changes in the ACL: a table, or lines of text in which IDs are whole.
  private func diff(of group: TransitionGroup, isElaborate: Bool) -> HTML {
    let lines = PlanView.diff(of: group, plan: plan)
    let owner = group.transition.owner
    guard !lines.isEmpty else { return "" }
    guard isElaborate else {
      let text = lines.map { line in
        let sign = line.kind == .added ? "+ " : line.kind == .removed ? "- " : "  "
        return sign + line.what.padded(to: 14)
          + PlanView.name(line.grantee, of: plan.header, objectOwner: owner, isWhole: true)
      }
      let items = text.map { line -> HTML in "\(line)\n" }
      return "<pre class=\"acl\">\(items)</pre>\n"
    }
    return """
      <table class="diff"><caption class="unseen">What changes in the ACL</caption>
      <thead><tr><th scope="col">Change</th><th scope="col">Permission</th><th scope="col">Who</th></tr></thead>
      <tbody>\(lines.map { row($0, owner: owner) })</tbody></table>

      """
  }

  private func row(_ line: PlanView.DiffLine, owner: CanonicalID) -> HTML {
    let (style, sign): (HTML, HTML) =
      switch line.kind {
      case .removed: ("removed", "<span class=\"sign\">−</span> removed")
      case .added: ("added", "<span class=\"sign\">+</span> added")
      case .kept: ("kept", "<span class=\"sign\"></span> kept")
      }
    return """
      <tr class="\(style)"><td>\(sign)</td><td><code>\(line.what)</code></td>\
      <td>\(grantee(line.grantee, objectOwner: line.what == "owner" ? nil : owner))</td></tr>

      """
  }

  /// The keys: some as a list, the others as lines of one text, which the script shows in folders.
  private mutating func showKeys(of group: TransitionGroup, atOnce: Int) throws {
    let shown = transitions.shown(of: group)
    try write("<h4>Keys <span class=\"found\"></span></h4>\n")
    if shown > 0 {
      try write("<ul class=\"keys\">\n")
      var count = 0
      func show(_ name: ObjectName, _ size: Int, to writer: inout ResultWriter) throws {
        var html: HTML = ""
        if count == atOnce {
          html = """
            </ul>
            <details class="more" data-shown="\(shown)"><summary>\(Quantity.count(shown - count)) more</summary>
            <pre>
            """
        }
        try writer.write(html.markup.utf8)
        html =
          count < atOnce
          ? "<li><span>\(name.description)</span> <data value=\"\(size)\">\(Quantity.bytes(size))</data></li>\n"
          : "\(name.description)\t\(size)\n"
        try writer.write(html.markup.utf8)
        count += 1
      }
      try transitions.forEachObject(of: group) { try show($0, $1, to: &writer) }
      try write(count > atOnce ? "</pre></details>\n" : "</ul>\n")
    }
    guard shown < group.count else { return }
    try write(
      """
      <p class="rest">\(Quantity.count(group.count - shown)) more are not in this page. \
      For all of them: <code>fixacl show \(planArgument) --format html --keys all</code></p>

      """)
  }
}
