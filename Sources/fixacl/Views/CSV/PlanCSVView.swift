internal import FixACLKit
internal import AWSKit

/// A plan as a table by RFC 4180, one row a change.
///
/// Control characters are escaped, but for those of keys in a file, which stay exact. Where a spreadsheet would take a
/// cell for a formula, an apostrophe stands before it.
struct PlanCSVView {
  private static let columns = [
    "key", "versionId", "etag", "size", "lastModified", "owner", "action", "reason", "from", "to", "added", "removed",
    "error",
  ]

  private let plan: Plan
  private var writer: ResultWriter

  init(plan: Plan, writer: ResultWriter) {
    self.plan = plan
    self.writer = writer
  }

  mutating func show() throws {
    try write(Self.columns)
    var changes = plan.changes()
    while let (_, change) = try changes.next() {
      let diff = ACLDiff(from: plan.acl(change.from), to: plan.acl(change.to))
      try write([
        ResultWriter.isTerminal ? change.key.description : change.key.text,
        (change.versionID ?? "").escapedForTerminal, change.etag.escapedForTerminal, "\(change.size)",
        change.lastModified.escapedForTerminal, change.owner.description, change.action.rawValue,
        change.reason.rawValue, change.from?.text ?? "", change.to?.text ?? "", text(diff.added), text(diff.removed),
        (change.failure?.description ?? "").escapedForTerminal,
      ])
    }
    try writer.finish()
  }

  private func text(_ grants: [Grant]) -> String {
    grants.map { "\($0.permission.rawValue) \($0.grantee.identifier)" }.joined(separator: "; ").escapedForTerminal
  }

  private mutating func write(_ fields: [String]) throws {
    try writer.write(fields.map(Self.disarmed).map(Self.quoted).joined(separator: ",").utf8)
    try writer.write("\r\n".utf8)
  }

  /// The cell with an apostrophe before it if Excel, LibreOffice or Google Sheets would calculate it.
  private static func disarmed(_ field: String) -> String {
    guard let first = field.utf8.first, "=+-@\t\r\n".utf8.contains(first) else { return field }
    return "'" + field
  }

  private static func quoted(_ field: String) -> String {
    let needsQuotes = field.utf8.contains { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }
    guard needsQuotes else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
