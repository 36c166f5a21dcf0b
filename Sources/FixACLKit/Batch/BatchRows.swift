package import AWSKit

/// The rows of completion reports, which come in any order, ready to be looked up in the order of a plan. Constant memory:
/// they are kept on disk by ranges of keys, and one range at a time is in memory.
package struct BatchRows: Sendable {
  /// A row without its object's name.
  package struct Result: Sendable, Equatable {
    package var job: Int
    package var hasSucceeded: Bool
    package var status: Int?
    package var code: String?
    package var message: String
  }

  /// More ranges mean less memory for one, and two places of the spool for each.
  private static let maximumRanges = 4096
  private static let minimumRangeLength = 1000

  /// The first key of each range but the first.
  private let boundaries: [ObjectKey]
  private var spool: GroupedSpool
  /// Rows that were added.
  package private(set) var count = 0
  /// Rows that say that a task succeeded, by job.
  private var successes: [Int: Int] = [:]

  /// - Parameter maximumBytes: the most that memory holds of the rows while they come.
  package init(for plan: Plan, maximumBytes: Int = 8 << 20) throws(FileFormatError) {
    let length = max(Self.minimumRangeLength, plan.changeCount / Self.maximumRanges + 1)
    var boundaries: [ObjectKey] = []
    if plan.changeCount > length {
      var changes = plan.changes()
      while let (index, change) = try changes.next() {
        guard index > 0, index % length == 0, boundaries.last != change.key else { continue }
        boundaries.append(change.key)
      }
    }
    self.init(boundaries: boundaries, maximumBytes: maximumBytes)
  }

  package init(boundaries: [ObjectKey], maximumBytes: Int = 8 << 20) {
    self.boundaries = boundaries
    spool = GroupedSpool(maximumBytes: maximumBytes)
  }

  /// Adds a row of a job's report.
  package mutating func add(_ row: BatchReportRow, of job: Int) throws(FileError) {
    count += 1
    if row.hasSucceeded { successes[job, default: 0] += 1 }
    var bytes: [UInt8] = []
    func put(_ number: Int, _ width: Int) {
      for shift in stride(from: 8 * (width - 1), through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    func put(_ text: some Collection<UInt8>) {
      put(text.count, 4)
      bytes += text
    }
    put(row.key.bytes)
    put((row.versionID ?? "").utf8)
    put(job, 2)
    put(row.hasSucceeded ? 1 : 0, 1)
    put(row.status ?? 0, 2)
    put((row.code ?? "").utf8)
    put(row.message.utf8)
    try spool.append(bytes, to: range(of: row.key))
  }

  /// How many rows say that a task of these jobs succeeded.
  package func succeeded(of jobs: some Sequence<Int>) -> Int { jobs.reduce(0) { $0 + (successes[$1] ?? 0) } }

  private func range(of key: ObjectKey) -> Int {
    var (low, high) = (0, boundaries.count)
    while low < high {
      let middle = (low + high) / 2
      if boundaries[middle] <= key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Looks rows up for keys that come in order.
  package struct Lookup: Sendable {
    /// The job is a part of it: a report that is not believed must not hide what another one says.
    private struct Name: Hashable {
      let job: Int
      let key: ObjectKey
      let version: String
    }

    private let rows: BatchRows
    private var range = -1
    private var results: [Name: Result] = [:]

    fileprivate init(_ rows: BatchRows) {
      self.rows = rows
    }

    /// The row of an object; nil if there is none.
    ///
    /// - Parameter version: nil if the job's manifest named none.
    package mutating func result(of key: ObjectKey, version: String?, job: Int) throws -> Result? {
      let wanted = rows.range(of: key)
      if wanted != range {
        range = wanted
        results = [:]
        try rows.spool.forEachPiece(of: wanted) { take($0) }
      }
      // Some servers name the current version where the manifest names none.
      let names = version.map { [$0] } ?? ["", "null"]
      for name in names {
        if let result = results[Name(job: job, key: key, version: name)] { return result }
      }
      return nil
    }

    private mutating func take(_ piece: ArraySlice<UInt8>) {
      var rest = piece
      func number(_ width: Int) -> Int {
        defer { rest = rest.dropFirst(width) }
        return rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
      }
      func text() -> ArraySlice<UInt8> {
        let length = number(4)
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
      }
      while !rest.isEmpty {
        let (key, version) = (ObjectKey(Array(text())), String(decoding: text(), as: UTF8.self))
        let job = number(2)
        let name = Name(job: job, key: key, version: version)
        let hasSucceeded = number(1) == 1
        let status = number(2)
        let code = String(decoding: text(), as: UTF8.self)
        let result = Result(
          job: job, hasSucceeded: hasSucceeded, status: status == 0 ? nil : status, code: code.isEmpty ? nil : code,
          message: String(decoding: text(), as: UTF8.self))
        // A task that is reported twice counts as failed if it failed once: apply looks at the object then.
        if let known = results[name], !known.hasSucceeded { continue }
        results[name] = result
      }
    }
  }

  package func lookup() -> Lookup { Lookup(self) }
}
