internal import ArgumentParser

/// What the program says of itself: help, man pages, completions.
enum Documentation {
  /// What stands in place of a text by the parser of arguments that is no error.
  ///
  /// - Parameter typed: what followed the program's name.
  static func text(for parsers: String, typed: [String]) -> String {
    // Only the parser knows whether a word is '--help' or an option's value; which command was named, all can see.
    if parsers.hasPrefix("OVERVIEW: ") {
      return help(of: typed.first == "help" ? typed.dropFirst() : typed[...]).trimmedLines
    }
    if typed.first?.hasPrefix("--generate-completion-script") == true { return completions(parsers) }
    return parsers
  }

  /// The commands that users see.
  static var commands: [String] { CommandReference(FixACL.self).visibleSubcommands.map(\.commandName) }

  /// A completion script by the parser of arguments, which also offers what 'fixacl help' takes.
  private static func completions(_ script: String) -> String {
    let names = commands.joined(separator: " ")
    if script.hasPrefix("#!/bin/bash") {
      // Where fixacl has nothing to offer, such as behind '>', bash completes file names as it does without a script.
      return script.replacing("complete -o filenames -F", with: "complete -o bashdefault -o default -o filenames -F")
        .replacing(
          "\n_fixacl_help() {\n",
          with: "\n_fixacl_help() {\n    COMPREPLY+=($(compgen -W '\(names)' -- \"${cur}\"))\n")
    }
    if script.hasPrefix("#compdef") { return script.replacing("'*:subcommands:'", with: "':command:(\(names))'") }
    let isInHelp = "__fixacl_should_offer_completions_for_positional \"fixacl help\" -eq 1"
    return script + "\ncomplete -c 'fixacl' -n '\(isInHelp)' -fa '\(names)'"
  }

  /// The man page of a command; nil if there is no such command.
  ///
  /// - Parameters:
  ///   - name: a command's; nil for the program itself.
  ///   - date: of the release.
  static func manPage(of name: String?, date: String) -> String? {
    let root = CommandReference(FixACL.self)
    guard let command = name == nil ? root : root.visibleSubcommands.first(where: { $0.commandName == name }) else {
      return nil
    }
    return ManPage(command, of: root, manual: manual(of: name), version: FixACL.version, date: date).text
  }

  /// The help of a command, or of a command's subcommand, or of the program where none of that name exists.
  private static func help(of words: ArraySlice<String>) -> String {
    var command = CommandReference(FixACL.self)
    var type: any ParsableCommand.Type = FixACL.self
    var name = "fixacl"
    for word in words {
      guard let next = command.subcommands?.first(where: { $0.commandName == word && word != "help" }),
        let nextType = type.configuration.subcommands.first(where: { $0._commandName == word })
      else { break }
      (command, type, name) = (next, nextType, name + " " + word)
    }
    return HelpPage(
      command, name: name, manual: (type as? any Documented.Type)?.manual ?? Manual(), layout: .document()
    ).text
  }

  private static func manual(of name: String?) -> Manual {
    guard let name else { return FixACL.manual }
    let command = FixACL.configuration.subcommands.first { $0._commandName == name }
    return (command as? any Documented.Type)?.manual ?? Manual()
  }
}

extension String {
  /// Without line feeds at the end.
  fileprivate var trimmedLines: String { String(reversed().drop { $0 == "\n" }.reversed()) }
}
