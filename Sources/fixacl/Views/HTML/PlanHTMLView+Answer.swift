internal import FixACLKit
internal import AWSKit

/// What a reader of the ticket asks first: what is broken, who gets access, what will happen, what cannot be undone, what
/// stays as it is, and which commands to run.
extension PlanHTMLView {
  private var header: PlanHeader { plan.header }
  private var summary: PlanSummary { header.summary }

  var answerSection: HTML {
    let answers: [(question: HTML, style: HTML, lines: [HTML])] = [
      ("What is broken", "", broken), ("Who gets access", "", admitted), ("What will happen", "", actions),
      irreversible.isEmpty
        ? ("What can be undone", "", [reversible]) : ("What cannot be undone", "warned", irreversible),
      ("What stays broken", "blocked", blocked),
    ]
    let items = answers.filter { !$0.lines.isEmpty }.map { answer -> HTML in
      let lines = answer.lines.map { line -> HTML in "<p>\(line)</p>" }
      return "<div class=\"\(answer.style)\"><dt>\(answer.question)</dt><dd>\(lines)</dd></div>\n"
    }
    return "<section aria-label=\"The answer\">\n<dl class=\"answers\">\n\(items)</dl></section>\n"
  }

  private var broken: [HTML] {
    guard summary.changes > 0 else {
      return ["Nothing. fixacl listed \(Quantity.count(summary.listed, "object"))."]
    }
    var lines: [HTML] = [
      "Not every reader can read <b>\(Quantity.count(summary.changes))</b> of \(Quantity.count(summary.listed, "object"))."
    ]
    if summary.foreign > 0 {
      lines.append(
        """
        \(Quantity.count(summary.foreign, "object belongs", plural: "objects belong")) to other accounts than the \
        bucket, so the bucket policy's Allows do not apply to \(summary.foreign == 1 ? "it" : "them").
        """)
    }
    return lines
  }

  private var admitted: [HTML] {
    let readers = header.desired.readers.map { reader -> HTML in
      switch reader.principal {
      case .canonicalUser(let id, let permission):
        "\(account(id)) gets <b>\(permission.rawValue)</b> <small>\(reader.origin)</small>"
      case .service(let name, _):
        "<b>\(name)</b> gets copies, because no ACL can name a service <small>\(reader.origin)</small>"
      }
    }
    let named = Set(header.desired.readers.compactMap(\.canonicalID))
    let others = header.desired.grants.filter { $0.grantee.canonicalID.map { !named.contains($0) } ?? true }
    return readers + others.map { "\(grantee($0.grantee)) gets <b>\($0.permission.rawValue)</b>" }
  }

  private var actions: [HTML] {
    var lines: [HTML] = []
    if let count = summary.actions[.grant], count > 0 {
      lines.append(
        """
        <b>\(Quantity.count(count, "grant"))</b> \(size(of: .grant)): \
        \(count == 1 ? "the object's owner rewrites its ACL" : "the objects' owners rewrite their ACLs"). \
        The content stays as it is.
        """)
    }
    if summary.copies > 0 {
      lines.append(
        """
        <b>\(Quantity.count(summary.copies, "copy", plural: "copies"))</b> \(size(of: .copy)): the bucket owner copies \
        \(summary.copies == 1 ? "the object over itself" : "objects over themselves"), and so becomes \
        \(summary.copies == 1 ? "its" : "their") owner.
        """)
    }
    let exposed = transitions.groups.filter { group in group.diff.removed.contains { $0.grantee.isPublic } }
      .reduce(0) { $0 + $1.count }
    if exposed > 0 {
      lines.append("\(Quantity.count(exposed, "object loses", plural: "objects lose")) a public grant.")
    }
    if cost.apply.requests > 0 { lines += CostView.lines(cost).map { "<small>\($0)</small>" } }
    return lines.isEmpty ? ["Nothing."] : lines
  }

  private func size(of action: ChangeAction) -> HTML {
    let bytes = transitions.groups.filter { $0.transition.action == action }.reduce(0) { $0 + $1.bytes }
    return "<small>\(Quantity.bytes(bytes))</small>"
  }

  private var hasWork: Bool { summary.changes > summary.actions[.blocked] ?? 0 }

  private var irreversible: [HTML] {
    guard hasWork else { return [] }
    let block = header.bucket.effectivePublicAccessBlock
    var lines: [HTML] = []
    let copies = PlanView.irreversibleCopies(in: header)
    if copies > 0 {
      let number = Quantity.count(copies, "copy", plural: "copies")
      lines.append(
        header.bucket.versioning == .unversioned
          ? "<b>\(number)</b> \(size(of: .copy)): the bucket has no versions, so a copy replaces the object for good."
          : """
          Up to <b>\(number)</b> \(size(of: .copy)): a copy may replace an object for good. \
          See <a href="#notes">To know</a>.
          """)
    }
    if block.ignorePublicAcls {
      lines.append("Public grants that S3 hides now: a rewritten ACL loses them.")
    } else if block.blockPublicAcls,
      transitions.groups.contains(where: { group in group.diff.removed.contains { $0.grantee.isPublic } })
    {
      lines.append("Public grants that are removed: S3 refuses them while BlockPublicAcls is on.")
    }
    lines += PlanView.droppedGrantees(in: header).map { "\($0)" }
    return lines
  }

  private var reversible: HTML {
    guard hasWork else { return "Nothing is changed." }
    return summary.copies > 0
      ? "Everything, as long as the plan's journal and the old versions of the objects are kept."
      : "Everything, as long as the plan's journal is kept."
  }

  private var blocked: [HTML] {
    ChangeReason.allCases.compactMap { reason in
      guard let count = summary.blockedReasons[reason], count > 0 else { return nil }
      let bytes = transitions.groups.filter { $0.transition.action == .blocked && $0.transition.reason == reason }
        .reduce(0) { $0 + $1.bytes }
      return """
        <b>\(Quantity.count(count, "object"))</b> <small>\(Quantity.bytes(bytes))</small> \
        <code>\(reason.rawValue)</code>: \(reason.explanation).
        """
    }
  }

  // MARK: Commands

  /// The plan as a word for a shell.
  var planArgument: String { plan.isFromStandardInput ? "PLAN" : SameCommand.quoted(plan.path) }

  var commandSection: HTML {
    guard hasWork else { return "" }
    let rest = planArgument + (header.bucket.endpoint.map { " --endpoint-url \(SameCommand.quoted($0))" } ?? "")
    let commands = [
      ("Try ten changes first", "fixacl apply \(rest) --limit 10"), ("Make all changes", "fixacl apply \(rest)"),
      ("Check every object", "fixacl verify \(rest)"),
      ("Have CloudFront forget old errors", "fixacl apply \(rest) --invalidate auto"),
      ("Undo", "fixacl rollback \(rest)"),
    ]
    let items = commands.map { title, command -> HTML in
      "<li><span>\(title)</span> <div class=\"command\">\(code(command))</div></li>\n"
    }
    return section("run", "What to run", "<ol class=\"commands\">\n\(items)</ol>\n")
  }

  /// A command, and a button that copies it. Lines are not broken within options.
  func code(_ command: String) -> HTML {
    let words = command.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let pieces = words.enumerated().map { index, word -> HTML in
      let blank: HTML = index == 0 ? "" : " "
      return word.hasPrefix("--") ? "\(blank)<span>\(word)</span>" : "\(blank)\(word)"
    }
    return "<code>\(pieces)</code>\(copyButton("Copy the command"))"
  }

  /// The whole ID of an account, and a button that copies it.
  func code(_ id: CanonicalID) -> HTML {
    "<code>\(id.value)</code>\(copyButton("Copy the ID"))"
  }

  private func copyButton(_ label: String) -> HTML {
    "<button type=\"button\" class=\"copier\" aria-label=\"\(label)\"></button>"
  }

  // MARK: Accounts

  /// A grantee by its name, with all of its ID within reach.
  func grantee(_ grantee: Grantee, objectOwner: CanonicalID? = nil) -> HTML {
    guard case .canonicalUser(let id) = grantee else {
      return "<span class=\"group\" title=\"\(grantee.identifier)\">\(PlanView.name(grantee, of: header))</span>"
    }
    return account(id, objectOwner: objectOwner)
  }

  /// An account by its name: its whole ID is its title, which shows on hover and on paper, and can be copied.
  ///
  /// - Parameter isPlain: whether to leave out what an account is if all that is known is that it owns objects.
  func account(_ id: CanonicalID, objectOwner: CanonicalID? = nil, isPlain: Bool = false) -> HTML {
    let role = PlanView.role(of: id, in: header, objectOwner: objectOwner).flatMap {
      isPlain && $0 == "account" ? nil : $0
    }
    let name: HTML = role.map { "<b>\($0)</b> " } ?? ""
    return """
      <span class="id" title="\(id.value)">\(name)<code>\(PlanView.shortened(id))</code></span>\(copyButton("Copy the ID"))
      """
  }
}
