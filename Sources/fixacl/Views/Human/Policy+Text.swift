internal import AWSKit
internal import FixACLKit

extension PolicyDocument.Denial {
  /// What to tell people of it, as a whole sentence.
  func text(reader: String) -> String {
    let place = resources.isEmpty ? "" : " on \(resources.joined(separator: ", ").escapedForTerminal)"
    return "statement \(statement.escapedForTerminal) of the bucket policy "
      + (isCertain ? "keeps \(reader) out" : "may keep \(reader) out, under its conditions") + place
      + ": a Deny holds whatever the ACLs say, also after the repair. Change the policy"
  }
}

extension PolicyDocument.RepairDenial {
  /// What to tell people of it: a sentence without its full stop.
  var text: String {
    let place = resources.isEmpty ? "" : " on \(resources.joined(separator: ", ").escapedForTerminal)"
    let keys = conditions.joined(separator: ", ").escapedForTerminal
    var text =
      "statement \(statement.escapedForTerminal) of the bucket policy \(isCertain ? "denies" : "may deny")"
      + " \(actors.joined(separator: " and ").escapedForTerminal) \(actions.joined(separator: ", "))\(place)"
    if !conditions.isEmpty { text += isCertain ? " (\(keys))" : ", under its conditions (\(keys))" }
    text += ", which the repair needs"
    if conditions.contains(where: { $0 == "s3:x-amz-acl" || $0.hasPrefix("s3:x-amz-grant-") }) {
      text += ": it demands a certain ACL of uploads, and fixacl sends each object's own grants"
    } else if conditions.contains(where: { $0.hasPrefix("s3:x-amz-server-side-encryption") }) {
      text += ": a copy keeps the encryption that its object has"
    }
    text += isCertain ? ". Each such request would be refused" : ""
    return text + ". Take the statement out for as long as the repair takes, or exempt these accounts from it"
  }
}

extension PolicyRemark {
  /// What to tell people of it: a sentence without its full stop.
  var text: String {
    func statement(_ name: String) -> String { "statement \(name.escapedForTerminal) of the bucket policy" }
    switch self {
    case .negated(let name):
      return "\(statement(name)) allows by NotPrincipal, NotAction or NotResource, which fixacl does not read: name the"
        + " reader with --grant-read, if it is meant"
    case .deletedPrincipal(let principal, let name):
      return
        "\(statement(name)) lets \(principal) in, a principal that no longer exists, such as a deleted OAI: replace"
        + " it with the OAI that the distribution has now"
    case .partial(let principal, let name, let resources, let prefix):
      return
        "\(statement(name)) lets \(principal) read only \(resources.joined(separator: ", ").escapedForTerminal), and"
        + " not every object of this scan: it is not taken for a reader. Use "
        + (prefix.map { "--prefix \($0.escapedForTerminal)" } ?? "--prefix") + " for that part, or "
        + (principal == .cloudFront ? "--distribution E…" : "--grant-read")
    case .conditional(let principal, let name, let keys):
      let keys = keys.joined(separator: ", ").escapedForTerminal
      return principal == .cloudFront
        ? "\(statement(name)) lets \(principal) read under a Condition (\(keys)) of which fixacl cannot tell whether it"
          + " holds: it is not taken for a reader. Name the distribution with --distribution E…, if it reads by an"
          + " origin access control"
        : "\(statement(name)) lets \(principal) read under a Condition (\(keys)), which no ACL can have: it is not taken"
          + " for a reader. Name it with --grant-read, if it may read without"
    }
  }
}
