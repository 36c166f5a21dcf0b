internal import FixACLKit
internal import AWSKit

extension SelectionNotice {
  /// The notice for stderr.
  var message: Message {
    switch self {
    case .ownAllowed(let readers):
      let names = readers.map(\.name)
      return Message(
        .note, "own-objects-allowed",
        "the bucket policy already allows \(names.joined(separator: ", ")) to read the bucket owner's objects."
          + " --include-own also puts READ into their ACLs.")
    case .ownNeedsNothing:
      return Message(
        .note, "own-objects-allowed",
        "--include-own changes nothing: the bucket policy decides whether CloudFront (OAC) may read the bucket owner's"
          + " objects, not their ACLs.")
    case .readingTerminal:
      return Message(.note, "reading-keys", "type the keys, one a line, and end with Ctrl-D.")
    case .readingKeys(let name):
      return Message(.note, "reading-keys", "reading the keys from \(name.escapedForTerminal) …")
    case .emptyKeyList(let name):
      return Message(.warning, "key-list-empty", "\(name.escapedForTerminal) has no keys, so nothing is looked at.")
    case .unusableKeys(let count, let examples, let source):
      return Message(
        .warning, "key-list-unusable",
        "\(Quantity.count(count, "line")) of \(source.name.escapedForTerminal) cannot be \(count == 1 ? "a key" : "keys"):"
          + " longer than 1,024 bytes, or not UTF-8. \(Self.list(examples, of: count))",
        advice: source.isNullSeparated
          ? "With --keys-from-null, a NUL character ends each key." : "Each key stands on a line of its own.")
    case .missingKeys(let count, let total, let examples, let bucket):
      return Message(
        .note, "keys-missing",
        "\(Quantity.count(count)) of \(Quantity.count(total, "key")) "
          + (count == 1 ? "names no object. " : "name no object. ") + Self.list(examples, of: count),
        advice: Self.advice(for: examples, bucket: bucket), bucket: bucket)
    }
  }

  /// Some keys of so many.
  private static func list(_ keys: [ObjectKey], of count: Int) -> String {
    guard !keys.isEmpty else { return "" }
    return (keys.count < count ? "Some of them: " : count == 1 ? "It is " : "They are ")
      + keys.map { "'\(shortened($0))'" }.joined(separator: ", ") + "."
  }

  /// A key can have 1,024 bytes.
  private static func shortened(_ key: ObjectKey) -> String {
    let text = key.description
    return text.count > 80 ? text.prefix(79) + "…" : text
  }

  /// What often goes wrong with a list.
  private static func advice(for examples: [ObjectKey], bucket: String) -> String? {
    guard let key = examples.first?.bytes else { return nil }
    if key.last == UInt8(ascii: "\r") { return "The list has Windows line ends. Remove them with tr -d '\\r'." }
    if key.starts(with: "s3://".utf8) { return "Write keys as they are, without s3://\(bucket.escapedForTerminal)/." }
    if key.first == UInt8(ascii: "\"") { return "Write keys as they are, without quotation marks." }
    if key.contains(UInt8(ascii: "%")) { return "Write keys as they are, not percent-encoded." }
    if key.first == UInt8(ascii: "/") { return "Keys seldom begin with a slash: leave it out." }
    return nil
  }
}

extension Intent {
  /// What is selected, each in a few words: `prefix img/`.
  var selectionTexts: [String] {
    var texts = filter.prefix.map { ["prefix \($0)"] } ?? []
    texts += filter.include.map { "include \($0.pattern)" }
    texts += filter.exclude.map { "exclude \($0.pattern)" }
    texts += selection.owners.map { "owner \($0)" }
    if let time = selection.modifiedSince { texts.append("modified since \(time.extended)") }
    if let keys = selection.keys {
      texts.append("\(Quantity.count(keys.count, "key")) of a list (SHA-256 \(keys.sha256.escapedForTerminal))")
    }
    return texts
  }

  /// The warning that nothing was found by other options than those about the form of keys; nil without such options.
  var nothingSelected: Message? {
    let options = [
      (!selection.owners.isEmpty, "--owner"), (selection.modifiedSince != nil, "--modified-since"),
      (selection.keys != nil, "--keys-from"), (filter.prefix != nil, "--prefix"),
      (!filter.include.isEmpty, "--include"), (!filter.exclude.isEmpty, "--exclude"),
    ].filter(\.0).map(\.1)
    guard selection.isPartial else { return nil }
    return Message(
      .warning, "nothing-listed",
      "no object matches " + (options.count > 1 ? "all of " : "") + options.joined(separator: ", ") + ".")
  }
}
