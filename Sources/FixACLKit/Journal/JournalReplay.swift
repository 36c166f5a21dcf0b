internal import FoundationEssentials
package import S3Kit

/// What a journal says of a plan's changes: the state from which an apply resumes.
package struct JournalReplay: Sendable {
  /// One bit a change: 10 million changes take 1.25 MB.
  private var finished: [UInt64]
  package private(set) var finishedCount = 0
  /// Tags of objects whose copy has begun and not been confirmed.
  package private(set) var unconfirmedCopies: [Int: [ObjectTag]] = [:]

  private let changeCount: Int

  package init(changeCount: Int) {
    self.changeCount = changeCount
    finished = [UInt64](repeating: 0, count: (changeCount + 63) / 64)
  }

  /// Whether nothing is left to do for that change.
  package func isFinished(_ change: Int) -> Bool {
    finished[change / 64] & 1 << (change % 64) != 0
  }

  fileprivate mutating func take(_ line: JournalLine) throws {
    guard line.change >= 0, line.change < changeCount else {
      throw PlanError.Detail("it speaks of a change that the plan does not have")
    }
    if let intent = line.copyBegins {
      unconfirmedCopies[line.change] = intent.tags.map { ObjectTag(key: $0.key, value: $0.value) }
    }
    if let result = line.result, result.isFinal, !isFinished(line.change) {
      finished[line.change / 64] |= 1 << (line.change % 64)
      finishedCount += 1
      unconfirmedCopies[line.change] = nil
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
        } catch is DecodingError {
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
