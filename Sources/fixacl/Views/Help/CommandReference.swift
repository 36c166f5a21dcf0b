internal import ArgumentParser
internal import FoundationEssentials

/// A command as the parser of arguments knows it: what help, man pages and suggestions are made of.
struct CommandReference: Decodable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let arguments: [Argument]?
  let subcommands: [CommandReference]?

  /// An argument, an option or a flag.
  struct Argument: Decodable {
    enum Kind: String, Decodable {
      case positional, option, flag
    }

    struct Name: Decodable {
      let kind: String
      let name: String

      /// As users type it.
      var text: String { (kind == "long" ? "--" : "-") + name }
    }

    let kind: Kind
    let shouldDisplay: Bool
    let isOptional: Bool
    let names: [Name]?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let abstract: String?
    let discussion: String?
    /// The title of the group that it is in; nil for the command's own.
    let sectionTitle: String?
  }

  private struct Document: Decodable {
    let command: CommandReference
  }

  /// - Parameter command: the root of commands, whose subcommands are described with it.
  init(_ command: (some ParsableCommand).Type) {
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(command._dumpHelp().utf8)) else {
      fatalError("the parser of arguments describes \(command) in another way than this version expects")
    }
    self = document.command
  }

  /// The command's subcommands that users are to see, without `help`.
  var visibleSubcommands: [CommandReference] {
    (subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay ?? true }
  }

  let shouldDisplay: Bool?
}

extension CommandReference {
  /// Options under one title.
  struct Section {
    let title: String
    let arguments: [Argument]
  }

  var positionals: [Argument] { displayed.filter { $0.kind == .positional } }

  /// The command's own options first, then the groups that it shares with others.
  var sections: [Section] {
    let options = displayed.filter { $0.kind != .positional }
    var titles: [String] = []
    for title in options.compactMap(\.sectionTitle) where !titles.contains(title) { titles.append(title) }
    let own = Section(title: "Options", arguments: options.filter { $0.sectionTitle == nil })
    return [own] + titles.map { title in Section(title: title, arguments: options.filter { $0.sectionTitle == title }) }
  }

  /// What can be typed after the program's name.
  var synopsis: [String] {
    guard visibleSubcommands.isEmpty else { return ["<command>", "[options]"] }
    return ["[options]"] + positionals.map { $0.isOptional ? "[\($0.label)]" : $0.label }
  }

  private var displayed: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }
}

extension CommandReference.Argument {
  /// As it is listed: `-o, --output <file>`, `<plan>`.
  var label: String {
    let value = "<\(valueName ?? "value")>"
    switch kind {
    case .positional: return value
    case .flag: return spellings
    case .option: return "\(spellings) \(value)"
    }
  }

  /// All names: `-o, --output`.
  var spellings: String { (names ?? []).map(\.text).joined(separator: ", ") }

  /// What it does, which values it takes where its label does not say, and its default.
  var description: String {
    var remarks: [String] = []
    let values = allValues ?? []
    if !values.isEmpty, values != [valueName ?? ""], valueName?.contains("|") != true {
      remarks.append("values: \(values.joined(separator: ", "))")
    }
    if let defaultValue { remarks.append("default: \(Self.readable(defaultValue))") }
    return [abstract, discussion, remarks.isEmpty ? nil : "(\(remarks.joined(separator: "; ")))"]
      .compactMap { $0 }.joined(separator: " ")
  }

  /// Bytes also in a unit that people know.
  private static func readable(_ value: String) -> String {
    guard let number = Int(value), number >= 1 << 30, number % (1 << 30) == 0 else { return value }
    return "\(value), \(number >> 30) GiB"
  }
}
