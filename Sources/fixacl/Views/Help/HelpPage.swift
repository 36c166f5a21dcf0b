/// The help of a command, as text for a terminal.
struct HelpPage {
  private static let labelColumns = 26
  private static let usualColumns = 80

  private let layout: TextLayout
  private var lines: [String] = []

  /// - Parameters:
  ///   - name: what to type for the command, such as `fixacl plan`.
  ///   - manual: what else there is to say of it.
  init(_ command: CommandReference, name: String, manual: Manual, layout: TextLayout) {
    self.layout = TextLayout(columns: layout.columns ?? Self.usualColumns)
    paragraph(command.abstract ?? "", prefix: "OVERVIEW: ")
    lines.append("")
    for text in (command.discussion ?? "").split(separator: "\n") {
      paragraph(String(text))
      lines.append("")
    }
    paragraph(([name] + command.synopsis).joined(separator: " "), prefix: "USAGE: ", hanging: 7)
    section("Arguments", command.positionals.map { ($0.label, $0.description) })
    section("Commands", command.visibleSubcommands.map { ($0.commandName, $0.abstract ?? "") })
    for group in command.sections { section(group.title, group.arguments.map { ($0.label, $0.description) }) }
    examples(manual.examples)
    section("Environment", manual.environment.map { ($0.name, $0.text) })
    section("Files", manual.files.map { ($0.name, $0.text) })
    section("Exit status", manual.statuses.map { (String($0.status.rawValue), $0.text) }, columns: 7)
    guard !command.visibleSubcommands.isEmpty else { return }
    lines.append("")
    paragraph(
      name == "fixacl"
        ? "See 'fixacl help <command>' for the options of a command."
        : "See '\(name) <command> --help' for the options of a command.", prefix: "  ", hanging: 2)
  }

  var text: String { lines.map { $0 + "\n" }.joined() }

  private mutating func paragraph(_ text: String, prefix: String = "", hanging: Int = 0) {
    lines += layout.lines(of: text, prefix: prefix, hanging: hanging)
  }

  private mutating func section(_ title: String, _ rows: [(String, String)], columns: Int = Self.labelColumns) {
    guard !rows.isEmpty else { return }
    lines += ["", title.uppercased() + ":"]
    for (label, text) in rows {
      let label = "  " + label
      if label.count < columns {
        paragraph(text, prefix: label.padded(to: columns), hanging: columns)
      } else {
        paragraph(label, hanging: 2)
        paragraph(text, prefix: String(repeating: " ", count: columns), hanging: columns)
      }
    }
  }

  /// Commands are not broken: they are pasted.
  private mutating func examples(_ examples: [Manual.Example]) {
    guard !examples.isEmpty else { return }
    lines += ["", "EXAMPLES:"]
    for example in examples {
      paragraph(example.purpose, prefix: "  # ", hanging: 4)
      lines += example.commands.map { "  " + $0 }
    }
  }
}
