internal import ArgumentParser

/// What was probably meant by a command that does not exist.
enum CommandSuggestion {
  /// The message about a command line whose command does not exist; nil if it does, or if none is named.
  ///
  /// - Parameter arguments: what follows the program's name.
  static func mistake(in arguments: [String]) -> String? {
    // An option in front of the command is the parser's to judge.
    guard let typed = (arguments.first == "help" ? arguments.dropFirst() : arguments[...]).first, !typed.hasPrefix("-")
    else { return nil }
    let names = FixACL.configuration.subcommands.map { $0._commandName } + ["help"]
    guard !names.contains(typed) else { return nil }
    let shown = FixACL.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
    let suggestion = nearest(to: typed, of: shown + ["help"]).map { " Did you mean '\($0)'?" } ?? ""
    return """
      Unknown command '\(typed)'.\(suggestion)
      Usage: fixacl <command> [options]
        See 'fixacl --help' for more information.
      """
  }

  /// The name that begins with what was typed, or else the one with the fewest differences: two at most.
  static func nearest(to typed: String, of names: [String]) -> String? {
    let typed = typed.lowercased()
    if typed.count > 1, let whole = names.first(where: { $0.hasPrefix(typed) }) { return whole }
    let candidates = names.map { (name: $0, distance: distance(typed, $0)) }
    // Half of a short word is no likeness.
    return candidates.filter { $0.distance <= 2 && $0.distance * 2 < $0.name.count }.min { $0.distance < $1.distance }?
      .name
  }

  /// How many letters have to be put in, taken out, replaced or exchanged with their neighbour.
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.prefix(64)), Array(right))
    var rows = [Array(0...right.count)]
    for (i, letter) in left.enumerated() {
      var row = [i + 1]
      for (j, other) in right.enumerated() {
        var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (letter == other ? 0 : 1))
        if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
