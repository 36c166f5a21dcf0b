internal import AWSKit
internal import FixACLKit

extension PolicyDocument.Denial {
  /// What to tell people of it: sentences without the last full stop.
  func text(reader: String) -> String {
    let place = resources.isEmpty ? "" : " to \(resources.joined(separator: ", ").escapedForTerminal)"
    return
      "statement \(statement.escapedForTerminal) of the bucket policy \(isCertain ? "denies" : "may deny") \(reader)"
      + " access\(place)\(isCertain ? "" : ", under its conditions")"
      + ": a Deny overrides every ACL, also after the repair. Change the policy"
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
      text += ": it requires a certain ACL, and fixacl sends each object's own grants"
    } else if conditions.contains(where: { $0.hasPrefix("s3:x-amz-server-side-encryption") }) {
      text += ": a copy keeps its object's encryption"
    }
    text += isCertain ? ". S3 would refuse each such request" : ""
    return text + ". Remove the statement during the repair, or exempt these accounts from it"
  }
}

extension PolicyRemark {
  /// What to tell people of it: sentences without the last full stop.
  var text: String {
    func statement(_ name: String) -> String { "statement \(name.escapedForTerminal) of the bucket policy" }
    switch self {
    case .negated(let name):
      return
        "\(statement(name)) allows with NotPrincipal, NotAction or NotResource, which fixacl does not read. If it means a"
        + " reader, name that reader with --grant-read"
    case .deletedPrincipal(let principal, let name):
      return
        "\(statement(name)) allows \(principal), a principal that no longer exists, such as a deleted OAI. Replace it with"
        + " the distribution's present OAI"
    case .partial(let principal, let name, let resources, let prefix):
      return
        "\(statement(name)) allows \(principal) to read only \(resources.joined(separator: ", ").escapedForTerminal), not"
        + " every object of this scan, so it is not taken as a reader. Use "
        + (prefix.map { "--prefix \($0.escapedForTerminal)" } ?? "--prefix") + " for that part, or "
        + (principal == .cloudFront ? "--distribution E…" : "--grant-read")
    case .conditional(let principal, let name, let keys):
      let keys = keys.joined(separator: ", ").escapedForTerminal
      return principal == .cloudFront
        ? "\(statement(name)) allows \(principal) to read under a Condition (\(keys)) that fixacl cannot check, so it is"
          + " not taken as a reader. If a distribution reads with origin access control, name it with --distribution E…"
        : "\(statement(name)) allows \(principal) to read under a Condition (\(keys)), which no ACL can have, so it is not"
          + " taken as a reader. If it may read without the Condition, name it with --grant-read"
    }
  }
}
