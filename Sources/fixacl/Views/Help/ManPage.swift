/// The manual of a command, as source for man(1).
struct ManPage {
  private var lines: [String] = []

  /// - Parameters:
  ///   - command: the command, below `root` or `root` itself.
  ///   - date: of the release, such as 2026-11-26; empty if it is not known.
  init(_ command: CommandReference, of root: CommandReference, manual: Manual, version: String, date: String) {
    let isRoot = command.commandName == root.commandName
    let name = isRoot ? root.commandName : "\(root.commandName)-\(command.commandName)"
    let typed = isRoot ? root.commandName : "\(root.commandName) \(command.commandName)"
    lines = [
      ".TH \(Self.quoted(name.uppercased())) 1 \"\(date)\" \(Self.quoted("fixacl \(version)")) \"User Commands\"",
      // Left-justified, and without hyphens that would come along when options are copied.
      ".nh", ".ad l", ".SH NAME",
      "\(Self.escaped(name)) \\- \(Self.escaped(Self.withoutFullStop(command.abstract ?? "")))",
      ".SH SYNOPSIS", Self.bold(typed) + " " + Self.escaped(command.synopsis.joined(separator: " ")),
    ]
    describe(command)
    section("ARGUMENTS", command.positionals.map { (Self.escaped($0.label), $0.description) })
    section(
      "COMMANDS", command.visibleSubcommands.map { (Self.bold("\(typed) \($0.commandName)"), $0.abstract ?? "") })
    options(command, typed: typed, isRoot: isRoot)
    examples(manual.examples)
    section("ENVIRONMENT", manual.environment.map { (Self.bold($0.name), $0.text) })
    section("FILES", manual.files.map { (Self.bold($0.name), $0.text) })
    section("EXIT STATUS", manual.statuses.map { (Self.bold(String($0.status.rawValue)), $0.text) })
    let others = ([root] + root.visibleSubcommands).filter { $0.commandName != command.commandName }
    lines.append(".SH SEE ALSO")
    lines += others.enumerated().map { index, other in
      let name = other.commandName == root.commandName ? root.commandName : "\(root.commandName)-\(other.commandName)"
      return ".BR \(Self.escaped(name)) (1)" + (index + 1 < others.count ? "," : "")
    }
  }

  var text: String { lines.map { $0 + "\n" }.joined() }

  private mutating func describe(_ command: CommandReference) {
    lines.append(".SH DESCRIPTION")
    let paragraphs = (command.discussion ?? "").split(separator: "\n").map { String($0) }
    for (index, text) in (paragraphs.isEmpty ? [command.abstract ?? ""] : paragraphs).enumerated() {
      if index > 0 { lines.append(".PP") }
      lines.append(Self.line(text))
    }
  }

  private mutating func options(_ command: CommandReference, typed: String, isRoot: Bool) {
    lines.append(".SH OPTIONS")
    for (index, group) in command.sections.enumerated() {
      if index > 0 { lines.append(".SS \(Self.quoted(group.title))") }
      options(group)
    }
    guard !isRoot else { return }
    // A command of commands has one page with them: first what is each one's own.
    var shared: [CommandReference.Section] = []
    for subcommand in command.visibleSubcommands {
      lines.append(".SS \(Self.quoted("\(typed) \(subcommand.commandName)"))")
      for argument in subcommand.positionals { term(Self.escaped(argument.label), argument.description) }
      for (index, group) in subcommand.sections.enumerated() {
        if index == 0 {
          options(group)
        } else if !shared.contains(where: { $0.title == group.title }) {
          shared.append(group)
        }
      }
    }
    for group in shared {
      lines.append(".SS \(Self.quoted(group.title))")
      options(group)
    }
  }

  private mutating func options(_ group: CommandReference.Section) {
    for argument in group.arguments {
      let value = argument.kind == .option ? " \\fI\(Self.escaped(argument.valueName ?? "value"))\\fR" : ""
      term(Self.bold(argument.spellings) + value, argument.description)
    }
  }

  private mutating func section(_ title: String, _ rows: [(label: String, text: String)]) {
    guard !rows.isEmpty else { return }
    lines.append(".SH \(Self.quoted(title))")
    for row in rows { term(row.label, row.text) }
  }

  private mutating func term(_ label: String, _ text: String) {
    lines += [".TP", label, Self.line(text)]
  }

  private mutating func examples(_ examples: [Manual.Example]) {
    guard !examples.isEmpty else { return }
    lines.append(".SH EXAMPLES")
    for (index, example) in examples.enumerated() {
      if index > 0 { lines.append(".PP") }
      lines +=
        [Self.line(example.purpose + (example.purpose.hasSuffix("?") ? "" : ":")), ".PP", ".RS 4", ".nf"]
        + example.commands.map(Self.line) + [".fi", ".RE"]
    }
  }

  /// A line of text: one that begins with a dot or an apostrophe would be a request.
  private static func line(_ text: String) -> String {
    let escaped = escaped(text)
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }

  /// With a minus for each hyphen, which is what users type and search for.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      // In UTF-8 these would be typographical quotes and accents.
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      default: result.append(character)
      }
    }
    return result
  }

  private static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }

  private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  private static func withoutFullStop(_ text: String) -> String {
    text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
