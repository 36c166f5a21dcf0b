package import AWSKit

/// What became of one task of a job, by its completion report.
package struct BatchReportRow: Sendable, Equatable {
  package var bucket: String
  package var key: ObjectKey
  /// Nil if the manifest named none.
  package var versionID: String?
  package var hasSucceeded: Bool
  package var status: Int?
  package var code: String?
  package var message: String

  package init(
    bucket: String, key: ObjectKey, versionID: String? = nil, hasSucceeded: Bool, status: Int? = nil,
    code: String? = nil, message: String = ""
  ) {
    self.bucket = bucket
    self.key = key
    self.versionID = versionID
    self.hasSucceeded = hasSucceeded
    self.status = status
    self.code = code
    self.message = message
  }
}

/// Reads a file of a completion report (`Report_CSV_20180820`) piece by piece: CSV without a header row.
///
/// The schema says that the error code comes before the HTTP status, and AWS's examples have them the other way round: the
/// field of digits is the status.
package struct BatchReportReader {
  /// Why a file is not a report.
  package struct Damage: Error, Sendable, Equatable {
    /// From 1.
    package let row: Int
    package let reason: String
  }

  /// The longest row accepted, in bytes: a key has at most 3,072 when it is encoded, and a message a few hundred.
  static let maximumRowLength = 64 << 10
  private static let maximumMessageLength = 512

  private enum State {
    case fieldBegins, plain, quoted
    /// Behind a quotation mark, which ends the field or is one of two that stand for one.
    case quoteInQuoted
  }

  private var state = State.fieldBegins
  private var fields: [[UInt8]] = []
  private var field: [UInt8] = []
  private var length = 0
  private var row = 1

  package init() {}

  /// Passes on the rows that end in the next bytes of the file.
  ///
  /// - Throws: `Damage`, and what `body` throws.
  package mutating func take(_ bytes: [UInt8], _ body: (BatchReportRow) throws -> Void) throws {
    for byte in bytes {
      length += 1
      guard length <= Self.maximumRowLength else { throw damage("it has more than \(Self.maximumRowLength) bytes") }
      switch (state, byte) {
      case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
      case (.quoted, _): field.append(byte)
      case (.quoteInQuoted, UInt8(ascii: "\"")):
        field.append(byte)
        state = .quoted
      case (.fieldBegins, UInt8(ascii: "\"")): state = .quoted
      case (_, UInt8(ascii: ",")):
        endField()
        guard fields.count <= 16 else { throw damage("it has more than 16 fields") }
      case (_, UInt8(ascii: "\n")): try endRow(body)
      case (.quoteInQuoted, UInt8(ascii: "\r")): break
      case (.quoteInQuoted, _): throw damage("something follows a quotation mark")
      default:
        field.append(byte)
        state = .plain
      }
    }
  }

  /// Passes on the last row, which may have no line end.
  package mutating func finish(_ body: (BatchReportRow) throws -> Void) throws {
    if case .quoted = state { throw damage("it is cut off") }
    guard length > 0 else { return }
    try endRow(body)
  }

  private mutating func endField() {
    fields.append(field)
    field = []
    state = .fieldBegins
  }

  private mutating func endRow(_ body: (BatchReportRow) throws -> Void) throws {
    endField()
    defer {
      fields = []
      length = 0
      row += 1
    }
    if fields[fields.count - 1].last == UInt8(ascii: "\r") { fields[fields.count - 1].removeLast() }
    guard fields.count > 1 || !fields[0].isEmpty else { return }
    try body(try parse())
  }

  private func parse() throws(Damage) -> BatchReportRow {
    guard fields.count >= 6 else { throw damage("it has \(fields.count) fields") }
    guard let key = PercentEncoding.decode(fields[1]), !key.isEmpty, key.count <= ObjectKey.maximumLength,
      ObjectKey(key).isValidUTF8
    else { throw damage("its key is none") }
    let hasSucceeded: Bool
    switch text(fields[3]).lowercased() {
    case "succeeded": hasSucceeded = true
    case "failed": hasSucceeded = false
    default: throw damage("its status is '\(text(fields[3].prefix(32)).escapedForTerminal)'")
    }
    let first = status(fields[4])
    let (status, code) = first == nil ? (status(fields[5]), fields[4]) : (first, fields[5])
    let version = text(fields[2])
    return BatchReportRow(
      bucket: text(fields[0]), key: ObjectKey(key), versionID: version.isEmpty ? nil : version,
      hasSucceeded: hasSucceeded, status: status, code: code.isEmpty ? nil : text(code.prefix(128)),
      message: fields.count > 6 ? text(fields[6].prefix(Self.maximumMessageLength)) : "")
  }

  /// Nil if it is no HTTP status.
  private func status(_ field: [UInt8]) -> Int? {
    guard (1...3).contains(field.count), field.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text(field))
  }

  private func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  private func damage(_ reason: String) -> Damage { Damage(row: row, reason: reason) }
}
