internal import AWSKit

/// Where the values of CloudFront's standard log stand in a line (CloudFront Developer Guide: "Standard logging reference").
///
/// `#Fields` names the columns, which are bound by their names: people choose columns, and new ones come. Files of version 2
/// in the format `plain` or `w3c` are the same, but the separator may be another one, and the names may stand in a line
/// without `#Fields`.
struct CloudFrontLogColumns: Sendable, Equatable {
  /// The columns that are used.
  enum Column: String, CaseIterable, Sendable {
    case date
    case time
    /// Seconds since 1970, of version 2.
    case timestamp
    /// The distribution's domain name.
    case distribution = "cs(Host)"
    case path = "cs-uri-stem"
    case status = "sc-status"
    case resultType = "x-edge-result-type"
    case responseResultType = "x-edge-response-result-type"
    case detailedResultType = "x-edge-detailed-result-type"
  }

  /// A line's values, as places in its bytes.
  struct Line {
    fileprivate(set) var places: [Column: Range<Int>] = [:]
  }

  private static let separators = [UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "|")]
  private static let fieldsMark: StaticString = "#Fields:"

  /// The columns by their index.
  private let columns: [Column?]
  private let separator: UInt8

  /// Whether a line says that it names the columns.
  static func isMarked(_ line: Span<UInt8>) -> Bool {
    let mark = fieldsMark.utf8CodeUnitCount
    return line.count >= mark && line.matches(0..<mark, fieldsMark)
  }

  /// Parses the line that names the columns, with or without `#Fields:`.
  ///
  /// - Returns: nil if the line names no columns of CloudFront's.
  init?(_ header: Span<UInt8>) {
    let mark = Self.fieldsMark.utf8CodeUnitCount
    let isMarked = Self.isMarked(header)
    let bytes = header.bytes((isMarked ? mark : 0)..<header.count)
    for separator in Self.separators {
      // The names after `#Fields:` are separated by blanks, even if tabs separate the values.
      let names = bytes.split { $0 == separator || isMarked && $0 == UInt8(ascii: " ") }
      let columns = names.map { Column(rawValue: String(decoding: $0, as: UTF8.self)) }
      guard isMarked || columns.contains(.path) && columns.contains(.status) else { continue }
      self.columns = columns
      self.separator = separator
      return
    }
    return nil
  }

  /// The first column that is missing and needed.
  var missing: Column? {
    if let needed = [Column.path, .status].first(where: { !columns.contains($0) }) { return needed }
    if columns.contains(.timestamp) || columns.contains(.date) && columns.contains(.time) { return nil }
    return columns.contains(.date) ? .time : .date
  }

  /// The same columns with the separator that a first line of values has.
  func adapted(to line: Span<UInt8>) -> CloudFrontLogColumns {
    let separators = [separator] + Self.separators
    let fitting = separators.first { Self.count(line, $0) >= columns.count }
    return CloudFrontLogColumns(columns: columns, separator: fitting ?? separator)
  }

  private init(columns: [Column?], separator: UInt8) {
    self.columns = columns
    self.separator = separator
  }

  private static func count(_ line: Span<UInt8>, _ separator: UInt8) -> Int {
    var (position, count) = (0, 0)
    while line.field(&position, separator: separator) != nil { count += 1 }
    return count
  }

  /// - Returns: nil if the line has fewer values than there are columns.
  func line(_ line: Span<UInt8>) -> Line? {
    var result = Line()
    var position = 0
    for column in columns {
      guard let field = line.field(&position, separator: separator) else { return nil }
      if let column { result.places[column] = field }
    }
    return result
  }
}

extension CloudFrontLogColumns.Line {
  /// The value; nil if there is none.
  func value(_ column: CloudFrontLogColumns.Column, in line: Span<UInt8>) -> Range<Int>? {
    guard let place = places[column], !place.isEmpty, !line.matches(place, S3LogLine.none) else { return nil }
    return place
  }

  func time(in line: Span<UInt8>) -> Timestamp? {
    if let date = value(.date, in: line), let time = value(.time, in: line) {
      return Timestamp(iso8601: (line.bytes(date) + [UInt8(ascii: "T")] + line.bytes(time))[...])
    }
    guard let timestamp = value(.timestamp, in: line), timestamp.count <= 12 else { return nil }
    guard let seconds = line.number(at: timestamp.lowerBound, digits: timestamp.count), seconds <= Self.lastSecond
    else {
      return nil
    }
    return Timestamp(seconds: seconds)
  }

  /// 0 for a viewer that went away before there was one; nil if it is not a number.
  func status(in line: Span<UInt8>) -> Int? {
    guard let status = places[.status], status.count <= 3 else { return nil }
    return line.number(at: status.lowerBound, digits: status.count)
  }

  /// What happened, as exactly as the log has it.
  func resultType(in line: Span<UInt8>) -> String {
    let columns: [CloudFrontLogColumns.Column] = [.detailedResultType, .responseResultType, .resultType]
    for column in columns {
      if let place = value(column, in: line) { return ObjectKey(line.bytes(place.prefix(Self.maximumTypeLength))).text }
    }
    return "-"
  }

  /// The decoded path, as S3 reads it; as it stands if it is not URL-encoded rightly, and nil if it is too long.
  func path(in line: Span<UInt8>) -> ObjectKey? {
    guard let place = value(.path, in: line) else { return nil }
    let bytes = line.bytes(place)
    let path = PercentEncoding.decode(bytes) ?? bytes
    return path.count <= Self.maximumPathLength ? ObjectKey(path) : nil
  }

  /// The longest type that is kept; CloudFront's have at most 30 characters.
  private static let maximumTypeLength = 128
  /// CloudFront logs no request with a longer URL.
  private static let maximumPathLength = 8192
  /// The last second of the year 9999.
  private static let lastSecond = 253_402_300_799
}
