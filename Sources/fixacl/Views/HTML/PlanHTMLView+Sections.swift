internal import FixACLKit
internal import AWSKit

/// What stands before the transitions: each section is a property, in the order of the page.
extension PlanHTMLView {
  /// With more owners than these, a chart is no help.
  private static let maximumOwners = 20

  private var summary: PlanSummary { plan.header.summary }

  /// With more transitions than these, the table of all is no help.
  private static let maximumRows = 200

  var pageHeader: HTML {
    """
    <header>
    <p class="eyebrow">fixacl plan</p>
    <h1>s3://\(plan.header.bucket.name)</h1>
    <p class="lead">\(PlanView.sentence(for: summary)). <small>Planned \(plan.header.createdAt)</small></p>
    </header>

    """
  }

  /// Where the plan comes from.
  var planSection: HTML {
    let header = plan.header
    let facts =
      PlanView.origin(of: header) + [
        PlanView.Fact(label: "made by", value: header.tool), PlanView.Fact(label: "plan digest", value: plan.digest),
      ]
    return section("plan", "Plan", list(of: facts))
  }

  var summarySection: HTML {
    let actions = ChangeAction.allCases.map { action in
      let isCopied = action == .copy && summary.bytesToCopy > 0
      return figure(
        PlanView.name(of: action) + (isCopied ? ": \(Quantity.bytes(summary.bytesToCopy)), by the server" : ""),
        Quantity.count(summary.actions[action] ?? 0), style: summary.actions[action] == nil ? "none" : action.rawValue)
    }
    return section(
      "summary", "Summary",
      """
      <ul class="figures">
      \(figure("listed", Quantity.count(summary.listed)))\(figure("foreign", Quantity.count(summary.foreign)))\
      \(actions)\(figure("requests, about", Quantity.count(summary.requests)))</ul>
      \(actionChart)
      """)
  }

  var wantedSection: HTML {
    section("wanted", "Wanted", list(of: PlanView.wanted(plan)))
  }

  var bucketSection: HTML {
    section("bucket", "Bucket", list(of: PlanView.facts(about: plan.header.bucket)))
  }

  /// Notes on the whole plan; empty if there are none.
  var notesSection: HTML {
    let notes = PlanView.notes(on: plan.header)
    guard !notes.isEmpty else { return "" }
    let items = notes.map { note -> HTML in "<p>\(note.asSentence)</p>\n" }
    return section("notes", "To know", "<div class=\"prose\">\n\(items)</div>\n")
  }

  /// The one setting that would do instead.
  var alternativeSection: HTML {
    guard let alternative = plan.header.alternative else { return "" }
    let items = AlternativeView.paragraphs(for: alternative, of: plan.header).map { paragraph -> HTML in
      let commands = paragraph.commands.map { command -> HTML in "<div class=\"command\">\(code(command))</div>\n" }
      return "<p>\(paragraph.text.asSentence)</p>\n\(commands)"
    }
    let consequences = AlternativeView.consequences(for: plan.header).map { consequence -> HTML in
      "<p>\(consequence)</p>\n"
    }
    return section("alternative", "One call instead", "<div class=\"prose\">\n\(items)\(consequences)</div>\n")
  }

  /// The accounts that are named, each with all of its ID.
  var accountSection: HTML {
    let bucket = plan.header.bucket
    let readers = plan.header.desired.readers.compactMap(\.canonicalID)
    let grantees = plan.header.desired.grants.compactMap(\.grantee.canonicalID)
    var seen: Set<CanonicalID> = []
    let named = ([bucket.owner] + readers + grantees).filter { seen.insert($0).inserted && summary.owners[$0] == nil }
    let rows = named.map { id -> HTML in
      """
      <tr><th scope="row">\(wholeAccount(id))</th><td></td></tr>

      """
    }
    return section(
      "accounts", "Accounts",
      """
      <div class="charts">
      \(ownerChart)\(chart("Others", head: "Account", rows: rows))</div>

      """)
  }

  private func wholeAccount(_ id: CanonicalID) -> HTML {
    let role: HTML = PlanView.role(of: id, in: plan.header).map { "<b>\($0)</b> " } ?? ""
    return "\(role)\(code(id))"
  }

  /// All transitions, each with what it changes.
  var changesSection: HTML {
    let groups = transitions.groups
    guard !groups.isEmpty else { return "" }
    let rows = groups.prefix(Self.maximumRows).enumerated().map { index, group -> HTML in
      """
      <tr><td>\(badge(group.transition.action))</td><td class="number"><a href="#change-\(index + 1)">\
      \(Quantity.count(group.count))<span class="unseen"> objects</span></a></td><td class="number">\(Quantity.bytes(group.bytes))</td>\
      <td>\(inShort(group))</td><td>\(account(group.transition.owner, isPlain: true))</td></tr>

      """
    }
    let rest: HTML =
      groups.count > Self.maximumRows
      ? """
      <p class="rest">\(Quantity.count(groups.count - Self.maximumRows)) more kinds of changes are further down, with \
      fewer objects each.</p>

      """ : ""
    return section(
      "changes", "Changes",
      """
      <table class="overview"><caption class="unseen">All changes, the most frequent first</caption>
      <thead><tr><th scope="col">Action</th><th scope="col" class="number">Objects</th><th scope="col" class="number">Size</th>\
      <th scope="col">ACL</th><th scope="col">Object owner</th></tr></thead>
      <tbody>
      \(rows)</tbody></table>
      \(rest)
      """)
  }

  /// What a transition adds and removes, or why it is blocked.
  private func inShort(_ group: TransitionGroup) -> HTML {
    let transition = group.transition
    let lines = PlanView.diff(of: group, plan: plan).filter { $0.kind != .kept }.map { line -> HTML in
      let (style, sign): (HTML, HTML) = line.kind == .added ? ("added", "+") : ("removed", "−")
      return """
        <div class="\(style)"><span class="sign">\(sign)</span> <code>\(line.what)</code> \
        \(grantee(line.grantee, objectOwner: line.what == "owner" ? nil : transition.owner))</div>
        """
    }
    return transition.reason == .readerMissing ? "\(lines)" : "<div>\(transition.reason.rawValue)</div>\(lines)"
  }

  /// The section of all keys as far as the first transition. The caller closes it.
  var keysBeginning: HTML {
    """
    <section aria-labelledby="keys"><h2 id="keys">Keys and ACLs</h2>
    <form id="search" role="search" hidden><label for="query">Search keys</label>
    <input id="query" type="search" autocomplete="off" spellcheck="false" placeholder="a part of a key">
    <output id="matches" for="query"></output></form>

    """
  }

  var pageFooter: HTML {
    """
    <footer><p>Made by <code>fixacl show --format html</code> from the plan <code>\(plan.digest)</code>. \
    It needs no network, and changes nothing.</p></footer>

    """
  }

  // MARK: Charts

  private var actionChart: HTML {
    let ownChanges = summary.owners[plan.header.bucket.owner]?.changes ?? 0
    let remaining = max(0, summary.foreign - summary.changes + ownChanges)
    let own = max(0, summary.listed - summary.foreign - ownChanges)
    var parts = ChangeAction.allCases.map { action in
      (name: PlanView.name(of: action), count: summary.actions[action] ?? 0, style: action.rawValue)
    }
    parts.append((name: "foreign, nothing to change", count: remaining, style: "remaining"))
    parts.append(
      (
        name: ownChanges > 0 ? "of the bucket owner, nothing to change" : "of the bucket owner", count: own,
        style: "own"
      ))
    parts = parts.filter { $0.count > 0 }
    guard !parts.isEmpty else { return "" }
    let label = parts.map { "\(Quantity.count($0.count)) \($0.name)" }.joined(separator: ", ")
    let items = parts.map { part -> HTML in
      "<li><span class=\"swatch \(part.style)\"></span><b>\(Quantity.count(part.count))</b> \(part.name)</li>\n"
    }
    return """
      <figure><figcaption>Objects by action</figcaption>
      \(HTMLCharts.bar(
        parts.map { HTMLCharts.Part(count: $0.count, style: $0.style) },
        of: parts.map(\.count).reduce(0, +), label: "Objects by action: \(label)"))
      <ul class="legend">
      \(items)</ul></figure>

      """
  }

  private var ownerChart: HTML {
    let owners = summary.owners.sorted {
      ($1.value.changes, $1.value.objects, $0.key) < ($0.value.changes, $0.value.objects, $1.key)
    }
    guard !owners.isEmpty else { return "" }
    let most = owners.map(\.value.objects).max() ?? 0
    var rows = owners.prefix(Self.maximumOwners).map { id, owner -> HTML in
      let text =
        "\(Quantity.count(owner.objects, "object")), \(Quantity.bytes(owner.bytes)), "
        + "\(Quantity.count(owner.changes)) to change"
      return """
        <tr><th scope="row">\(wholeAccount(id))</th><td>\(HTMLCharts.bar(
          [
            HTMLCharts.Part(count: owner.changes, style: "changing"),
            HTMLCharts.Part(count: owner.objects - owner.changes, style: "remaining"),
          ], of: most, label: text))<span>\(text)</span></td></tr>

        """
    }
    if owners.count > Self.maximumOwners {
      let rest = owners.dropFirst(Self.maximumOwners)
      let objects = Quantity.count(rest.map(\.value.objects).reduce(0, +), "object")
      let changes = Quantity.count(rest.map(\.value.changes).reduce(0, +))
      rows.append(
        """
        <tr><th scope="row">\(Quantity.count(rest.count, "more owner"))</th><td>\
        <span>\(objects), \(changes) to change</span></td></tr>

        """)
    }
    return chart(
      summary.owners[plan.header.bucket.owner] == nil ? "Foreign objects by owner" : "Objects by owner", head: "Owner",
      rows: rows)
  }

  private func chart(_ caption: String, head: String, rows: [HTML]) -> HTML {
    guard !rows.isEmpty else { return "" }
    return """
      <table class="chart"><caption>\(caption)</caption>
      <thead class="unseen"><tr><th scope="col">\(head)</th><th scope="col">Objects</th></tr></thead>
      <tbody>
      \(rows)</tbody></table>

      """
  }

  // MARK: Parts of sections

  /// A section with its heading; `id` is for links to it.
  func section(_ id: StaticString, _ title: String, _ content: HTML) -> HTML {
    "<section aria-labelledby=\"\(id.description)\"><h2 id=\"\(id.description)\">\(title)</h2>\n\(content)</section>\n"
  }

  private func list(of facts: [PlanView.Fact]) -> HTML {
    let items = facts.map { fact -> HTML in
      "<div><dt>\(fact.label)</dt><dd><code>\(fact.value)</code></dd></div>\n"
    }
    return "<dl class=\"facts\">\n\(items)</dl>\n"
  }

  private func figure(_ label: String, _ number: String, style: String = "") -> HTML {
    "<li class=\"\(style)\"><b>\(number)</b> \(label)</li>\n"
  }

  func badge(_ action: ChangeAction) -> HTML {
    """
    <span class="badge \(action.rawValue)"><span class="sign" aria-hidden="true">\(PlanView.symbol(for: action))</span> \
    \(action.rawValue)</span>
    """
  }
}
