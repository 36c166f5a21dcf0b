/// Puts the records of a report's pages in order, which are finished in any: then the plan's lines lie in the file as they
/// stand in the plan, however many there are.
struct RecordsAhead {
  /// Memory for lines of pages that wait for a page before them.
  private static let maximumBytes = 4 << 20

  private var waiting: [Int: ScanRecord] = [:]
  private var bytes = 0
  /// The page that is recorded next.
  private var next = 0

  /// Takes a record.
  ///
  /// - Returns: the records to write now.
  mutating func take(_ record: ScanRecord) -> [ScanRecord] {
    guard record.order >= next else { return [record] }
    waiting[record.order] = record
    bytes += record.lines.count
    var ready: [ScanRecord] = []
    while let record = waiting.removeValue(forKey: next) {
      bytes -= record.lines.count
      ready.append(record)
      next += 1
    }
    // One page that has to wait, for objects that cannot be read, must not keep all others in memory.
    guard ready.isEmpty, bytes > Self.maximumBytes || waiting.count > 1024 else { return ready }
    return rest()
  }

  /// Everything that waits, in order.
  mutating func rest() -> [ScanRecord] {
    let records = waiting.values.sorted { $0.order < $1.order }
    next = records.last.map { $0.order + 1 } ?? next
    waiting = [:]
    bytes = 0
    return records
  }
}
