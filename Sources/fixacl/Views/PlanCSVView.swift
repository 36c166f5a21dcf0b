internal import FixACLKit
internal import S3Kit

/// A plan as a table by RFC 4180, one row a change; on a terminal, control characters in keys are escaped.
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
        ResultWriter.isTerminal ? change.key.description : change.key.text, change.versionID ?? "", change.etag,
        "\(change.size)", change.lastModified, change.owner.value, change.action.rawValue, change.reason.rawValue,
        change.from?.text ?? "", change.to?.text ?? "", text(diff.added), text(diff.removed),
        change.failure?.description ?? "",
      ])
    }
    try writer.finish()
  }

  private func text(_ grants: [Grant]) -> String {
    grants.map { "\($0.permission.rawValue) \($0.grantee.identifier)" }.joined(separator: "; ")
  }

  private mutating func write(_ fields: [String]) throws {
    try writer.write(fields.map(Self.quoted).joined(separator: ",").utf8)
    try writer.write("\r\n".utf8)
  }

  private static func quoted(_ field: String) -> String {
    let needsQuotes = field.utf8.contains { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }
    guard needsQuotes else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
