internal import AWSKit

/// Reads the lines of a plan's changes in order, and checks everything that can be checked without the bucket.
struct ChangeLines {
  private let acls: ACLTable
  private let owners: OwnerNames
  private var audit: ChangeAudit?
  private var previous: Change?
  /// The sum of all sizes. It is checked for overflow here, so that later code can add sizes up safely.
  private var bytes = 0
  /// What the changes read so far add to a plan's summary.
  private(set) var summary = PlanSummary()
  /// The object owners whose credentials the changes need.
  private(set) var ownersNeeded: Set<CanonicalID> = []
  /// The problem of the first change that this program would not have made.
  private(set) var fault: FileFormatError.Detail?

  init(acls: ACLTable, owners: OwnerNames, audit: ChangeAudit?) {
    self.acls = acls
    self.owners = owners
    self.audit = audit
  }

  /// Reads the lines of a plan with that header.
  init(header: PlanHeader, acls: ACLTable) {
    self.init(
      acls: acls, owners: OwnerNames(header.summary.owners.keys),
      audit: ChangeAudit(bucket: header.bucket, desired: header.desired))
  }

  /// Reads a line, with or without its comma and line feed.
  ///
  /// - Parameter number: the line's number, for errors.
  /// - Throws: if the line is malformed. A well-formed line that this program would not have written is reported in
  ///   `fault`: if the plan was edited, its digest is the plainer thing to report.
  mutating func take(_ line: ArraySlice<UInt8>, number: Int) throws(FileFormatError.Detail) -> Change {
    let change: Change
    do {
      change = try Change(parsing: line.withoutComma, acls: acls, owners: owners)
    } catch {
      throw FileFormatError.Detail("line \(number) is damaged")
    }
    if let previous, !change.mayFollow(previous) {
      throw FileFormatError.Detail("line \(number): its changes are not in the order of their keys")
    }
    previous = change
    let (sum, isTooLarge) = bytes.addingReportingOverflow(change.size)
    guard change.size >= 0, !isTooLarge else {
      throw FileFormatError.Detail("line \(number): no object has the size \(change.size)")
    }
    bytes = sum
    let (from, to) = (change.from.map { acls[$0] }, change.to.map { acls[$0] })
    guard from.map({ $0 != nil }) ?? true, to.map({ $0 != nil }) ?? true,
      (change.to == nil) == (change.action == .blocked), change.action != .grant || change.from != nil,
      change.action != .copy || change.versionID == nil
    else {
      throw FileFormatError.Detail(
        "line \(number): the change names an ACL that the plan does not hold, or copies an old version")
    }
    if fault == nil {
      do {
        try audit?.check(change, from: from ?? nil, to: to ?? nil)
      } catch {
        fault = FileFormatError.Detail("line \(number): \(error.text)")
      }
    }
    summary.count(change)
    if change.action == .grant || change.reason == .grantFirst { ownersNeeded.insert(change.owner) }
    return change
  }
}

extension Change {
  /// Whether it may come next in a plan: keys in order, and the versions of each key together.
  fileprivate func mayFollow(_ previous: Change) -> Bool {
    key == previous.key ? versionID != previous.versionID && versionID != nil : previous.key < key
  }
}

extension ArraySlice<UInt8> {
  /// The line without its line feed and a comma before that.
  var withoutComma: ArraySlice<UInt8> {
    var line = self
    if line.last == UInt8(ascii: "\n") { line.removeLast() }
    if line.last == UInt8(ascii: ",") { line.removeLast() }
    return line
  }
}
