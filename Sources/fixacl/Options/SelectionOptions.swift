internal import ArgumentParser
internal import FixACLKit

/// Which objects a scan covers.
struct SelectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only keys that begin with this.", valueName: "prefix"))
  var prefix: String?

  @Option(
    help: ArgumentHelp(
      "Only keys that match; repeatable. * is any characters, slashes too; ? is one, [a-z] one of a set.",
      valueName: "glob"))
  var include: [String] = []

  @Option(help: ArgumentHelp("Skip keys that match; repeatable. It wins over --include.", valueName: "glob"))
  var exclude: [String] = []

  @Flag(help: "Include objects of the bucket owner: their ACLs get the readers' grants.")
  var includeOwn = false

  @Option(
    help: ArgumentHelp("Only objects that this account owns; repeatable.", valueName: "canonical-id"),
    transform: { try OwnerArgument($0) })
  var owner: [OwnerArgument] = []

  @Option(
    help: ArgumentHelp(
      "Only objects modified then or later: a date, a time or an age, such as 2026-11-01, 2026-11-01T12:00:00Z or 7d."
        + " Times without a zone are UTC.",
      valueName: "time"), transform: { try ModifiedSinceArgument($0) })
  var modifiedSince: ModifiedSinceArgument?

  @Option(
    help: ArgumentHelp("Only the keys in this file, one a line; - is stdin.", valueName: "file"), completion: .file())
  var keysFrom: String?

  @Flag(help: "The keys of --keys-from end with a NUL character, as 'find -print0' writes them, not with a line.")
  var keysFromNull = false

  func validate() throws {
    guard include.allSatisfy({ !$0.isEmpty }), exclude.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("--include and --exclude need a pattern.")
    }
    guard keysFrom != "" else { throw ValidationError("--keys-from needs a file; - is stdin.") }
    guard !keysFromNull || keysFrom != nil else { throw ValidationError("--keys-from-null goes with --keys-from.") }
  }

  /// What is selected besides the form of keys.
  var request: SelectionRequest {
    var request = SelectionRequest()
    request.includesOwn = includeOwn
    request.owners = owner.map(\.id)
    request.modifiedSince = modifiedSince?.beginning
    request.keys = keysFrom.map { SelectionRequest.KeySource(path: $0, isNullSeparated: keysFromNull) }
    return request
  }
}
