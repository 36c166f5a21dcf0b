internal import AWSKit

/// Takes the lines of a plan's changes one after the other, and checks all of them that can be checked without the bucket.
struct ChangeLines {
  private let acls: ACLTable
  private let owners: OwnerNames
  private var audit: ChangeAudit?
  private var previous: Change?
  /// Of all changes together: whoever adds sizes up later need not ask whether they can be.
  private var bytes = 0
  /// What the changes taken so far add to a plan's summary.
  private(set) var summary = PlanSummary()
  /// The object owners without whose credentials some change cannot be made.
  private(set) var ownersNeeded: Set<CanonicalID> = []
  /// What is wrong with the first change that is none of this program's.
  private(set) var fault: FileFormatError.Detail?

  init(acls: ACLTable, owners: OwnerNames, audit: ChangeAudit?) {
    self.acls = acls
    self.owners = owners
    self.audit = audit
  }

  /// The lines of a plan with that header.
  init(header: PlanHeader, acls: ACLTable) {
    self.init(
      acls: acls, owners: OwnerNames(header.summary.owners.keys),
      audit: ChangeAudit(bucket: header.bucket, desired: header.desired))
  }

  /// Takes a line, with or without its comma and its line feed.
  ///
  /// - Parameter number: its place, for errors.
  /// - Throws: where no program writes such a line. What this program would not have written is in `fault`: of a plan that
  ///   was edited, its digest says so more plainly.
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
  /// Whether it may come next in a plan: the keys in their order, and of each the versions.
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
