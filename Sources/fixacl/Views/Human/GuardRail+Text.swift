internal import FixACLKit
internal import AWSKit

extension GuardRails.Trip {
  /// What is too much, or new: a clause with its figures.
  ///
  /// - Parameter last: when the last good run ended.
  func text(after last: Timestamp?) -> String {
    let known = "which the last good run\(last.map { " (\($0.extended))" } ?? "") did not know"
    switch self {
    case .changes(let count, let limit):
      return
        "\(Quantity.count(count, "object")) would be changed, and --max-changes allows \(Quantity.count(limit))"
    case .changesPercent(let changes, let listed, let limit):
      let share = listed == 0 ? "more than all" : "\(Self.percent(Double(changes) * 100 / Double(listed)))%"
      return
        "\(Quantity.count(changes)) of \(Quantity.count(listed, "listed object")) (\(share)) would be changed, and"
        + " --max-changes-percent allows \(Self.percent(limit))%"
    case .copyBytes(let bytes, let limit):
      return
        "\(Quantity.count(bytes)) bytes (\(Quantity.bytes(bytes))) would be copied, and --max-copy-bytes allows"
        + " \(Quantity.count(limit))"
    case .irreversible(let copies, let versioning):
      let state = versioning.map { $0 == .suspended ? "suspended" : "off" } ?? "unknown"
      return
        "\(Quantity.count(copies, "copy", plural: "copies")) could not be undone, because versioning is \(state). "
        + "--allow-irreversible makes them"
    case .newReader(let reader): return "\(reader.announcement), \(known)"
    case .newGrantee(let grant):
      return "canonical ID \(grant.grantee.identifier) would get \(grant.permission.rawValue), \(known)"
    case .newOwner(let id, let objects):
      return "account \(id) owns \(Quantity.count(objects, "object")), \(known)"
    case .newBucketOwner(let was, let now):
      return "the bucket belonged to account \(was), and now belongs to account \(now)"
    case .objectOwnership(let was, let now):
      return "Object Ownership is \(now.rawValue), \(known)" + (was.map { " (it was \($0.rawValue))" } ?? "")
    case .blockPublicAccess(let isAccounts, let was, let now):
      return
        "Block Public Access of the \(isAccounts ? "account" : "bucket") is \(PlanView.text(for: now)), \(known)"
        + (was.map { " (it was \(PlanView.text(for: $0)))" } ?? "")
    }
  }

  private static func percent(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded(.up))
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
