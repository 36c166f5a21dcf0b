internal import FoundationEssentials
package import S3Kit

/// What a journal says of a plan's changes: the state from which an apply resumes.
package struct JournalReplay: Sendable {
  /// One bit a change, as the other: 10 million changes take 1.25 MB each.
  private var finished: [UInt64]
  /// Of changes for which something was written, or may have been.
  private var touched: [UInt64]
  package private(set) var finishedCount = 0
  package private(set) var touchedCount = 0
  /// The versions that copies made, as marks, 8 bytes a change; empty while there is none.
  private var madeVersions: [UInt64] = []
  /// Tags of objects whose copy has begun and not been confirmed.
  package private(set) var unconfirmedCopies: [Int: [ObjectTag]] = [:]
  /// Multipart uploads that may still be there.
  package private(set) var openUploads: [Int: String] = [:]

  private let changeCount: Int

  package init(changeCount: Int) {
    self.changeCount = changeCount
    finished = [UInt64](repeating: 0, count: (changeCount + 63) / 64)
    touched = finished
  }

  /// Whether nothing is left to do for that change.
  package func isFinished(_ change: Int) -> Bool {
    finished[change / 64] & 1 << (change % 64) != 0
  }

  /// Whether apply has written something for that change, or may have.
  package func isTouched(_ change: Int) -> Bool {
    touched[change / 64] & 1 << (change % 64) != 0
  }

  /// Whether a version is the one that a copy made for that change.
  package func isVersion(_ id: String, madeBy change: Int) -> Bool {
    !madeVersions.isEmpty && madeVersions[change] == Self.mark(of: id)
  }

  /// Whether a copy made a version for that change.
  package func hasMadeVersion(_ change: Int) -> Bool {
    !madeVersions.isEmpty && madeVersions[change] != 0
  }

  /// 64 bits of a version's ID (FNV-1a, never 0): millions of IDs would not fit into memory, and one object's versions
  /// are not mistaken for one another.
  private static func mark(of id: String) -> UInt64 {
    let hash = id.utf8.reduce(into: 0xcbf2_9ce4_8422_2325 as UInt64) { $0 = ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return max(1, hash)
  }

  private mutating func touch(_ change: Int) {
    guard !isTouched(change) else { return }
    touched[change / 64] |= 1 << (change % 64)
    touchedCount += 1
  }

  private mutating func undo(_ change: Int) {
    if isFinished(change) { finishedCount -= 1 }
    if isTouched(change) { touchedCount -= 1 }
    finished[change / 64] &= ~(1 << (change % 64))
    touched[change / 64] &= ~(1 << (change % 64))
    if !madeVersions.isEmpty { madeVersions[change] = 0 }
  }

  fileprivate mutating func take(_ line: JournalLine) throws {
    guard line.change >= 0, line.change < changeCount else {
      throw PlanError.Detail("it speaks of a change that the plan does not have")
    }
    if line.begins || line.copyBegins != nil { touch(line.change) }
    if let id = line.upload { openUploads[line.change] = id }
    if line.uploadEnded { openUploads[line.change] = nil }
    if let result = line.rollback, result.isFinal { undo(line.change) }
    if let tags = line.copyBegins { unconfirmedCopies[line.change] = tags }
    if let result = line.result, result.isFinal, !isFinished(line.change) {
      finished[line.change / 64] |= 1 << (line.change % 64)
      finishedCount += 1
      unconfirmedCopies[line.change] = nil
      openUploads[line.change] = nil
      // What was made without saying so before is of an earlier version of the program.
      if result == .done { touch(line.change) }
    }
    if let id = line.version {
      if madeVersions.isEmpty { madeVersions = [UInt64](repeating: 0, count: changeCount) }
      madeVersions[line.change] = Self.mark(of: id)
    }
  }

  /// Reads a journal.
  ///
  /// - Returns: what it says, and its length up to the end of its last whole line: a program that is killed, or
  ///   a machine that loses power, can leave a part of a line behind. 0 where not even the first line is whole.
  static func read(_ file: OpenFile, of plan: Plan) throws -> (replay: JournalReplay, length: Int) {
    var replay = JournalReplay(changeCount: plan.changeCount)
    var reader = LineReader(file)
    var length = 0
    var lineNumber = 0
    /// A line that makes no sense: an error unless it is the last.
    var damaged: Int?
    while let line = try reader.next() {
      lineNumber += 1
      if let damaged { throw PlanError.Detail("its line \(damaged) is damaged") }
      guard line.last == UInt8(ascii: "\n") else {
        try checkBeginning(line, lineNumber: lineNumber)
        break
      }
      if lineNumber == 1 {
        try checkHeader(line, of: plan)
      } else {
        do {
          try replay.take(try JournalLine(parsing: line))
        } catch is JSONLineReader.Damage {
          damaged = lineNumber
          continue
        }
      }
      length = reader.offset
    }
    return (replay, length)
  }

  private static func checkHeader(_ line: ArraySlice<UInt8>, of plan: Plan) throws {
    guard let header = try? JSONDecoder().decode(JournalHeader.self, from: Data(line)) else {
      throw PlanError.Detail("it does not begin as a journal does")
    }
    guard header.format == JournalHeader.format else {
      throw PlanError.Detail("it has the format '\(header.format)'")
    }
    guard header.plan == plan.digest else {
      throw PlanError.Detail("it is the journal of another plan (\(header.plan))")
    }
  }

  /// A first line that was cut short is the rest of a journal; anything else that has no line end is not ours.
  private static func checkBeginning(_ line: ArraySlice<UInt8>, lineNumber: Int) throws {
    let beginning = Array("{\"format\":\"\(JournalHeader.format)\"".utf8)
    guard lineNumber > 1 || line.starts(with: beginning.prefix(line.count)) else {
      throw PlanError.Detail("it does not begin as a journal does")
    }
  }
}
